import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { McError } from '../credential/mc-error';

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a journal's lines into `replay` and tells where the last good one ends. What follows it is a write that was
 * never acknowledged, so it may be cut off: a line without its end, or one that the power cut left as zeros. A line
 * that is whole and does not match its CRC-32 is STORE_CORRUPT.
 */
export async function readRecords(file: FileHandle, path: string, replay: (batch: unknown) => void): Promise<number> {
  let rest = Buffer.alloc(0);
  let end = 0;
  let number = 0;
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, end + rest.length);
    if (bytesRead === 0) return end;
    rest = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let from = 0;
    for (let to = rest.indexOf(NEWLINE, from); to >= 0; to = rest.indexOf(NEWLINE, from)) {
      number += 1;
      const line = rest.subarray(from, to);
      if (line.includes(0)) return tornOrCorrupt(file, path, number, end + from, line);
      replay(checked(line, path, number));
      from = to + 1;
    }
    end += from;
    rest = rest.subarray(from);
    // Doors are being polled meanwhile.
    await nextTurn();
  }
}

function checked(line: Buffer, path: string, number: number): unknown {
  const json = line.subarray(9);
  if (line[8] === 0x20 && crc32(json) === Number.parseInt(line.toString('latin1', 0, 8), 16)) {
    try {
      return JSON.parse(json.toString('utf8')) as unknown;
    } catch {
      // Falls through: a checksum over something that is no JSON.
    }
  }
  throw corrupt(path, number);
}

/** Zeros with nothing good behind them are the unwritten end of a file; with something behind them, damage. */
async function tornOrCorrupt(file: FileHandle, path: string, number: number, offset: number, line: Buffer): Promise<number> {
  const { size } = await file.stat();
  if (offset + line.length + 1 >= size) return offset;
  throw corrupt(path, number);
}

function corrupt(path: string, number: number): McError {
  return new McError('STORE_CORRUPT', `Line ${number} of ${path} is damaged. Restore the folder from a backup; the store does not open on a guess.`);
}
