import { type ErrorCode, McError } from '../credential/mc-error';
import { CREDENTIAL_STATUSES, type CredentialStatus } from '../credential/record';

/** Statuses to report; empty = all. Throws `code` where an entry is no status. */
export function statusFilter(given: unknown, code: ErrorCode): CredentialStatus[] {
  const known = Array.isArray(given) ? CREDENTIAL_STATUSES.filter((status) => given.includes(status)) : [];
  if (Array.isArray(given) && new Set(given).size === known.length) return known;
  throw new McError(code, `"statuses" must be an array of: ${CREDENTIAL_STATUSES.join(', ')}.`);
}
