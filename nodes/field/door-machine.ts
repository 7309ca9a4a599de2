/**
 * A door's state machine. Pure: inputs carry their time, effects come back; see door-effects.ts.
 *
 * What the flow contract leaves open, and what holds here:
 * - A grant, an operator's `open` and (with `exitOpens`) an exit request release the strike for `strikeMs`.
 *   `relock: 'onOpen'` ends it when the door opens, `'onClose'` when it closes again, both at the latest after
 *   `strikeMs`; `'afterStrike'` lets it run.
 * - Opening is by right while the strike is released, for `shuntMs` after a grant or an exit request, at the line's
 *   return, while the exit input stays active, and while the door is held unlocked. Else it is forced.
 * - Held open counts from the opening, or from the end of the strike's release where that is later, or from the end
 *   of an unlock that left the door open. 0 switches it off. A forced door is not also held open. With `preAlarmMs` it
 *   is announced so long before.
 * - An exit request counts with its first sample (egress is never kept waiting); only its end is debounced. Contact
 *   and tamper must last `debounceMs`, seen in a later sample.
 * - `locked` and `unlocked` tell of holds, not of single openings, and come when the device took the write. An exit
 *   request's opening is not cut by a lock, which then comes after it.
 * - A lock, a release and every order are kept while the line is down, and carried out when it is back; an `open` and
 *   an operator's `unlock` are not: they fail, and nothing happens later.
 * - `line-down` is said once the line was up, or when it has not come up within a second; `line-up` only after that.
 */
import { DoorContact } from './door-contact';
import type { DoorEffect, DoorInput } from './door-effects';
import { DoorStrike, type Opening, type StrikeTiming } from './door-strike';
import type { DoorCause, DoorSettings, DoorState } from './door-types';
import { DoorWishes, type Wish, type WishSource } from './door-wishes';

/** A line that comes up within this time of the start is not worth an event. */
const LINE_GRACE_MS = 1000;

type MachineSettings = Omit<DoorSettings, 'door' | 'strike' | 'hostPulse' | 'maxDecisionAgeMs'>;
type Permission = ReturnType<DoorContact['permit']>;

export class DoorMachine {
  private effects: DoorEffect[] = [];
  private readonly wishes = new DoorWishes();
  private readonly contact: DoorContact;
  private readonly strike: DoorStrike;
  private readonly permissions = new WeakMap<Opening, Permission>();
  /** The hold that the last `locked` or `unlocked` told of. */
  private told: Wish['wish'] | null = null;
  private untold: { wish: Wish['wish'] | null; cause: DoorCause } | null = null;
  private line: boolean | null = null;
  private lineTold: boolean | null = null;
  private graceEndsAt: number | null = null;
  /** False until the first sample after the line came up. */
  private sampled = false;
  /** False until the first sample ever. */
  private seen = false;
  /** The operator's `unlock` whose answer is due. */
  private unlockRequest: number | null = null;
  private exitActive = false;
  private exitQuietSince: number | null = null;
  private tampered = false;
  private tamperSince: number | null = null;
  private clock = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: MachineSettings, timing: StrikeTiming) {
    const emit = (effect: DoorEffect) => void this.effects.push(effect);
    this.contact = new DoorContact(settings, emit);
    this.strike = new DoorStrike({ ...settings, timing }, {
      taken: (opening, until) => {
        const permission = this.permissions.get(opening);
        if (permission) permission.until = Math.max(permission.until, until + settings.pollMs);
        this.contact.excuse(until);
      },
      // A pulse whose answer was lost may have opened the door: its permission stays.
      failed: (opening, outcome) => {
        if (outcome === 'failed' && opening.cause !== 'exit') this.shorten(opening, this.clock);
      },
    }, emit);
  }

  /** Takes one input and everything that is due by its time. */
  step(input: DoorInput): DoorEffect[] {
    this.effects = [];
    const at = (this.clock = Math.max(this.clock, input.at));
    this.settle(at);
    switch (input.kind) {
      case 'inputs': this.inputs(at, input); break;
      case 'open': this.open(at, input); break;
      case 'wish': this.wish(at, input.command, input.source, input.request); break;
      case 'written': this.strike.written(at, input.id, input.outcome, input.confirmed, input.error); break;
      case 'line': this.lineChanged(at, input.up); break;
      case 'doubt': this.strike.forget(at); break;
      case 'stop': this.stop(at); break;
      case 'tick': break;
    }
    this.settle(at);
    this.dropFailedUnlock(at);
    return this.effects;
  }

  /** When the next tick is due, null if none is. */
  get wakeAt(): number | null {
    const times = [this.strike.wakeAt, this.watching ? this.contact.wakeAt : null, this.graceEndsAt];
    return times.reduce((first, time) => (time === null || (first !== null && first < time) ? first : time), null);
  }

  get state(): DoorState {
    if (this.down) return 'unknown';
    if (this.wishes.ruling?.wish !== 'unlock' && this.strike.running(this.clock)) return 'granted';
    if (this.strike.level === null) return 'unknown';
    return this.strike.level ? (this.wishes.ruling?.wish === 'unlock' ? 'unlocked' : 'granted') : 'locked';
  }

  /** Which wish holds the door, null for none. */
  get ruling(): Wish | null {
    return this.wishes.ruling;
  }

  /** True where nothing is left to write: the strike is as wanted, as far as the device said. */
  get settled(): boolean {
    return this.strike.settled;
  }

  /** What is wrong with the door now, the worst first; null when nothing is. */
  get alarm(): 'forced-open' | 'tamper' | 'held-open' | 'held-open-soon' | null {
    if (this.contact.isForced) return 'forced-open';
    if (this.tampered) return 'tamper';
    if (this.contact.isHeld) return 'held-open';
    return this.contact.isHeldSoon ? 'held-open-soon' : null;
  }

  /** True = open, null = not known or no contact. */
  get isOpen(): boolean | null {
    return this.watching ? this.contact.isOpen : null;
  }

  private get down(): boolean {
    return this.line !== true;
  }

  private get watching(): boolean {
    return this.sampled && !this.down;
  }

  private open(at: number, { source, request, strikeMs, passesLockdown }: Extract<DoorInput, { kind: 'open' }>): void {
    const by = this.wishes.refuses(source, passesLockdown);
    if (this.down) this.effects.push({ kind: 'answer', request, outcome: 'failed', error: undefined });
    else if (by) this.effects.push({ kind: 'answer', request, outcome: 'refused', by });
    else this.release(at, source, request, strikeMs);
  }

  private release(at: number, cause: 'operator' | 'grant' | 'exit', request: number | null, strikeMs = this.settings.strikeMs): void {
    const { shuntMs, pollMs } = this.settings;
    const opening = this.strike.open(at, cause, request, strikeMs);
    // The door may move before the answer of the write is here.
    const until = at + (opening ? Math.max(strikeMs + pollMs, shuntMs) : shuntMs);
    const permission = this.contact.permit(cause, until);
    if (opening) this.permissions.set(opening, permission);
  }

  private wish(at: number, command: 'lock' | 'unlock' | 'release', source: WishSource, request: number | null): void {
    if (source === 'operator' && command === 'unlock') {
      if (this.down && request !== null) {
        this.effects.push({ kind: 'answer', request, outcome: 'failed', error: undefined });
        return;
      }
      this.unlockRequest = request;
    }
    const before = this.wishes.ruling;
    if (command === 'release') this.wishes.drop(source);
    else this.wishes.set(source, command);
    const after = this.wishes.ruling;
    if (before?.wish !== after?.wish) {
      // Nobody is told that a lock was released: the door stays locked, as was told.
      if (this.told === 'lock' && after === null) this.told = null;
      this.untold = (after?.wish ?? null) === this.told ? null : { wish: after?.wish ?? null, cause: after?.source ?? source };
      if (after?.wish === 'unlock') this.contact.free(at, after.source);
      if (before?.wish === 'unlock') {
        this.contact.unfree(at, before.source);
        this.contact.permit(before.source, at + this.settings.debounceMs + this.settings.pollMs);
      }
    }
    if (after?.wish === 'lock') this.cut(at, false, after);
    const force = command !== 'release' && after?.source === source;
    this.strike.hold(at, after?.wish === 'unlock', force || before?.wish !== after?.wish, request);
  }

  /** An operator who was told that his unlock failed must not find the door open later. */
  private dropFailedUnlock(at: number): void {
    const answer = this.effects.find((effect) => effect.kind === 'answer' && effect.request === this.unlockRequest);
    if (answer?.kind !== 'answer') return;
    this.unlockRequest = null;
    if (answer.outcome !== 'failed') return;
    this.wish(at, 'release', 'operator', null);
    this.settle(at);
  }

  private cut(at: number, exitToo: boolean, by: Wish | null): void {
    for (const opening of this.strike.cut(at, exitToo, by?.source ?? null)) {
      this.shorten(opening, by ? at + this.settings.pollMs : Math.max(at, opening.askedAt + this.settings.shuntMs));
    }
  }

  private shorten(opening: Opening, until: number): void {
    const permission = this.permissions.get(opening);
    if (permission) permission.until = Math.min(permission.until, until);
    this.permissions.delete(opening);
  }

  private inputs(at: number, input: Extract<DoorInput, { kind: 'inputs' }>): void {
    const { contactClosedIs, exitActiveIs, tamperActiveIs, debounceMs, shuntMs } = this.settings;
    const open = input.contact === null ? null : input.contact !== (contactClosedIs === 1);
    const exit = input.exit !== null && input.exit === (exitActiveIs === 1);
    const tamper = input.tamper !== null && input.tamper === (tamperActiveIs === 1);
    const first = !this.sampled;
    const veryFirst = !this.seen;
    this.sampled = this.seen = true;

    // The exit before the contact: who pressed and pushed between two samples went out by right.
    this.exit(at, exit, veryFirst);
    if (exit) this.contact.permitStill('exit', at + shuntMs);
    this.tamper(at, tamper, first ? 0 : debounceMs);

    const freely = this.wishes.ruling?.wish === 'unlock' ? this.wishes.ruling.source : null;
    const moved = first ? this.contact.firstSample(at, open, freely) : this.contact.sample(at, open, freely);
    if (moved === true && freely) this.contact.free(at, freely);
    if (moved === true && this.settings.relock === 'onOpen') this.cut(at, true, null);
    if (moved === false && this.settings.relock === 'onClose') this.cut(at, true, null);
    if (moved === true && this.strike.runningUntil !== null) this.contact.excuse(this.strike.runningUntil);
  }

  /** `silently`: the very first level of a door that was never seen is no request, e.g. a button that is stuck. */
  private exit(at: number, active: boolean, silently: boolean): void {
    if (!active) {
      this.exitQuietSince ??= at;
      if (at - this.exitQuietSince >= this.settings.debounceMs) this.exitActive = false;
      return;
    }
    this.exitQuietSince = null;
    if (this.exitActive) return;
    this.exitActive = true;
    if (silently) return;
    this.effects.push({ kind: 'event', event: 'exit-request', cause: 'exit', at });
    if (this.settings.exitOpens) this.release(at, 'exit', null);
  }

  /** Tamper that stands at the first sample is told: a restart hides no alarm. */
  private tamper(at: number, active: boolean, debounceMs: number): void {
    if (active === this.tampered) {
      this.tamperSince = null;
      return;
    }
    this.tamperSince ??= at;
    if (at - this.tamperSince < debounceMs) return;
    this.tamperSince = null;
    this.tampered = active;
    this.effects.push({ kind: 'event', event: active ? 'tamper' : 'tamper-cleared', cause: 'forced', at });
  }

  private lineChanged(at: number, up: boolean): void {
    if (up === this.line) return;
    this.line = up;
    this.sampled = false;
    this.strike.line(at, up);
    if (up) {
      this.graceEndsAt = null;
      if (this.lineTold === false) this.effects.push({ kind: 'event', event: 'line-up', cause: 'line', at });
      this.lineTold = true;
      // Only until the door was seen: whoever opens it after that is not excused by a line that came back.
      this.contact.permit('line', at + this.settings.debounceMs);
    } else if (this.lineTold) this.tellLineDown(at);
    else this.graceEndsAt = at + LINE_GRACE_MS;
  }

  private tellLineDown(at: number): void {
    this.graceEndsAt = null;
    this.lineTold = false;
    this.effects.push({ kind: 'event', event: 'line-down', cause: 'line', at });
  }

  private stop(at: number): void {
    this.wishes.clear();
    this.untold = null;
    this.told = null;
    this.strike.stop(at);
  }

  private settle(at: number): void {
    this.strike.settle(at);
    if (this.watching) this.contact.settle(at);
    if (this.graceEndsAt !== null && this.graceEndsAt <= at) this.tellLineDown(at);
    if (this.untold && this.strike.level === (this.untold.wish === 'unlock')) this.tellHold(at, this.untold);
  }

  private tellHold(at: number, { wish, cause }: { wish: Wish['wish'] | null; cause: DoorCause }): void {
    this.untold = null;
    this.told = wish;
    this.effects.push({ kind: 'event', event: wish === 'unlock' ? 'unlocked' : 'locked', cause, at });
  }
}
