import { McError } from '../credential/mc-error';
import type { HttpAnswer } from './http-client';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body as a JSON object, or null for HTML, cut JSON and the like. */
export function objectIn({ text }: Pick<HttpAnswer, 'text'>): JsonObject | null {
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

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
