import { open as openFile } from 'node:fs/promises';
import { codeOf, storeError } from '../store-error';
import { journalLines } from '../journal-reader';

/** The JSON of each line of a file up to byte `to`, null where a line is damaged. A file that is gone has no lines. */
export async function* fileLines(path: string, to?: number): AsyncGenerator<string | null> {
  const file = await openFile(path, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw storeError(error, path);
  });
  if (file === null) return;
  try {
    for await (const { json } of journalLines(file, to)) yield json;
  } finally {
    await file.close();
  }
}
