/** One line of the table: a column of the file, and the name BioStar has for it. */
export interface MappingRow { column: string; target: string }

/** The lines of a mapping, null where the value is none that a table can show: a variable, or other JSON. */
export function mappingRows(value: string): MappingRow[] | null {
  if (value.trim() === '') return [];
  try {
    const object = JSON.parse(value) as unknown;
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return null;
    const entries = Object.entries(object as Record<string, unknown>);
    return entries.every(([, target]) => typeof target === 'string') ? entries.map(([column, target]) => ({ column, target: target as string })) : null;
  } catch {
    return null;
  }
}

/** The mapping of the lines that name a column, as JSON; empty where there is none. Of two lines for a column the first counts. */
export function mappingText(rows: readonly MappingRow[]): string {
  const mapping = new Map<string, string>();
  for (const { column, target } of rows) {
    const name = column.trim();
    if (name !== '' && !mapping.has(name)) mapping.set(name, target.trim());
  }
  return mapping.size === 0 ? '' : JSON.stringify(Object.fromEntries(mapping), null, 2);
}
