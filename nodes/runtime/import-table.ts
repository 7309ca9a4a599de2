import type { ImportTable } from '../credential/import/import-plan';
import { McError } from '../credential/mc-error';
import { csvTable } from './csv-table';

/** The table in a message: CSV as text or Buffer, or an array of row objects with the same names as a file's columns. */
export async function importTable(payload: unknown, maxRows: number): Promise<ImportTable> {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return csvTable(payload, maxRows);
  if (!Array.isArray(payload)) throw new McError('INPUT_INVALID', 'The payload must be the text of a CSV file, a Buffer of one, or an array of row objects.');
  if (payload.length > maxRows) throw new McError('ROW_LIMIT', `There are more than ${maxRows} rows. Import them in parts, or raise "maxRows".`);
  const headers = new Set<string>();
  const objects = payload.map((row: unknown) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new McError('INPUT_INVALID', 'Each row must be an object such as { "user_id": "7", "name": "Ann" }.');
    for (const name of Object.keys(row)) headers.add(name);
    return row as Record<string, unknown>;
  });
  const names = [...headers];
  return { headers: names, rows: objects.map((row) => names.map((name) => row[name] ?? '')) };
}
