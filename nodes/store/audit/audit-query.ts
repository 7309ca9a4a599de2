import type { AuditRow } from '../../credential/audit-event';
import { type AuditFilter, matcher, timesOf } from './audit-filter';
import { type ChainRecord, readRecord } from './chain-record';
import { fileLines } from './file-lines';
import type { VaultTables } from './vault-tables';

/** A segment up to where it is written. */
export interface SegmentPart {
  path: string;
  /** Null for a segment that will not grow. */
  to: number | null;
}

/** When the events of a segment happened, ms since 1970. */
export interface TimeRange {
  from: number;
  to: number;
}

/**
 * The newest `limit` rows that are like the filter, oldest first. Looks at the newest segments first and leaves out
 * those that `ranges` says have nothing; what it learns of others it adds there. Damaged records are not answered.
 */
export async function queryRows(
  segments: readonly SegmentPart[], filter: AuditFilter, limit: number, vault: VaultTables, ranges: Map<string, TimeRange>,
): Promise<AuditRow[]> {
  const persons = filter.userId === undefined ? null : [vault.person(filter.userId)?.person ?? null];
  const cards = filter.cardId === undefined ? null : vault.cardsWith(filter.cardId).map(({ card }) => card);
  if (persons?.[0] === null || cards?.length === 0) return [];
  // Reading every record that one of a hundred thousand persons is not in would take most of the time.
  const names = cards ?? persons as string[] | null;
  const isLike = matcher(filter);
  const wanted = (record: ChainRecord): boolean => isLike(record)
    && (persons === null || persons.includes(record.person))
    && (cards === null || (record.card !== null && cards.includes(record.card)));
  let rows: AuditRow[] = [];
  for (const segment of segments.toReversed()) {
    if (!mayHave(ranges.get(segment.path), filter)) continue;
    const found: ChainRecord[] = [];
    const room = limit - rows.length;
    const range: TimeRange = { from: Infinity, to: -Infinity };
    for await (const json of fileLines(segment.path, segment.to ?? undefined)) {
      if (json === null) continue;
      if (segment.to === null) widen(range, json);
      if (names !== null && !names.some((name) => json.includes(name))) continue;
      const record = readRecord(json)?.record;
      if (record === undefined || !wanted(record)) continue;
      found.push(record);
      if (found.length > 2 * room) found.splice(0, found.length - room);
    }
    if (segment.to === null) ranges.set(segment.path, range);
    rows = [...found.slice(-room).map((record) => rowOf(record, vault)), ...rows];
    if (rows.length >= limit) break;
  }
  return rows;
}

/** How many records of a trail one of these pseudonyms is in. */
export async function countRecords(segments: readonly SegmentPart[], pseudonyms: ReadonlySet<string>): Promise<number> {
  let count = 0;
  for (const { path, to } of segments) {
    for await (const json of fileLines(path, to ?? undefined)) {
      if (json === null) continue;
      const { person, card } = readRecord(json)?.record ?? { person: null, card: null };
      if ((person !== null && pseudonyms.has(person)) || (card !== null && pseudonyms.has(card))) count += 1;
    }
  }
  return count;
}

function rowOf(record: ChainRecord, vault: VaultTables): AuditRow {
  const { seq, at, kind, person, card, door, outcome, by, detail } = record;
  return { seq, at, kind, userId: vault.userIdOf(person), cardId: vault.cardIdOf(card), door, outcome, by, detail };
}

function mayHave(range: TimeRange | undefined, filter: AuditFilter): boolean {
  const { from, to } = timesOf(filter);
  return range === undefined || (range.from <= to && range.to >= from);
}

function widen(range: TimeRange, json: string): void {
  const at = Date.parse(/"at":"([^"]*)"/.exec(json)?.[1] ?? '');
  if (at < range.from) range.from = at;
  if (at > range.to) range.to = at;
}
