import { crc32 } from 'node:zlib';

const SEAL_LENGTH = 9;

/** One record as a line of a journal: CRC-32 in hexadecimal, a blank, JSON, a newline. */
export function lineOf(json: string): string {
  return `${hex(crc32(json))} ${json}\n`;
}

/** The JSON of a line without its newline, or null where it is not what was written. */
export function jsonOf(line: Buffer): string | null {
  const json = line.subarray(SEAL_LENGTH);
  const whole = json.length > 0 && line.toString('latin1', 0, SEAL_LENGTH) === `${hex(crc32(json))} `;
  return whole ? json.toString('utf8') : null;
}

function hex(sum: number): string {
  return sum.toString(16).padStart(8, '0');
}
