import type { AuditEvent } from '../credential/audit-event';
import type { StoreWrite } from '../credential/store-port';

/** The head of the audit trail when a line was written: what the trail is held against when it is verified. */
export interface AuditAnchor {
  seq: number;
  hash: string;
}

/** First line of every journal: it is there before the file has its name, so a file without it has lost something. */
export interface JournalHeader {
  journal: 1 | 2;
  /** Entries that the file was made with. */
  batches: number;
  /** Serial number of the last batch that is in them. */
  serial?: number;
  head?: AuditAnchor | null;
}

/** One line: a batch with its serial number. Files of version 1 have bare batches. */
interface Entry {
  n: number;
  head?: AuditAnchor;
  w: StoreWrite[];
}

/** One batch, given as JSON, as it is written. */
export function entryOf(serial: number, head: AuditAnchor | null, batch: string): string {
  return `{"n":${serial},${head === null ? '' : `"head":${JSON.stringify(head)},`}"w":${batch}}`;
}

/** The batch of a line. */
export function writesOf(json: string): StoreWrite[] {
  const found = JSON.parse(json) as Entry | StoreWrite[];
  return Array.isArray(found) ? found : found.w;
}

/** Serial number of a line without reading the rest of it; null in files of version 1. */
export function serialOf(json: string): number | null {
  const found = /^\{"n":(\d+),/.exec(json);
  return found === null ? null : Number(found[1]);
}

/** The anchor in a line, if it has one. */
export function anchorOf(json: string): AuditAnchor | null {
  const found = /^\{"n":\d+,"head":(\{[^}]*\}),/.exec(json);
  return found === null ? null : JSON.parse(found[1] as string) as AuditAnchor;
}

/** What a batch tells the audit trail. */
export function eventsOf(batch: readonly StoreWrite[]): AuditEvent[] {
  return batch.flatMap((write) => (write.collection === 'audit' ? [write.event] : []));
}
