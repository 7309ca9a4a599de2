import { open as openFile } from 'node:fs/promises';
import type { SegmentPart } from './audit-query';
import type { AuditHead } from './audit-head';
import { readRecord } from './chain-record';
import { fileLines } from './file-lines';
import type { Segment } from './segments';
import { readTrailEnd, type TrailEnd } from './trail-end';

/**
 * The segments, from the oldest on, that were begun before the day `before`: up to the first that was not. One that was
 * begun with a clock that ran ahead of `today` goes with those around it.
 */
export function expiredSegments(segments: readonly Segment[], before: string, today: string): Segment[] {
  const stays = segments.findIndex(({ day }) => day >= before && day <= today);
  const old = stays < 0 ? segments : segments.slice(0, stays);
  return old.slice(0, old.findLastIndex(({ day }) => day < before) + 1);
}

/** The last record in these segments that is what it says. */
export async function lastRecordIn(paths: readonly string[]): Promise<{ last: AuditHead; mark: TrailEnd['mark']; damaged: number } | null> {
  let damaged = 0;
  for (const path of paths.toReversed()) {
    const file = await openFile(path, 'r');
    try {
      const end = await readTrailEnd(file, Infinity, () => true);
      damaged += end.damaged;
      if (end.last !== null) return { last: end.last, mark: end.mark, damaged };
    } finally {
      await file.close();
    }
  }
  return null;
}

/** Pseudonyms that are used in these segments. The first record of each segment that uses one says so. */
export async function usedPseudonyms(segments: readonly SegmentPart[]): Promise<Set<string>> {
  const used = new Set<string>();
  for (const { path, to } of segments) {
    for await (const json of fileLines(path, to ?? undefined)) {
      if (json?.includes('Seal":"') !== true) continue;
      const record = readRecord(json)?.record;
      if (record?.person != null) used.add(record.person);
      if (record?.card != null) used.add(record.card);
    }
  }
  return used;
}
