import type { StorePort } from '../../credential/store-port';

/** Steps of less than this are what time services do. */
const TOLERANCE_MS = 5 * 60_000;
/** How often a time is kept that the clock cannot be before again. */
const KEEP_MS = 10 * 60_000;
const TICK_MS = 5000;
const LAST = 'last';

/**
 * Notices a clock that jumps against the steady one, or that is before a time it had shown already, e.g. after a power
 * cut on a machine without a battery. It is doubted until a site was heard again: then this machine is on the network,
 * where time comes from.
 */
export class ClockWatch {
  private offset = offsetNow();
  private jumped = false;
  private keptAt = Number.NEGATIVE_INFINITY;
  private readonly timer: NodeJS.Timeout;
  private readonly unlisten: () => void;

  constructor(private readonly store: StorePort, private readonly onChange: () => void) {
    const last = store.get('clocks', LAST);
    this.jumped = last !== undefined && Date.now() < Date.parse(last.at) - TOLERANCE_MS;
    this.unlisten = store.onWrite((batch) => {
      if (batch.some(({ collection }) => collection === 'sites')) this.heard();
    });
    this.timer = setInterval(() => { this.look(); }, TICK_MS).unref();
    this.look();
  }

  /** True while the clock is in doubt. */
  look(): boolean {
    const offset = offsetNow();
    const moved = Math.abs(offset - this.offset) > TOLERANCE_MS;
    this.offset = offset;
    if (moved && !this.jumped) this.set(true);
    if (!this.jumped && Math.abs(performance.now() - this.keptAt) >= KEEP_MS) this.keep();
    return this.jumped;
  }

  close(): void {
    clearInterval(this.timer);
    this.unlisten();
  }

  private heard(): void {
    // A jump that nobody has looked at yet is not confirmed by what came just then.
    if (this.look()) this.set(false);
  }

  private set(jumped: boolean): void {
    this.jumped = jumped;
    if (!jumped) this.keep();
    this.onChange();
  }

  private keep(): void {
    this.keptAt = performance.now();
    const put = { _id: LAST, at: new Date().toISOString() };
    this.store.write([{ collection: 'clocks', put }]).catch(() => undefined);
  }
}

/** What the time of day is ahead of the steady clock. */
function offsetNow(): number {
  return Date.now() - performance.now();
}
