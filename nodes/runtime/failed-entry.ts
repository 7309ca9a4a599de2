import type { McError } from '../credential/mc-error';
import type { CredentialRecord } from '../credential/record';

/** A failed entry of an array, as the contract words it: the others go on, the message still succeeds. */
export function failedEntry(error: McError, input: unknown, credential: CredentialRecord | null = null): Record<string, unknown> {
  const entry = { error: { code: error.code, message: error.message }, input };
  return credential === null ? entry : { ...entry, credential };
}
