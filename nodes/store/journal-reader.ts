import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jsonOf } from './journal-line';
import { corrupt } from './store-error';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a journal's lines into `replay` and tells where the last good one ends. What follows it is a write that was
 * never acknowledged, so it may be cut off: a line without its end, or one that the power cut left as zeros. A line
 * that is whole and does not match its CRC-32 is STORE_CORRUPT.
 */
export async function readRecords(file: FileHandle, path: string, replay: (record: unknown) => void): Promise<number> {
  const { size } = await file.stat();
  let parts: Buffer[] = [];
  let end = 0;
  let number = 0;
  for (let at = 0; at < size;) {
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - at));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    const chunk = buffer.subarray(0, bytesRead);
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, to)]);
      parts = [];
      from = to + 1;
      number += 1;
      const json = jsonOf(line);
      if (json === null) {
        // Zeros with nothing behind them are the unwritten end of a file; with something behind them, damage.
        if (line.includes(0) && end + line.length + 1 === size) return end;
        throw damaged(path, number);
      }
      replay(JSON.parse(json));
      end += line.length + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
    // Doors are being polled meanwhile.
    await nextTurn();
  }
  const tail = Buffer.concat(parts);
  // A whole line and one character more: that character was the line's end, so the line was acknowledged.
  if (tail.length > 0 && jsonOf(tail.subarray(0, -1)) !== null) throw damaged(path, number + 1);
  return end;
}

function damaged(path: string, number: number): Error {
  return corrupt(path, `is damaged in line ${number}`);
}
