import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jsonOf } from './journal-line';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

export interface JournalLine {
  /** Null where the line is whole and not what was written. */
  json: string | null;
  /** Counted from 1. */
  number: number;
  /** Where the line ends in the file. */
  end: number;
}

/**
 * The lines of a journal up to byte `to`. What follows the last one is a write that was never acknowledged, so it may
 * be cut off: a line without its end, or one that the power cut left as zeros.
 */
export async function* journalLines(file: FileHandle, to?: number): AsyncGenerator<JournalLine> {
  const size = to ?? (await file.stat()).size;
  let parts: Buffer[] = [];
  let [end, number] = [0, 0];
  for (let at = 0; at < size;) {
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - at));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    let start = 0;
    for (let stop = chunk.indexOf(NEWLINE); stop >= 0; stop = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...parts, chunk.subarray(start, stop)]);
      parts = [];
      start = stop + 1;
      const json = jsonOf(line);
      // Zeros with nothing behind them are the unwritten end of a file; with something behind them, damage.
      if (json === null && line.includes(0) && end + line.length + 1 === size) return;
      end += line.length + 1;
      number += 1;
      yield { json, number, end };
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    // Whoever waits for a write to be kept comes in between.
    await nextTurn();
  }
  const tail = Buffer.concat(parts);
  // A whole line and one character more: that character was the line's end, so the line was acknowledged.
  if (tail.length > 0 && jsonOf(tail.subarray(0, -1)) !== null) yield { json: null, number: number + 1, end: end + tail.length };
}
