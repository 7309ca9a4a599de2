import { McError } from '../../credential/mc-error';
import type { HttpAnswer } from '../http-client';
import { bodyOf, isObject, isSuccess, type JsonObject, objectIn } from '../json-answer';

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
