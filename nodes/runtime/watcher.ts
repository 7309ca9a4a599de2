import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ChangeMessage, operationEvent } from '../credential/changes';
import { systemClock } from '../credential/clock';
import type { OperationDocument } from '../credential/documents';
import type { CredentialStatus } from '../credential/record';
import { mergeList, mergeReaders } from '../credential/site-truth';
import type { NedbStore } from '../store/nedb-store';
import { ChangeCursor } from './change-cursor';
import type { OutboxLoan } from './outbox-loan';
import type { NodeTools } from './palette';
import { readRegisteredReaders } from './registered-readers';
import type { SiteLoan } from './site-node';
import type { StoreLoan } from './store-node';
import { within } from './within';

const STOP_MS = 500;

/** Operations whose last state is remembered, so that it is not told twice. */
const MOST_TOLD = 10_000;

export interface WatchSettings {
  intervalMs: number;
  /** Empty = all. */
  statuses: CredentialStatus[];
  initial: boolean;
  adopt: 'all-doors' | 'no-doors' | 'ignore';
  maxRemovalPercent: number;
}

/**
 * One watch node: polls the site's list into the store and reports what changed since its own cursor. Whatever polls,
 * reports or moves the cursor takes its turn, one after the other.
 */
export class Watcher {
  private timer: NodeJS.Timeout | undefined;
  private turns: Promise<unknown> = Promise.resolve();
  private opened: Promise<{ store: NedbStore; cursor: ChangeCursor }> | null = null;
  private heldRemoval: string | null = null;
  private outage = false;
  private readonly toldOperations = new Map<string, string>();
  private stopped = false;
  private unlisten: () => void = () => undefined;

  constructor(
    private readonly site: SiteLoan,
    private readonly loan: StoreLoan,
    private readonly tools: NodeTools,
    private readonly settings: WatchSettings,
    private readonly outbox: OutboxLoan,
  ) {
    tools.status.setBase('grey', 'ring', 'watching');
  }

  start(): void {
    if (this.stopped || this.timer !== undefined) return;
    void this.inTurn(() => this.open()).catch(() => undefined);
    this.schedule(0);
  }

  /** Polls now and hands over the changes with these statuses; the others leave one by one as always. */
  check(statuses: readonly CredentialStatus[], answer: (changes: ChangeMessage[]) => void): Promise<void> {
    return this.inTurn(async () => {
      await this.poll();
      await this.report((changes) => {
        const asked = changes.filter(({ to }) => statuses.length === 0 || statuses.includes(to));
        answer(asked);
        this.send(changes.filter((change) => !asked.includes(change)));
      });
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    this.unlisten();
    // A poll that hangs at the portal is not waited for: it is ended with the site, and merges nothing then.
    await within(STOP_MS, this.turns);
    (await this.opened?.catch(() => null))?.cursor.close();
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      const from = Date.now();
      void this.inTurn(() => this.pollByClock()).finally(() => {
        this.schedule(Math.max(0, from + this.settings.intervalMs - Date.now()));
      });
    }, delayMs);
  }

  /** A failing poll is raised once an outage; a list that is held back counts as failing. */
  private async pollByClock(): Promise<void> {
    try {
      await this.poll();
      this.outage = false;
      this.tools.status.setTrouble('last', null);
    } catch (error) {
      if (this.stopped) return;
      if (!this.outage) this.tools.raise(error as Error);
      this.outage = true;
    }
    await this.report((changes) => { this.send(changes); }).catch((error: unknown) => { this.tools.raise(error as Error); });
  }

  private async poll(): Promise<void> {
    const { store } = await this.open();
    this.tools.status.setBase('blue', 'ring', 'polling');
    try {
      const list = await this.site.list();
      if (this.stopped) return;
      const { adopt, maxRemovalPercent } = this.settings;
      const merged = await mergeList(this.site, list, store, { adopt, maxRemovalPercent, heldRemoval: this.heldRemoval, clock: systemClock, pause: nextTurn });
      this.heldRemoval = merged.held;
      // Last, so that a route which is only assumed keeps nobody from the credentials.
      const readers = await readRegisteredReaders(this.site);
      if (readers !== null) await mergeReaders(this.site, readers, store, systemClock);
      await this.outbox.syncBlacklist();
      if (merged.error !== null) throw merged.error;
      this.tools.status.setBase('green', 'dot', this.site.provider === 'portal' ? 'watching' : `watching-${this.site.listAskedOf}`);
    } catch (error) {
      this.tools.status.setBase('red', 'ring', this.heldRemoval === null ? 'failed' : 'held');
      throw error;
    }
  }

  /** Opens the cursor on first use, once. */
  private open(): Promise<{ store: NedbStore; cursor: ChangeCursor }> {
    this.opened ??= this.openNow().catch((error: unknown) => {
      this.opened = null;
      throw error;
    });
    return this.opened;
  }

  private async openNow(): Promise<{ store: NedbStore; cursor: ChangeCursor }> {
    const store = await this.loan.ready();
    const { initial: withInitial, statuses } = this.settings;
    const { cursor, initial } = await ChangeCursor.open(store, this.tools.node.id, this.site.siteId, withInitial, statuses, () => {
      void this.inTurn(() => this.report((changes) => { this.send(changes); })).catch(() => undefined);
    });
    this.send(initial);
    this.unlisten = store.onWrite((batch) => {
      for (const write of batch) {
        if (write.collection !== 'operations' || !('put' in write) || write.put.site !== this.site.siteId) continue;
        if (!this.isNews(write.put)) continue;
        this.tools.emit(2, operationEvent(write.put), `operation/${write.put.state}`);
      }
    });
    return { store, cursor };
  }

  /** An operation is written for other reasons too; only a new state or attempt is told. */
  private isNews({ _id, state, attempts }: OperationDocument): boolean {
    const now = `${state} ${attempts}`;
    if (this.toldOperations.get(_id) === now) return false;
    this.toldOperations.set(_id, now);
    if (this.toldOperations.size > MOST_TOLD) this.toldOperations.delete(this.toldOperations.keys().next().value as string);
    return true;
  }

  private async report(deliver: (changes: ChangeMessage[]) => void): Promise<void> {
    const { cursor } = await this.open();
    const waiting = cursor.waiting(this.settings.statuses);
    deliver(waiting?.messages ?? []);
    if (waiting !== null) await cursor.moveTo(waiting.upTo);
  }

  private send(changes: ChangeMessage[]): void {
    for (const change of changes) this.tools.emit(1, change, `credential/${change.to}`);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turns.then(work);
    this.turns = mine.catch(() => undefined);
    return mine;
  }
}
