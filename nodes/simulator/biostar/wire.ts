/** A JSON object of a request or an answer. */
export type Fields = Record<string, unknown>;

/** `value` where it is a JSON object; an empty one for everything else. */
export function objectOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {};
}

/** Requests may hold text or real values (suprema-api A1): text, a number's digits, `true`, `false`; trimmed. Empty for the rest. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A number or its text; null where it is none. */
export function numberOf(value: unknown): number | null {
  const text = textOf(value);
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? null : number;
}

/** `true`, `"true"` and `1` are true. */
export function flagOf(value: unknown): boolean {
  return ['true', '1'].includes(textOf(value).toLowerCase());
}

/** The `id` of `{ id }`, of a number or of text. */
export function idOf(value: unknown): string {
  return textOf(typeof value === 'object' ? objectOf(value)['id'] : value);
}

/** `rows` as a list: they may be absent, `""`, one object, or a list (suprema-api A1). */
export function rowsOf(collection: unknown): Fields[] {
  const { rows } = objectOf(collection);
  if (Array.isArray(rows)) return rows.map(objectOf);
  return typeof rows === 'object' && rows !== null ? [objectOf(rows)] : [];
}

/** A list of values as text: absent, one value, or a list. */
export function textsOf(value: unknown): string[] {
  if (value === undefined || value === null || value === '') return [];
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
}

/** Several ids in a query, separated by `+` (which a query decodes to a blank) or a comma (suprema-api A1, A6.3). */
export function idsOf(text: string | null): string[] {
  return (text ?? '').split(/[ +,]+/).filter((id) => id !== '');
}

/** Numbers and booleans become text, as on every v1 route (suprema-api A1). */
export function scalarsAsText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(scalarsAsText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, scalarsAsText(inner)]));
}
