import { BiostarError } from './biostar-error';

export type Fields = Record<string, unknown>;

/** The object under a key of a body. Throws code 30 where there is none. */
export function part(body: Fields, ...keys: string[]): Fields {
  let value: unknown = body;
  for (const key of keys) value = isFields(value) ? value[key] : undefined;
  if (isFields(value)) return value;
  throw new BiostarError(30, 400, `${keys.join('.')} is missing.`);
}

/** The rows under a key: an array, one object, or none. */
export function rowsAt(body: Fields, ...keys: string[]): Fields[] {
  let value: unknown = body;
  for (const key of keys) value = isFields(value) ? value[key] : undefined;
  if (Array.isArray(value)) return (value as unknown[]).filter(isFields);
  return isFields(value) ? [value] : [];
}

/** A scalar as text, '' where there is none: requests may write numbers and booleans as either. */
export function textAt(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value.trim() : '';
}

/** The ID of a reference such as `user_group_id: { id }`. */
export function idAt(fields: Fields, key: string): string {
  const value = fields[key];
  return isFields(value) ? textAt(value, 'id') : textAt(fields, key);
}

/** Several IDs of a query, separated by `+` (a blank once decoded) or commas. */
export function idsOf(value: string | null): string[] {
  return (value ?? '').split(/[ +,]+/).filter((id) => id !== '');
}

/** Every scalar as text, as the v1 calls answer. */
export function asText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return (value as unknown[]).map(asText);
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asText(one)]));
  return value;
}

/** A time as v1 writes it. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.00Z`;
}

/** A part of a collection. Paging holds only where both limit and offset are given; an empty list has `rows: ""`. */
export function collection(name: string, rows: readonly Fields[], paging: { limit: number | null; offset: number | null } | null): Fields {
  const { limit = null, offset = null } = paging ?? {};
  const shown = limit !== null && limit > 0 && offset !== null ? rows.slice(offset, offset + limit) : rows;
  return { [name]: { total: String(rows.length), rows: shown.length === 0 ? '' : shown } };
}

export function pagingIn(query: URLSearchParams): { limit: number | null; offset: number | null } {
  const count = (name: string): number | null => (/^\d{1,9}$/.test(query.get(name) ?? '') ? Number(query.get(name)) : null);
  return { limit: count('limit'), offset: count('offset') };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
