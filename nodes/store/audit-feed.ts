import { stat } from 'node:fs/promises';
import type { AuditEvent, AuditRow } from '../credential/audit-event';
import type { StoreWrite } from '../credential/store-port';
import type { AuditFilter } from './audit/audit-filter';
import { AuditTrail, type AuditVerdict } from './audit/audit-trail';
import { type AuditAnchor, anchorOf, eventsOf, serialOf, writesOf } from './journal-entry';

const SYNC_MS = 250;
const RETRY_MS = 5000;
const DAY_MS = 86_400_000;
/** Events that wait for a trail which cannot be written. Beyond that they are only in the journal, if they are there. */
const MOST_WAITING = 50_000;
const TELLS_AUDIT = '"collection":"audit"';

interface Waiting {
  events: readonly AuditEvent[];
  mark: string | null;
}

/**
 * Brings what the trail is told into it, in order, behind the journal: an event that was kept in the journal and did
 * not get into the trail, because of a crash or a full disk, is brought when the store is opened next.
 */
export class AuditFeed {
  /** Why the trail cannot be written, or null. */
  trouble: unknown = null;
  private trail: AuditTrail | null = null;
  private waiting: Waiting[] = [];
  private draining: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly daily: NodeJS.Timeout;
  private unsynced = false;
  private overflown = false;
  private mark = 0;
  /** Last head that is on the disk for sure; the one of the journal where the trail has lost something since. */
  private synced: AuditAnchor | null = null;
  /** True while the trail is not known to hold what the journal says of it: then the journal goes on saying that. */
  private doubtful = false;
  private serial = 0;

  constructor(private readonly folder: string, private readonly retentionDays: number, private readonly onTrouble: () => void) {
    this.daily = setInterval(() => { this.prune(); }, DAY_MS);
  }

  /** What a line of the journal says of the trail, so that it cannot be cut off or replaced unnoticed. */
  get anchor(): AuditAnchor | null {
    return this.synced;
  }

  /** Learns how far the trail has got, where there is one. */
  async readMark(): Promise<void> {
    if (await stat(this.folder).then(() => true, () => false)) await this.open();
    this.mark = Number(this.trail?.lastMark ?? 0);
  }

  /** Looks at a line of the journal while it is loaded. */
  seeLine(json: string): void {
    const serial = serialOf(json) ?? this.serial + 1;
    this.serial = serial;
    const anchor = anchorOf(json);
    if (anchor !== null) this.synced = anchor;
    if (serial > this.mark && json.includes(TELLS_AUDIT)) this.waiting.push({ events: eventsOf(writesOf(json)), mark: String(serial) });
  }

  /** What was seen does not count: the lines come anew. */
  restart(): void {
    this.waiting = [];
    this.serial = 0;
  }

  /** Brings what was missed, and goes on with what comes. `written`: the anchor that the journal began with. */
  async start(written: AuditAnchor | null): Promise<void> {
    if (this.trail === null) await this.open();
    this.synced ??= written;
    const head: AuditAnchor | null = this.trail?.head ?? null;
    this.doubtful = this.synced !== null && (head?.seq !== this.synced.seq || head.hash !== this.synced.hash);
    if (!this.doubtful) this.synced = head;
    else void this.reconcile();
    this.drain();
    // A Node-RED that is started every day never lives long enough for the timer.
    this.prune();
  }

  push(events: readonly AuditEvent[], mark: string | null): void {
    if (events.length === 0) return;
    if (this.waiting.length >= MOST_WAITING) {
      // From here on only what is opened next can bring them, in their order.
      this.overflown = true;
      this.waiting = [];
    }
    if (this.overflown) return;
    this.waiting.push({ events, mark });
    this.drain();
  }

  pushBatch(batch: string, serial: number): void {
    if (batch.includes(TELLS_AUDIT)) this.push(eventsOf(JSON.parse(batch) as StoreWrite[]), String(serial));
  }

  /** Resolves when everything told so far is in the trail and on the disk. */
  async flush(): Promise<void> {
    while (this.draining !== null) await this.draining;
    if (this.overflown || this.waiting.length > 0) throw this.trouble;
    await this.sync();
  }

  async query(filter: AuditFilter): Promise<AuditRow[]> {
    return (await this.ready()).query(filter);
  }

  async export({ filter, format }: { filter: AuditFilter; format: 'csv' | 'jsonl' }): Promise<string> {
    return (await this.ready()).export(filter, format);
  }

  /** Holds the trail against its own heads, the journal's, and one that was kept elsewhere. */
  async verify(elsewhere: AuditAnchor | null): Promise<AuditVerdict> {
    const trail = await this.ready();
    const own = await trail.verify(this.synced ?? undefined);
    return own.ok && elsewhere !== null ? trail.verify(elsewhere) : own;
  }

  async erase(userId: string): Promise<{ erased: number }> {
    return (await this.ready()).erasePerson(userId);
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    clearInterval(this.daily);
    await this.flush().catch((error: unknown) => { this.note(error); });
    await this.trail?.close();
  }

  /** After a crash the trail is ahead of what the journal says of it; one that is not was cut off or replaced. */
  private async reconcile(): Promise<void> {
    const anchor = this.synced;
    if (this.trail?.head == null || anchor === null) return;
    const verdict = await this.trail.verify(anchor).catch(() => null);
    if (verdict?.ok === true) this.doubtful = false;
  }

  private prune(): void {
    void this.trail?.prune().catch((error: unknown) => { this.note(error); });
  }

  private async open(): Promise<void> {
    try {
      this.trail = await AuditTrail.open(this.folder, { retentionDays: this.retentionDays });
    } catch (error) {
      this.note(error);
    }
  }

  private async ready(): Promise<AuditTrail> {
    if (this.trail === null) throw this.trouble;
    await this.flush().catch((error: unknown) => { this.note(error); });
    return this.trail;
  }

  private drain(): void {
    this.draining ??= this.bring();
  }

  private async bring(): Promise<void> {
    // It is under way before it can be over.
    await Promise.resolve();
    try {
      for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
        if (this.trail === null) throw this.trouble;
        await this.trail.append(next.events, next.mark);
        this.waiting.shift();
        this.unsynced = true;
      }
      this.later(SYNC_MS);
    } catch (error) {
      this.note(error);
      this.later(RETRY_MS);
    }
    // In the same breath as the last look: what is pushed later must find nobody draining.
    this.draining = null;
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.waiting.length > 0) this.drain();
      else void this.sync().catch((error: unknown) => { this.note(error); });
    }, ms);
  }

  private async sync(): Promise<void> {
    if (!this.unsynced || this.trail === null) return;
    this.unsynced = false;
    const { head } = this.trail;
    try {
      await this.trail.sync();
    } catch (error) {
      this.unsynced = true;
      throw error;
    }
    if (!this.doubtful) this.synced = head;
    this.note(null);
  }

  private note(error: unknown): void {
    const changed = (this.trouble === null) !== (error === null);
    this.trouble = error;
    if (changed) this.onTrouble();
  }
}
