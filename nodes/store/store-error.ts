import { basename } from 'node:path';
import { isMcError, McError } from '../credential/mc-error';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** What a file operation failed with, in the contract's codes. Names the file, not the path. */
export function storeError(error: unknown, file: string): McError {
  if (isMcError(error)) return error;
  const code = codeOf(error);
  if (FULL.includes(code)) {
    return new McError('STORE_FULL', `No space left for the store's file ${basename(file)}. Free some space; nothing of this write was kept.`, { cause: error });
  }
  const what = code === '' ? 'an error' : code;
  return new McError('STORE_CORRUPT', `The store's file ${basename(file)} could not be read or written (${what}). Check the disk and the rights of the folder.`, { cause: error });
}

/** Damage that is not repaired by guessing. */
export function corrupt(file: string, what: string): McError {
  return new McError('STORE_CORRUPT', `The store's file ${basename(file)} ${what}. Put back the folder from a backup, or move it away to start anew.`);
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
