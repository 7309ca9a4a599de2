/** What a request is, and what an answer is, before either is put on the wire. */

export type Json = Record<string, unknown>;

/** One request. `params` are the parts of the path that a route leaves open, decoded. `body` is `{}` when none was sent. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Json;
  raw: Buffer;
  contentType: string;
  sid: string;
  params: string[];
}

/**
 * One answer. `response`: 'full' has code, link and message; 'short' the code alone (suprema-api E30); 'bare' puts the
 * code at the top without `Response` (E29); 'none' has no code at all (a file). `asIs` keeps scalars as they are.
 */
export interface Reply {
  code: string;
  http?: number;
  body?: Json;
  response?: 'full' | 'short' | 'bare' | 'none';
  message?: string;
  taskId?: string;
  headers?: Record<string, string>;
  file?: { type: string; data: string };
  asIs?: boolean;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** Method, path (`{id}` = one open part), and who answers it. */
export type Route = [method: string, pattern: string, handler: Handler];

/** Thrown by a handler: the request is refused with this code. */
export class Refused extends Error {
  constructor(readonly reply: Reply) {
    super(`refused with ${reply.code}`);
  }
}

export const ok = (body: Json = {}, more: Partial<Reply> = {}): Reply => ({ code: '0', body, ...more });

export const no = (code: string | number, more: Partial<Reply> = {}): Reply => ({ code: String(code), ...more });

export const refuse = (code: string | number, more: Partial<Reply> = {}): never => {
  throw new Refused(no(code, more));
};

/** A scalar of a request as text; absent, null and objects are ''. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : {};
}

/** A list of a request; one object alone counts as a list of one, as the server is liberal there. */
export function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null || value === '' ? [] : [value];
}

/** The id of `{"id":"3"}` or of a bare `"3"`. */
export function idOf(value: unknown, key = 'id'): string {
  return typeof value === 'object' ? text(record(value)[key]) : text(value);
}

export function yes(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === '1';
}

/** Ids of a query value: `7+8+9`, which a query parser turns into blanks (suprema-api A1). */
export function idsIn(query: URLSearchParams, key = 'id'): string[] {
  return (query.get(key) ?? '').split(/[ +]/).filter((id) => id !== '');
}

/** `%` of a search text is left out; every term of it has to be in one of the fields (suprema-api E18). */
export function like(search: string, ...fields: string[]): boolean {
  const terms = search.toLowerCase().replaceAll('%', '').split(/\s+/).filter((term) => term !== '');
  return terms.every((term) => fields.some((field) => field.toLowerCase().includes(term)));
}

/** v1 date-time, `2026-01-01T00:00:00.00Z` (suprema-api A1): whole seconds. */
export function stamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.00Z`;
}
