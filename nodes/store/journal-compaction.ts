import type { FileHandle } from 'node:fs/promises';
import type { DocumentWrite } from '../credential/store-port';
import { writesOf } from './journal-entry';
import { lineOf } from './journal-line';
import { journalLines } from './journal-reader';
import { corrupt } from './store-error';

/** Documents in one line of a journal that is written anew. */
const LINE_DOCUMENTS = 200;

/** What is still true of a journal's first bytes: how many lines that takes, and the lines. */
export interface Compacted {
  batches: number;
  lines: AsyncIterable<string>;
}

/**
 * The content of a journal's first `upTo` bytes without what was overwritten or removed. The file is read twice: once
 * to learn which write of a document was the last, once to take it over, so that never all documents are in memory.
 */
export async function compacted(file: FileHandle, path: string, upTo: number): Promise<Compacted> {
  const last = new Map<string, number>();
  for await (const { write, number } of eachWrite(file, path, upTo)) {
    if ('put' in write) last.set(keyOf(write), number);
    else last.delete(keyOf(write));
  }
  return { batches: Math.ceil(last.size / LINE_DOCUMENTS), lines: linesOf(file, path, upTo, last) };
}

async function* linesOf(file: FileHandle, path: string, upTo: number, last: ReadonlyMap<string, number>): AsyncGenerator<string> {
  let batch: DocumentWrite[] = [];
  for await (const { write, number } of eachWrite(file, path, upTo)) {
    if (!('put' in write) || last.get(keyOf(write)) !== number) continue;
    batch.push(write);
    if (batch.length < LINE_DOCUMENTS) continue;
    yield lineOf(JSON.stringify(batch));
    batch = [];
  }
  if (batch.length > 0) yield lineOf(JSON.stringify(batch));
}

/** Every write to a document, in order, with its number. */
async function* eachWrite(file: FileHandle, path: string, upTo: number): AsyncGenerator<{ write: DocumentWrite; number: number }> {
  let number = 0;
  for await (const line of journalLines(file, upTo)) {
    if (line.json === null) throw corrupt(path, `is damaged in line ${line.number}`);
    if (line.number === 1) continue;
    for (const write of writesOf(line.json)) {
      number += 1;
      if (write.collection !== 'audit') yield { write, number };
    }
  }
}

function keyOf(write: DocumentWrite): string {
  return `${write.collection}/${'put' in write ? write.put._id : write.remove}`;
}
