import type { Clock } from '../../../credential/clock';
import type { Floor } from '../../floor/floor';
import type { EventBook } from '../events/event-book';
import type { EventCode } from '../events/event-codes';
import type { BioStarSettings } from '../settings';

/** Name of the output that the server's own relay has at the strike. */
const OUTPUT = 'BioStar';

/** What the server knows of a door. */
export interface DoorState {
  mode: 'normal' | 'locked' | 'unlocked';
  /** True while its relay is on, by `open` or `unlock`. */
  relayOn: boolean;
  forced: boolean;
  held: boolean;
  /** Milliseconds since the epoch; null: never. */
  lastOpened: number | null;
  /** When the manual lock or unlock began, and for how many seconds. */
  since: number | null;
  seconds: number | null;
}

export type DoorCommand = 'open' | 'lock' | 'unlock' | 'release';

/** The doors as BioStar's own: each has the reader with the same number, whose relay is wired to the strike beside the controllers' ones. */
export class BioStarDoors {
  private readonly states = new Map<number, DoorState>();
  private readonly apart = new Set<number>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly floor: Floor, private readonly clock: Clock, private readonly events: EventBook, private readonly settings: () => BioStarSettings) {}

  /** Numbers from 1. */
  get numbers(): number[] {
    return this.floor.doors.map(({ door }) => door);
  }

  state(door: number): DoorState {
    const known = this.states.get(door);
    if (known !== undefined) return known;
    const state: DoorState = { mode: 'normal', relayOn: false, forced: false, held: false, lastOpened: null, since: null, seconds: null };
    this.states.set(door, state);
    return state;
  }

  isOpened(door: number): boolean {
    return this.floor.doors[door - 1]?.closed === false;
  }

  /** Whether the reader (from 1), and with it its door, is on the network. */
  isConnected(reader: number): boolean {
    return !this.apart.has(reader);
  }

  setConnected(reader: number, connected: boolean): void {
    if (connected === this.isConnected(reader)) return;
    if (connected) this.apart.delete(reader);
    else this.apart.add(reader);
    this.events.add({ code: connected ? 13056 : 13312, reader });
  }

  /** Carries a command out. @param seconds how long `unlock` lasts; null: until another command */
  command(door: number, command: DoorCommand, seconds: number | null): void {
    const state = this.state(door);
    this.tell(({ open: 24320, unlock: 24321, lock: 24322, release: 24323 } as const)[command], door);
    if (command === 'open') {
      if (state.mode !== 'unlocked') this.relay(door, true, this.settings().openMs);
      return;
    }
    Object.assign(state, { since: this.clock.now(), seconds: command === 'unlock' ? seconds : null });
    state.mode = ({ unlock: 'unlocked', lock: 'locked', release: 'normal' } as const)[command];
    this.relay(door, command === 'unlock', seconds === null ? null : seconds * 1000);
  }

  /** The contact opened. */
  opened(door: number, forced: boolean): void {
    const state = this.state(door);
    state.lastOpened = this.clock.now();
    this.tell(20992, door);
    if (forced) {
      state.forced = true;
      this.tell(21504, door);
      this.tell(22016, door);
    }
    this.later(`held ${door}`, this.settings().heldOpenMs, () => {
      // A door that is unlocked may stand open.
      if (state.mode === 'unlocked') return;
      state.held = true;
      this.tell(21760, door);
      this.tell(22528, door);
    });
  }

  /** The contact closed. */
  closed(door: number): void {
    const { forced, held } = this.state(door);
    this.cancel(`held ${door}`);
    this.tell(21248, door);
    this.clearAlarm(door, forced, held);
  }

  /** Ends the alarms of a door. False where there is none. */
  clearAlarm(door: number, forced = this.state(door).forced, held = this.state(door).held): boolean {
    if (forced) this.tell(22272, door);
    if (held) this.tell(22784, door);
    Object.assign(this.state(door), { forced: false, held: false });
    return forced || held;
  }

  reset(): void {
    this.stop();
    this.states.clear();
    this.apart.clear();
  }

  /** Ends every timer and switches the relays off. */
  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    for (const { door } of this.floor.doors) {
      this.floor.doors[door - 1]?.drive(OUTPUT, false);
      Object.assign(this.state(door), { relayOn: false, mode: 'normal', since: null, seconds: null });
    }
  }

  private relay(door: number, on: boolean, ms: number | null): void {
    const state = this.state(door);
    this.cancel(`relay ${door}`);
    this.floor.doors[door - 1]?.drive(OUTPUT, on);
    if (on !== state.relayOn) this.tell(on ? 20480 : 20736, door);
    state.relayOn = on;
    if (on && ms !== null) {
      this.later(`relay ${door}`, ms, () => {
        if (state.mode === 'unlocked') state.mode = 'normal';
        this.relay(door, false, null);
      });
    }
  }

  private tell(code: EventCode, door: number): void {
    this.events.add({ code, reader: door, door });
  }

  private later(name: string, ms: number, work: () => void): void {
    this.cancel(name);
    this.timers.set(name, setTimeout(() => {
      this.timers.delete(name);
      work();
    }, ms));
  }

  private cancel(name: string): void {
    clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}
