import { fullJitter } from './backoff';
import { actOn, type CardAction } from './card-action';
import type { Clock } from './clock';
import { complete, isStepped } from './complete';
import { DeskContext } from './desk-context';
import type { OperationDocument } from './documents';
import { isMcError } from './mc-error';
import { isOpen, isUnderWay } from './open-operations';
import { openWrites, rejectedWrites } from './operation-outcome';
import type { RandomPort } from './random-port';
import { budgetIsOver, timeIsOver } from './retry-budget';
import { settle } from './settle';
import { isBlocking } from './open-blocks';
import { tellSiteAgain } from './site-block';
import type { SitePort } from './site-port';
import { SiteReading } from './site-reading';
import type { StorePort } from './store-port';

/** Calls `work` once after `ms`, unless the returned function is called before. */
export type Timer = (ms: number, work: () => void) => () => void;

export interface OutboxPorts {
  site: SitePort;
  store: StorePort;
  clock: Clock;
  random: RandomPort;
  timer: Timer;
}

/**
 * Brings a site's open operations to their end: reads the site back and settles them, sends again what costs nothing
 * and is proven undone, with growing pauses, and hands what stays open after its budget to a person. Never sends an
 * issue or a re-issue.
 */
export class Outbox {
  private tries = 0;
  private running: Promise<void> | null = null;
  private cancel: (() => void) | null = null;
  private unlisten: () => void = () => undefined;
  private stopped = false;

  constructor(private readonly ports: OutboxPorts) {}

  /** Settles what a restart has left open, once, and goes on by itself. Resolves after that first try. */
  start(): Promise<void> {
    const { store, site } = this.ports;
    this.unlisten = store.onWrite((batch) => {
      const news = batch.some((write) => write.collection === 'operations' && 'put' in write && write.put.site === site.siteId && write.put.state === 'unknown');
      if (news && this.running === null) this.wake();
    });
    return this.round();
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
    this.unlisten();
  }

  /** One try now. */
  round(): Promise<void> {
    this.running ??= this.work().finally(() => {
      this.running = null;
      if (this.actionable().length > 0) this.schedule();
      else this.tries = 0;
    });
    return this.running;
  }

  private wake(): void {
    this.tries = 0;
    this.schedule();
  }

  private schedule(): void {
    this.cancel?.();
    if (this.stopped) return;
    this.cancel = this.ports.timer(fullJitter(this.tries, this.ports.random), () => { void this.round(); });
    this.tries += 1;
  }

  private async work(): Promise<void> {
    this.cancel?.();
    this.cancel = null;
    const open = this.actionable();
    if (open.length === 0 || this.stopped) return;
    const { site, store, clock, random } = this.ports;
    const ctx = new DeskContext(site, store, clock, random, new SiteReading(site, clock), { by: 'outbox' });
    try {
      await this.readBack(ctx, open);
      for (const { _id, userId } of this.actionable()) {
        if (this.isStopped()) return;
        await ctx.alone(userId, () => this.goOnWith(ctx, _id));
      }
    } catch (error) {
      // A store that is full or closes: what is open stays open.
      if (!isMcError(error)) throw error;
    }
  }

  private isStopped(): boolean {
    return this.stopped;
  }

  private async readBack(ctx: DeskContext, open: readonly Readonly<OperationDocument>[]): Promise<void> {
    try {
      if (open.every((operation) => isStepped(ctx, operation) || isBlocking(operation))) return;
      const latest = Math.max(...open.map(({ sentAt }) => (sentAt === null ? 0 : Date.parse(sentAt))));
      const list = await ctx.listIfAny(latest);
      if (list !== null && await settle(ctx.site.siteId, list, ctx.store, ctx.clock) > 0) this.tries = 0;
    } catch (error) {
      if (!isMcError(error)) throw error;
    }
  }

  /** For whoever is alone with the operation's user. */
  private async goOnWith(ctx: DeskContext, id: string): Promise<void> {
    const operation = ctx.store.get('operations', id);
    if (operation === undefined || !isOpen(operation) || operation.state === 'waiting' || isUnderWay(ctx.store, id)) return;
    // Another kind of node on the same site brings it to its end.
    if (operation.progress !== undefined && ctx.site.complete === undefined) return;
    if (isBlocking(operation)) {
      await tellSiteAgain(ctx, operation);
    } else if (isStepped(ctx, operation)) {
      if (timeIsOver(operation, ctx.now())) await this.end(ctx, operation, 'waiting');
      else await complete(ctx, id);
    } else if (operation.notDone === true && isSuperseded(ctx, operation)) {
      await this.end(ctx, operation, 'rejected');
    } else if (!ctx.hasList || budgetIsOver(operation, ctx.now())) {
      await this.end(ctx, operation, 'waiting');
    } else if (operation.notDone === true) {
      await actOn(ctx, operation.operation as CardAction, operation.cardId, operation);
    }
  }

  private end(ctx: DeskContext, operation: Readonly<OperationDocument>, state: 'rejected' | 'waiting'): Promise<void> {
    const lastError = operation.lastError ?? 'OUTCOME_UNKNOWN';
    return ctx.inBooks(() => ctx.store.write(state === 'rejected'
      ? rejectedWrites(ctx.store, operation, ctx.now(), lastError, 'outbox')
      : openWrites(ctx.store, operation, ctx.now(), { state, lastError, by: 'outbox', notDone: operation.notDone === true })));
  }

  /** What is open, not under way, and not left to a person. */
  private actionable(): Readonly<OperationDocument>[] {
    const { store, site } = this.ports;
    return store.openOperations(site.siteId).filter(({ _id, state }) => state !== 'waiting' && !isUnderWay(store, _id));
  }
}

/** True where something else was done to the card since, or it is gone: an older wish does not undo a newer one. */
function isSuperseded(ctx: DeskContext, operation: Readonly<OperationDocument>): boolean {
  const doc = ctx.card(operation.cardId);
  if (doc === undefined || doc.status === 'deleted') return true;
  return ctx.store.operationsOf(operation.site, operation.userId).some((other) => {
    if (other._id === operation._id || other.since < operation.since || other.state === 'rejected') return false;
    if (other.operation === 'reissue') return other.formerCardId === operation.cardId;
    return ['delete', 'suspend', 'resume'].includes(other.operation) && other.cardId === operation.cardId;
  });
}
