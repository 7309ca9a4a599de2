import type { DoorOrder } from '../../access/decision';
import { isFree, isSamePeriod } from '../../access/free-access';
import type { Rules } from '../../access/rules/rules';
import { isoTime } from '../../credential/clock';
import type { StorePort, StoreWrite } from '../../credential/store-port';

const TICK_MS = 1000;

/**
 * Unlocks doors while their free access is on, and locks them when it ends, also where it ended while nobody was there to
 * see it. What is unlocked is kept, so that a door is not forgotten in that state.
 */
export class FreeAccessKeeper {
  /** Doors that this node has unlocked, with when. */
  private readonly unlocked = new Map<string, number>();
  /** When the first card of the present period was granted. */
  private readonly firstCards = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly node: string,
    private readonly store: StorePort,
    private readonly rules: () => Rules | null,
    private readonly order: (order: DoorOrder) => void,
  ) {
    for (const { node: of, door, since } of store.all('freeAccess')) if (of === node) this.unlocked.set(door, Date.parse(since));
  }

  /** Tells the doors what holds, and goes on looking. To be called once they can hear it. */
  start(): void {
    const rules = this.rules();
    const now = Date.now();
    for (const [door, since] of this.unlocked) {
      const freeAccess = (rules?.doors.get(door) ?? rules?.everyDoor)?.freeAccess ?? null;
      if (rules === null || freeAccess === null) continue;
      if (isSamePeriod(freeAccess.schedule, rules.timeZone, since, now)) this.firstCards.set(door, since);
      // A door that was started anew has forgotten it.
      if (isFree(rules, door, now, this.firstCards.get(door) ?? null)) this.tell(door, 'unlock', now);
    }
    this.look();
    this.timer = setInterval(() => { this.look(); }, TICK_MS).unref();
  }

  /** A card was granted at the door: it may be the first one. */
  noteGrant(door: string): void {
    const rules = this.rules();
    const freeAccess = (rules?.doors.get(door) ?? rules?.everyDoor)?.freeAccess;
    if (freeAccess?.afterFirstCard !== true || this.firstCards.has(door)) return;
    this.firstCards.set(door, Date.now());
    this.look();
  }

  /** Brings doors to what the rules in force say now. */
  look(): void {
    const rules = this.rules();
    if (rules === null) return;
    const now = Date.now();
    for (const [door, { freeAccess }] of rules.doors) {
      if (freeAccess === null) continue;
      if (!isFree(rules, door, now, 0)) this.firstCards.delete(door);
      if (!this.unlocked.has(door) && isFree(rules, door, now, this.firstCards.get(door) ?? null)) this.unlock(door, now);
    }
    for (const door of this.unlocked.keys()) if (!isFree(rules, door, now, this.firstCards.get(door) ?? null)) this.lock(door, now);
  }

  /**
   * Nobody looks any more, so nothing stays unlocked, be the node gone for good (`removed`), disabled, or about to be started
   * anew: then it unlocks again, and knows whose first card there was.
   */
  close(removed: boolean): void {
    clearInterval(this.timer);
    for (const door of this.unlocked.keys()) {
      if (removed) this.lock(door, Date.now());
      else this.tell(door, 'release', Date.now());
    }
  }

  private unlock(door: string, now: number): void {
    this.unlocked.set(door, now);
    this.keep({ collection: 'freeAccess', put: { _id: this.idOf(door), node: this.node, door, since: isoTime(now) } });
    this.tell(door, 'unlock', now);
  }

  private lock(door: string, now: number): void {
    this.unlocked.delete(door);
    this.firstCards.delete(door);
    this.keep({ collection: 'freeAccess', remove: this.idOf(door) });
    this.tell(door, 'release', now);
  }

  private tell(door: string, command: 'unlock' | 'release', now: number): void {
    this.order({ door, command, source: 'schedule', at: isoTime(now) });
  }

  /** A door does not wait for a disk; the store's own status says where it cannot be kept. */
  private keep(write: StoreWrite): void {
    this.store.write([write]).catch(() => undefined);
  }

  private idOf(door: string): string {
    return JSON.stringify([this.node, door]);
  }
}
