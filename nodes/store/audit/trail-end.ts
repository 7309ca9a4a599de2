import type { FileHandle } from 'node:fs/promises';
import { journalLines } from '../journal-reader';
import type { AuditHead } from './audit-head';
import { type ReadRecord, readRecord } from './chain-record';

/** What the newest segment says when a trail is opened. */
export interface TrailEnd {
  /** The last record that is what it says; null where there is none. */
  last: AuditHead | null;
  mark: string | null;
  /** Damaged lines behind it. */
  damaged: number;
  /** Where what counts ends in the file. */
  end: number;
  /** Pseudonyms whose commitment this segment has. */
  committed: Set<string>;
  /** Pseudonyms that were erased in this segment. */
  gone: string[];
}

/**
 * Reads a segment to its end. An append that is not there as a whole, or whose pseudonyms did not get to the disk, was
 * cut off by a crash before it was synced: it does not count, unless it is behind `signed`, or something is damaged.
 */
export async function readTrailEnd(file: FileHandle, signed: number, isKnown: (pseudonym: string) => boolean): Promise<TrailEnd> {
  const found: TrailEnd = { last: null, mark: null, damaged: 0, end: 0, committed: new Set(), gone: [] };
  let part: ReadRecord[] = [];
  let partEnd = 0;
  const count = (): void => {
    for (const read of part) countIn(found, read);
    part = [];
    found.end = partEnd;
  };
  for await (const { json, end } of journalLines(file)) {
    const read = readRecord(json);
    partEnd = end;
    if (read === null) {
      count();
      found.damaged += 1;
      continue;
    }
    part.push(read);
    if (read.record.more !== undefined) continue;
    if (read.record.seq > signed && part.some(({ record }) => lacksMeaning(record.person, isKnown) || lacksMeaning(record.card, isKnown))) return found;
    count();
  }
  if (part.some(({ record }) => record.seq <= signed)) count();
  return found;
}

function countIn(found: TrailEnd, { record, hash }: ReadRecord): void {
  found.last = { seq: record.seq, hash };
  found.mark = record.mark;
  found.damaged = 0;
  if (record.person !== null && record.personSeal !== undefined) found.committed.add(record.person);
  if (record.card !== null && record.cardSeal !== undefined) found.committed.add(record.card);
  found.gone.push(...record.gone ?? []);
}

function lacksMeaning(pseudonym: string | null, isKnown: (pseudonym: string) => boolean): boolean {
  return pseudonym !== null && !isKnown(pseudonym);
}
