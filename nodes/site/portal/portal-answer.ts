import { McError } from '../../credential/mc-error';
import type { HttpAnswer } from '../http-client';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body as a JSON object, or null for HTML, cut JSON and the like. */
export function objectIn({ text }: HttpAnswer): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** As `objectIn`; null is SITE_ANSWER_INVALID. The body itself is never shown: it may hold anything. */
export function bodyOf(answer: HttpAnswer): JsonObject {
  const body = objectIn(answer);
  if (body !== null) return body;
  throw new McError('SITE_ANSWER_INVALID', `The site answered (HTTP ${answer.status}) with something that is not its API's JSON. Check the domain and the port.`);
}

/** The `record` of the envelope `{ status, message, record }` (suprema-api B1.1); null where there is none. */
export function recordIn(answer: HttpAnswer): JsonObject | null {
  const record = objectIn(answer)?.['record'];
  return isObject(record) ? record : null;
}

/** As `recordIn`; null is SITE_ANSWER_INVALID. */
export function recordOf(answer: HttpAnswer): JsonObject {
  bodyOf(answer);
  const record = recordIn(answer);
  if (record !== null) return record;
  throw new McError('SITE_ANSWER_INVALID', `The site answered (HTTP ${answer.status}) without a record. Check the domain and the port.`);
}

/** The HTTP status, or the envelope's own where HTTP says success and the envelope a refusal. */
export function statusOfRead(answer: HttpAnswer): number {
  const inner = objectIn(answer)?.['status'];
  const isRefusal = typeof inner === 'number' && Number.isInteger(inner) && inner >= 400 && inner < 600;
  return isSuccess(answer.status) && isRefusal && recordIn(answer) === null ? inner : answer.status;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
