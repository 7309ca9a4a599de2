import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const SEGMENT = /^audit-(\d+)-(\d{4}-\d{2}-\d{2})\.log$/;

/** A file of the chain. Numbers grow; days may repeat or go back where the clock was set. */
export interface Segment {
  number: number;
  /** Day (UTC) on which it was begun. */
  day: string;
}

/** The segments in a folder, oldest first. */
export async function segmentsIn(folder: string): Promise<Segment[]> {
  return (await readdir(folder))
    .flatMap((name) => {
      const [, number, day] = SEGMENT.exec(name) ?? [];
      return number === undefined || day === undefined ? [] : [{ number: Number(number), day }];
    })
    .sort((a, b) => a.number - b.number || (a.day < b.day ? -1 : 1));
}

export function segmentPath(folder: string, { number, day }: Segment): string {
  return join(folder, `audit-${String(number).padStart(6, '0')}-${day}.log`);
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
