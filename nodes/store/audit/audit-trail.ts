import { chmod, mkdir } from 'node:fs/promises';
import type { AuditEvent, AuditRow } from '../../credential/audit-event';
import { McError } from '../../credential/mc-error';
import { KeyedMutex } from '../keyed-mutex';
import { storeError } from '../store-error';
import { exported, type ExportFormat } from './audit-export';
import { type AuditFilter, MOST_ROWS, rowsOf } from './audit-filter';
import type { AuditHead } from './audit-head';
import { countRecords, queryRows, type TimeRange } from './audit-query';
import { ChainWriter } from './chain-writer';
import { expiredSegments, usedPseudonyms } from './retention';
import { dayOf } from './segments';
import { type AuditVerdict, verifyTrail } from './verify-trail';

export type { AuditVerdict } from './verify-trail';

const DAY_MS = 86_400_000;

export interface AuditTrailOptions {
  /** Days after whose end a segment goes. */
  retentionDays: number;
  /** Ms since 1970. */
  now?: () => number;
}

/**
 * The audit trail in a folder of its own: daily segments of chained records, signed heads of the chain, and, outside
 * it, whom the records concern. Whoever can write the folder and has no other copy of a head can rewrite what was
 * written since the last signed head; with the key that lies in it, everything. Keep heads elsewhere.
 *
 * One owner at a time. Every method rejects with STORE_FULL or STORE_CORRUPT when the disk does not do what it is
 * asked, and with STORE_CLOSED after `close`.
 */
export class AuditTrail {
  private readonly turns = new KeyedMutex();
  private readonly ranges = new Map<string, TimeRange>();
  private closed = false;

  private constructor(private readonly writer: ChainWriter, private readonly now: () => number, private readonly retentionDays: number) {}

  /** Makes the trail where there is none. What a crash has cut off goes; damage stays, stops nothing, and `verify` tells. */
  static async open(folder: string, { retentionDays, now = Date.now }: AuditTrailOptions): Promise<AuditTrail> {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      return new AuditTrail(await ChainWriter.open(folder, now), now, retentionDays);
    } catch (error) {
      throw storeError(error, folder);
    }
  }

  /** The mark of the last record, or null. After opening: what the caller told later is not in the trail. */
  get lastMark(): string | null {
    return this.writer.mark;
  }

  /** The last record, synced or not; null where there never was one. */
  get head(): AuditHead | null {
    return this.writer.head.seq === 0 ? null : this.writer.head;
  }

  /**
   * Adds events in their order with one write: all of them or none. Not on the disk for sure before `sync`. `mark`: the
   * caller's own position, which these events complete; null where they have none.
   */
  append(events: readonly AuditEvent[], mark: string | null): Promise<void> {
    return events.length === 0 ? Promise.resolve() : this.inTurn(() => this.writer.append(events, mark));
  }

  /** Resolves when everything that was appended is on the disk. Signs a head every 500 events or 60 seconds. */
  sync(): Promise<void> {
    return this.inTurn(() => this.writer.sync(false));
  }

  /** The rows that are like the filter, oldest first. Where there are more than `limit` (else 1,000), the newest of them. */
  query(filter: AuditFilter): Promise<AuditRow[]> {
    return this.rows(filter, rowsOf(filter));
  }

  /** As `query`, 100,000 rows unless the filter says less. CSV with a header row and no formulas in it, or JSON lines. */
  async export(filter: AuditFilter, format: ExportFormat): Promise<string> {
    return exported(await this.rows(filter, rowsOf(filter, MOST_ROWS)), format);
  }

  /** Reads everything and holds it against the signed heads, and against one that was kept elsewhere. */
  verify(expected?: AuditHead): Promise<AuditVerdict> {
    return this.alone(async () => {
      const { writer } = this;
      // All of it as it is at one time; what is appended while it is read comes later.
      const { end, ...evidence } = await this.inTurn(async () => ({
        segments: await writer.parts(), heads: writer.heads.read(), lastSigned: writer.heads.last, end: writer.head,
      }));
      return verifyTrail({ ...evidence, vault: await writer.vault.reread(), ends: expected === undefined ? [end] : [end, expected] });
    });
  }

  /** Nobody can tell any more whom the person's records concern, nor their cards'. Answers how many records there are. */
  erasePerson(userId: string): Promise<{ erased: number }> {
    return this.alone(async () => {
      const { writer } = this;
      const known = new Set(writer.vault.tables.allOf(userId));
      if (known.size === 0) return { erased: 0 };
      const erased = await countRecords(await this.inTurn(() => writer.parts()), known);
      await this.inTurn(() => {
        const pseudonyms = writer.vault.tables.allOf(userId);
        const at = new Date(this.now()).toISOString();
        const event: AuditEvent = { kind: 'erase', at, userId: null, cardId: null, door: null, outcome: 'erased', by: 'audit', detail: { pseudonyms: pseudonyms.length } };
        return writer.erase(event, pseudonyms);
      });
      return { erased };
    });
  }

  /** Lets go what is past its retention: whole segments, and whom nothing that stays concerns. */
  prune(): Promise<void> {
    return this.alone(async () => {
      const { writer } = this;
      const now = this.now();
      const parts = await this.inTurn(async () => {
        const expired = expiredSegments(await writer.segments(), dayOf(now - this.retentionDays * DAY_MS), dayOf(now));
        if (expired.length > 0) await writer.removeOldest(expired);
        await writer.heads.thin();
        if (expired.length === 0) return null;
        writer.vault.watch();
        return writer.parts();
      });
      if (parts === null) return;
      const used = await usedPseudonyms(parts);
      await this.inTurn(() => writer.vault.drop(writer.vault.unused(used)));
    });
  }

  /** Signs a last head and lets the files go. */
  close(): Promise<void> {
    return this.turns.run('write', async () => {
      if (this.closed) return;
      this.closed = true;
      await this.writer.close();
    });
  }

  private rows(filter: AuditFilter, limit: number): Promise<AuditRow[]> {
    return this.alone(async () => {
      const { writer } = this;
      return queryRows(await this.inTurn(() => writer.parts()), filter, limit, writer.vault.tables, this.ranges);
    });
  }

  /** Files are written by one at a time. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.run('write', () => (this.closed ? Promise.reject(new McError('STORE_CLOSED', 'The store is closed. Deploy again.')) : work()));
  }

  /** What reads the whole trail waits for its like, never a write for it. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.run('read', work);
  }
}
