import type { HttpAnswer } from '../http-client';
import { isObject, type JsonObject, objectIn } from '../json-answer';

/** An answer of BioStar with its quirks taken off (suprema-api A1). */
export interface Envelope {
  /** The response code as text; null: the answer is none of BioStar's. Portal codes look like `u1001`. */
  code: string | null;
  body: JsonObject;
  /** The file, once there is no JSON to read. */
  text: string;
  headers: Readonly<Record<string, string>>;
}

/** Reads `body.Response.code`, or `body.code` where the wrapper is left out (suprema-api A1.1, E29). */
export function envelopeOf(answer: HttpAnswer): Envelope {
  const body = objectIn(answer) ?? {};
  const wrapped = body['Response'];
  const code = isObject(wrapped) ? wrapped['code'] : body['code'];
  return { code: textOf(code), body, text: answer.text, headers: answer.headers };
}

/** A scalar as text: numbers and booleans come as either (suprema-api A1). Null for what says nothing. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** "true", "1" and 1 are true. */
export function isTrue(value: unknown): boolean {
  return ['true', '1'].includes(String(textOf(value)).toLowerCase());
}

/** A whole number, or null. */
export function countOf(value: unknown): number | null {
  const text = textOf(value);
  return text !== null && /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The ID of a reference: plain, or an object that holds it under `key`. */
export function idOf(value: unknown, key = 'id'): string | null {
  return textOf(isObject(value) ? value[key] : value);
}

/** The name of a reference, or null. */
export function nameOf(value: unknown): string | null {
  return isObject(value) ? textOf(value['name']) : null;
}

/** Rows that may be absent, `""`, one object or an array (suprema-api A1). What is no object is left out. */
export function listOf(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return (value as unknown[]).filter(isObject);
  return isObject(value) ? [value] : [];
}

/** The rows of a collection in an answer. */
export function rowsIn(body: JsonObject, collection: string): JsonObject[] {
  const found = body[collection];
  return isObject(found) ? listOf(found['rows']) : [];
}

/** What a collection says how many there are, or null. */
export function totalIn(body: JsonObject, collection: string): number | null {
  const found = body[collection];
  return isObject(found) ? countOf(found['total']) : null;
}

/** BioStar's time in UTC: with `.00Z` on v1, with neither zone nor fraction on v2 (suprema-api A1, E4). As ISO text, or null. */
export function timeOf(value: unknown): string | null {
  const text = textOf(value);
  if (text === null) return null;
  const [, stem, fraction = '0'] = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|\+00:?00)?$/.exec(text) ?? [];
  if (stem === undefined) return null;
  const ms = Date.parse(`${stem.replace(' ', 'T')}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** Our ISO time as BioStar takes it: `YYYY-MM-DDTHH:mm:ss.00Z`. */
export function biostarTime(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19)}.00Z`;
}
