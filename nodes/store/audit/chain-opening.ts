import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { syncFolder } from '../sync-folder';
import { AppendFile } from './append-file';
import type { AuditHead, ChainStart } from './audit-head';
import { lastRecordIn } from './retention';
import { type Segment, segmentPath, segmentsIn } from './segments';
import type { SignedHeads } from './signed-heads';
import { readTrailEnd, type TrailEnd } from './trail-end';
import type { Vault } from './vault';

/** The segment that is written to. */
export interface OpenSegment extends Segment {
  file: AppendFile;
}

/** Where a trail goes on. */
export interface ChainState {
  start: ChainStart;
  /** Last record; number 0 of a trail that has none yet. */
  head: AuditHead;
  mark: string | null;
  segment: OpenSegment | null;
  /** Highest number of a segment so far. */
  number: number;
  committed: Set<string>;
}

/**
 * Finds where a trail goes on, and finishes what a crash has cut off. Damage stops nothing and is not mended: the next
 * record leaves out the numbers of those that are lost.
 */
export async function openChain(folder: string, heads: SignedHeads, vault: Vault): Promise<ChainState> {
  const signed = heads.last;
  const all = await segmentsIn(folder);
  // Without a signed start nothing verifies: the one made up here is not that of any record.
  const start = signed?.start ?? { seq: 1, prev: randomBytes(32).toString('hex'), segment: all[0]?.number ?? 1 };
  await removeSegments(folder, all.filter(({ number }) => number < start.segment));
  const segments = all.filter(({ number }) => number >= start.segment);
  const newest = segments.pop();
  const found = newest === undefined ? null : await openSegment(folder, newest, signed?.seq ?? Infinity, vault);
  const before = found === null || found.last === null ? await lastRecordIn(segments.map((segment) => segmentPath(folder, segment))) : null;
  const last = found?.last ?? before?.last ?? { seq: start.seq - 1, hash: start.prev };
  const reached = last.seq + (found?.damaged ?? 0) + (before?.damaged ?? 0);
  const lost = signed !== null && signed.seq > last.seq;
  if (found !== null) await vault.drop(found.gone).catch(async (error: unknown) => {
    await found.segment.file.close();
    throw error;
  });
  return {
    start,
    head: { seq: Math.max(reached, signed?.seq ?? 0), hash: lost ? signed.hash : last.hash },
    mark: found?.mark ?? before?.mark ?? signed?.mark ?? null,
    segment: found?.segment ?? null,
    number: Math.max(start.segment - 1, newest?.number ?? 0, signed?.segment ?? 0),
    committed: found?.committed ?? new Set(),
  };
}

export async function newSegment(folder: string, number: number, day: string): Promise<OpenSegment> {
  const { file } = await AppendFile.open(segmentPath(folder, { number, day }), () => Promise.resolve({ end: 0 }));
  return { number, day, file };
}

export async function removeSegments(folder: string, segments: readonly Segment[]): Promise<void> {
  if (segments.length === 0) return;
  // Oldest first: what a crash leaves is still a row without gaps.
  for (const segment of segments) await rm(segmentPath(folder, segment), { force: true });
  await syncFolder(folder);
}

async function openSegment(folder: string, segment: Segment, signed: number, vault: Vault): Promise<TrailEnd & { segment: OpenSegment }> {
  const isKnown = (pseudonym: string): boolean => vault.tables.get(pseudonym) !== undefined;
  const { file, found } = await AppendFile.open(segmentPath(folder, segment), (handle) => readTrailEnd(handle, signed, isKnown));
  return { ...found, segment: { ...segment, file } };
}
