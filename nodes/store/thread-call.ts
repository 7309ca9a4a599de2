import { type ErrorCode, isMcError, McError } from '../credential/mc-error';

/** A question to the store's thread, with the number that its answer carries. */
export interface Call<T = unknown> {
  id: number;
  call: string;
  input: T;
}

export type Answer = { id: number; ok: true; result: unknown } | { id: number; ok: false; error: PlainError };

/** An error of ours as it crosses between threads, where classes are lost. */
export interface PlainError {
  code: ErrorCode | null;
  message: string;
}

export function plainError(error: unknown): PlainError {
  if (isMcError(error)) return { code: error.code, message: error.message };
  return { code: null, message: error instanceof Error ? error.message : String(error) };
}

export function revivedError({ code, message }: PlainError): McError {
  return new McError(code ?? 'STORE_CORRUPT', message);
}
