import { isMcError, McError } from '../credential/mc-error';
import { isoTime } from '../credential/clock';
import type { ControllerPort } from './controller-port';
import { type DoorRequest, readDoorRequest } from './door-request';
import type { DoorEffect, DoorInput, WriteOutcome } from './door-effects';
import { DoorMachine } from './door-machine';
import type { StrikeTiming } from './door-strike';
import type { DoorAnswer, DoorCause, DoorCommand, DoorEvent, DoorSettings, DoorState } from './door-types';
import type { WishSource } from './door-wishes';
import { nearestPulse } from './nearest-pulse';

/** A write that nobody's deadline limits (lock, release, exit request) may wait this long in the line's queue. */
const WRITE_DEADLINE_MS = 2000;
/** How long stop waits for the strike to be let go. */
const STOP_LIMIT_MS = 2000;
/** So many failed polls in a row and the door's inputs count as unseen, though the line is up (a silent unit behind a gateway). */
const BLIND_POLLS = 3;

/** What a node's status may show. */
export interface DoorStatus {
  /** The one thing worth showing, the worst first: a key for the locale. */
  text: 'line-down' | 'not-armed' | 'forced-open' | 'tamper' | 'held-open' | 'held-open-soon' | DoorState;
  state: DoorState;
  /** The line is up and the device answers. */
  up: boolean;
  armed: boolean;
  /** Why it is not armed, in words; null when it is. */
  whyNotArmed: string | null;
  /** True = the contact says open; null = no contact, or not seen yet. */
  open: boolean | null;
  /** Who holds it locked or unlocked. */
  heldBy: WishSource | null;
  /** Only the host ends an opening: neither a pulse of the device nor its watchdog would. */
  hostTimed: boolean;
}

export interface DoorCallbacks {
  onEvent(event: DoorEvent): void;
  /** Called at start and on each change. */
  onStatus(status: DoorStatus): void;
  /** Trouble no answer tells of: inputs that cannot be read, a release that fails. Once per outage. */
  onError(error: McError): void;
  /** What `onError` told of is over: inputs are read again, writes arrive again. */
  onRecovered?(): void;
}

interface Pending {
  resolve: (confirmed: boolean | null) => void;
  reject: (error: McError) => void;
}

/** One door on a controller: carries out what the state machine asks for, and tells it what the device did. */
export class Door {
  private readonly machine: DoorMachine;
  private readonly timing: StrikeTiming;
  private readonly pending = new Map<number, Pending>();
  /** Decisions carried out lately, so that the same one opens once. */
  private readonly decisions = new Map<string, { forgetAt: number; opened: Promise<boolean | null> }>();
  private readonly cleanups: (() => void)[] = [];
  private timer: NodeJS.Timeout | null = null;
  private requests = 0;
  private events = 0;
  private failedPolls = 0;
  private lineUp = false;
  private running = false;
  private shown = '';
  private inputTrouble = false;
  private writeTrouble = false;
  /** The schedule wants the door unlocked, which was refused while it was not armed. */
  private unlockWhenArmed = false;
  private stopping: Promise<void> | null = null;
  private onSettled: (() => void) | null = null;

  constructor(
    private readonly controller: ControllerPort,
    private readonly settings: DoorSettings,
    private readonly callbacks: DoorCallbacks,
  ) {
    // A fail-safe lock opens by switching its output off for a while, and a device's pulse switches on.
    const { pulse } = controller.profile;
    this.timing = pulse !== null && pulse.address !== null && settings.failMode === 'secure' ? 'device' : 'host';
    this.machine = new DoorMachine(settings, this.timing);
  }

  /**
   * Claims the strike and begins to watch. Throws CHANNEL_UNKNOWN for an output or input the profile lacks,
   * STRIKE_SHARED where another door has the strike, CONFIG_INVALID where two inputs are the same or the device
   * cannot keep `strikeMs`; then nothing runs.
   */
  start(): void {
    const { contact, exit, tamper } = this.settings;
    const inputs = [contact, exit, tamper].filter((input) => input !== null);
    if (new Set(inputs).size < inputs.length) {
      throw new McError('CONFIG_INVALID', `Door "${this.settings.door}": contact, exit and tamper need an input each.`);
    }
    for (const input of inputs) this.controller.checkInput(input);
    this.checkStrikeMs();
    const { strike, door, strikeMs } = this.settings;
    this.cleanups.push(this.controller.claimOutput(strike, door, this.timing === 'device' ? strikeMs : undefined));
    this.running = true;
    this.cleanups.push(this.controller.onLine((up) => {
      this.lineUp = up;
      this.failedPolls = 0;
      this.step({ kind: 'line', at: now(), up });
    }));
    this.cleanups.push(this.controller.onArming(() => { this.armingChanged(); }));
    if (inputs.length > 0) {
      this.cleanups.push(this.controller.watchInputs(
        this.settings.pollMs, (levels) => { this.inputsRead(levels); }, (error) => { this.inputsFailed(error); }));
    }
    this.show();
  }

  /** True while it stands open or its strike is released; false while it is shut and locked; null: nobody knows. */
  get isOpen(): boolean | null {
    const { state, isOpen } = this.machine;
    return isOpen === true || state === 'granted' || state === 'unlocked' ? true : isOpen;
  }

  /** Lets go of a strike that the host holds, waits for it for at most two seconds, and gives the output back. */
  stop(): Promise<void> {
    this.stopping ??= this.letGo();
    return this.stopping;
  }

  private async letGo(): Promise<void> {
    if (!this.running) return;
    // The claim (first in the list) is kept to the last: nobody else may have the strike while it is let go.
    for (const cleanup of this.cleanups.splice(1)) cleanup();
    this.step({ kind: 'stop', at: now() });
    if (this.lineUp && !this.machine.settled) {
      await new Promise<void>((resolve) => {
        const limit = setTimeout(resolve, STOP_LIMIT_MS);
        this.onSettled = () => { clearTimeout(limit); resolve(); };
      });
    }
    this.running = false;
    if (this.timer) clearTimeout(this.timer);
    for (const { reject } of this.pending.values()) reject(this.lineDown());
    this.pending.clear();
    for (const cleanup of this.cleanups.splice(0)) cleanup();
  }

  /**
   * Carries out a decision, a command or an order.
   * @param input `msg.payload`
   * @param receivedAt milliseconds since the epoch at which the message came
   * @returns the answer of output 1; null for a decision or order that is another door's, or a denial
   * @throws INPUT_INVALID, COMMAND_EXPIRED, LINE_DOWN, DOOR_NOT_ARMED, DOOR_LOCKED, or what the write failed with
   */
  async handle(input: unknown, receivedAt: number): Promise<DoorAnswer | null> {
    const request = readDoorRequest(input, this.settings, Date.now());
    if (request.kind === 'ignored') return null;
    if (request.kind === 'grant') {
      return this.answer('open', await this.openOnce(request), receivedAt);
    }
    const { command, source } = request;
    if (command === 'status') return this.answer(command, await this.readBack(), receivedAt);
    if (command === 'open') return this.answer(command, await this.open('operator', receivedAt), receivedAt);
    // A fire waits for no watchdog: what it opens may stay open.
    if (command === 'unlock' && source !== 'fire') this.checkArmed(source);
    if (source === 'schedule') this.unlockWhenArmed = false;
    const confirmed = await this.request((id) => ({ kind: 'wish', at: now(), command, source, request: id }));
    return this.answer(command, confirmed, receivedAt);
  }

  /**
   * The same decision (by its times, card, user and reader) opens once; a second arrival gets the first one's outcome.
   * Older ones need no memory: they are expired.
   */
  private openOnce({ key, decidedAt, extended, passesLockdown }: Extract<DoorRequest, { kind: 'grant' }>): Promise<boolean | null> {
    const wall = Date.now();
    for (const [old, { forgetAt }] of this.decisions) if (forgetAt < wall) this.decisions.delete(old);
    const known = this.decisions.get(key);
    if (known) return known.opened;
    const opened = this.open('grant', decidedAt, { strikeMs: extended ? this.settings.extendedStrikeMs ?? undefined : undefined, passesLockdown });
    this.decisions.set(key, { forgetAt: decidedAt + this.settings.maxDecisionAgeMs, opened });
    // What certainly did not go out may be tried again while the decision is fresh.
    opened.catch((error: unknown) => { if (outcomeOf(error) === 'failed') this.decisions.delete(key); });
    return opened;
  }

  private async open(source: 'operator' | 'grant', since: number, how: { strikeMs?: number; passesLockdown?: boolean } = {}): Promise<boolean | null> {
    this.checkReady(false);
    const deadlineAt = since + this.settings.maxDecisionAgeMs;
    return this.request((id) => ({ kind: 'open', at: now(), source, request: id, ...how }), deadlineAt);
  }

  /** A schedule's order is not given twice: where the door is not armed yet, it is carried out when it is. */
  private checkArmed(source: WishSource): void {
    try {
      this.checkReady(source !== 'operator');
    } catch (error) {
      this.unlockWhenArmed = source === 'schedule';
      throw error;
    }
  }

  private armingChanged(): void {
    if (this.unlockWhenArmed && this.whyNotArmed() === null) {
      this.unlockWhenArmed = false;
      this.step({ kind: 'wish', at: now(), command: 'unlock', source: 'schedule', request: ++this.requests });
    }
    this.show();
  }

  /** `kept`: an order that waits for the line, so a line that is down is no reason to refuse it here. */
  private checkReady(kept: boolean): void {
    if (!kept && (!this.running || !this.up)) throw this.lineDown();
    const why = this.whyNotArmed();
    if (this.up && why !== null) throw new McError('DOOR_NOT_ARMED', `Door "${this.settings.door}" is not armed: ${why}`);
  }

  private request(input: (id: number) => DoorInput, deadlineAt?: number): Promise<boolean | null> {
    if (!this.running) return Promise.reject(this.lineDown());
    const id = ++this.requests;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.step(input(id), deadlineAt);
    });
  }

  private async readBack(): Promise<boolean | null> {
    if (!this.running || !this.up) return false;
    const { state } = this.machine;
    const on = await this.controller.readOutput(this.settings.strike, Date.now() + WRITE_DEADLINE_MS);
    if (on === null || state !== this.machine.state) return null;
    const released = on !== (this.settings.failMode === 'safe');
    const asWanted = released === (state === 'unlocked' || state === 'granted');
    if (!asWanted && state !== 'granted') this.step({ kind: 'doubt', at: now() });
    return state !== 'unknown' && asWanted;
  }

  private answer(command: DoorCommand, confirmed: boolean | null, receivedAt: number): DoorAnswer {
    const at = Date.now();
    return {
      door: this.settings.door, command, state: this.machine.state, confirmed,
      at: isoTime(at), latencyMs: Math.max(0, at - receivedAt),
    };
  }

  private get up(): boolean {
    return this.lineUp && this.failedPolls < BLIND_POLLS;
  }

  private whyNotArmed(): string | null {
    const { strike, hostPulse, failMode } = this.settings;
    const why = this.controller.whyNotArmed(strike, hostPulse);
    if (why !== null || hostPulse || failMode === 'secure') return why;
    return 'a fail-safe lock is opened by switching its output off, which the host has to end; set hostPulse to allow that';
  }

  private checkStrikeMs(): void {
    const { pulse } = this.controller.profile;
    if (this.timing === 'host' || pulse === null) return;
    for (const name of ['strikeMs', 'extendedStrikeMs'] as const) {
      const ms = this.settings[name];
      if (ms === null) continue;
      const nearest = nearestPulse(pulse, ms);
      if (nearest === ms) continue;
      throw new McError('CONFIG_INVALID',
        `Door "${this.settings.door}": this device cannot keep an opening of ${ms} ms. Set ${name} to ${nearest}, the nearest it can.`);
    }
  }

  private inputsRead(levels: boolean[]): void {
    if (!this.lineUp) return;
    const level = (input: number | null) => (input === null ? null : levels[input - 1] ?? null);
    const { contact, exit, tamper } = this.settings;
    this.recovered(this.inputTrouble);
    this.inputTrouble = false;
    const blind = !this.up;
    this.failedPolls = 0;
    if (blind) this.step({ kind: 'line', at: now(), up: this.lineUp });
    const told = this.events;
    this.step({ kind: 'inputs', at: now(), contact: level(contact), exit: level(exit), tamper: level(tamper) });
    if (this.events > told) this.controller.expectCommand();
  }

  private inputsFailed(error: Error): void {
    if (++this.failedPolls === BLIND_POLLS && this.lineUp) this.step({ kind: 'line', at: now(), up: false });
    if (!this.inputTrouble) safely(() => { this.callbacks.onError(this.asMcError(error)); });
    this.inputTrouble = true;
  }

  private step(input: DoorInput, deadlineAt?: number): void {
    if (!this.running) return;
    for (const effect of this.machine.step(input)) this.perform(effect, deadlineAt);
    this.plan();
    this.show();
    if (this.onSettled && (this.machine.settled || !this.up)) this.onSettled();
  }

  private perform(effect: DoorEffect, deadlineAt = Date.now() + WRITE_DEADLINE_MS): void {
    const { strike } = this.settings;
    switch (effect.kind) {
      case 'event': this.tell(effect.event, effect.cause, effect.at); break;
      case 'answer': this.settle(effect); break;
      case 'pulse': this.write(effect.id, () => this.controller.pulse(strike, effect.ms, deadlineAt)); break;
      case 'output': this.write(effect.id, () => this.controller.setOutput(strike, effect.on, deadlineAt)); break;
    }
  }

  /** The machine hears of every write, also of one that throws at once, but never from within its own step. */
  private write(id: number, work: () => Promise<{ confirmed: boolean | null }>): void {
    const done = (outcome: WriteOutcome, confirmed: boolean | null, error?: Error) => {
      this.step({ kind: 'written', at: now(), id, outcome, confirmed, error });
    };
    Promise.resolve().then(work).then(
      ({ confirmed }) => {
        this.recovered(this.writeTrouble);
        this.writeTrouble = false;
        done('done', confirmed);
      },
      (error: unknown) => {
        const known = this.asMcError(error);
        const waited = this.pending.size;
        done(outcomeOf(known), null, known);
        // Whoever asked for it has the error already.
        if (this.pending.size < waited) return;
        if (!this.writeTrouble) safely(() => { this.callbacks.onError(known); });
        this.writeTrouble = true;
      },
    );
  }

  private recovered(fromTrouble: boolean): void {
    if (fromTrouble) safely(() => { this.callbacks.onRecovered?.(); });
  }

  private settle(effect: Extract<DoorEffect, { kind: 'answer' }>): void {
    const waiting = this.pending.get(effect.request);
    this.pending.delete(effect.request);
    if (effect.outcome === 'done') waiting?.resolve(effect.confirmed);
    else if (effect.outcome === 'failed') waiting?.reject(effect.error ? this.asMcError(effect.error) : this.lineDown());
    else {
      waiting?.reject(new McError('DOOR_LOCKED',
        `Door "${this.settings.door}" is locked by ${effect.by}: it opens when that is released.`));
    }
  }

  private tell(event: DoorEvent['event'], cause: DoorCause, at: number): void {
    this.events += 1;
    // The machine's clock never goes back; what is told is the time of day.
    const wall = Date.now() - (now() - at);
    safely(() => { this.callbacks.onEvent({ door: this.settings.door, event, cause, at: isoTime(Math.round(wall)) }); });
  }

  private plan(): void {
    if (this.timer) clearTimeout(this.timer);
    const { wakeAt } = this.machine;
    this.timer = wakeAt === null
      ? null
      : setTimeout(() => { this.step({ kind: 'tick', at: now() }); }, Math.max(1, Math.ceil(wakeAt - now())));
  }

  private show(): void {
    const { state, alarm, isOpen, ruling } = this.machine;
    const why = this.whyNotArmed();
    const text = !this.up ? 'line-down' : why !== null ? 'not-armed' : (alarm ?? state);
    const status: DoorStatus = {
      text, state, up: this.up, armed: why === null, whyNotArmed: why, open: isOpen, heldBy: ruling?.source ?? null,
      hostTimed: this.timing === 'host' && this.controller.whyNotArmed(this.settings.strike, false) !== null,
    };
    const key = JSON.stringify(status);
    if (key === this.shown) return;
    this.shown = key;
    safely(() => { this.callbacks.onStatus(status); });
  }

  private asMcError(error: unknown): McError {
    return isMcError(error) ? error : new McError('ANSWER_INVALID',
      `Door "${this.settings.door}": the controller did not do what was asked. Look at its line.`, { cause: error });
  }

  private lineDown(): McError {
    return new McError('LINE_DOWN', `Door "${this.settings.door}" cannot be reached: its line is down. Check the controller and try again.`);
  }
}

/** Milliseconds of a clock that no time correction moves: a strike must not stay open because the clock went back. */
function now(): number {
  return performance.now();
}

/** A listener that throws must not keep the door from its next write. */
function safely(tell: () => void): void {
  try {
    tell();
  } catch {
    // Whoever listens reports its own errors; here there is a strike to look after.
  }
}

/** Whether a failed write certainly did not reach the strike. */
function outcomeOf(error: unknown): WriteOutcome {
  return isMcError(error, 'COMMAND_EXPIRED', 'QUEUE_FULL', 'LINE_EXCEPTION', 'CHANNEL_UNKNOWN', 'CONFIG_INVALID', 'DOOR_NOT_ARMED', 'DOOR_LOCKED')
    ? 'failed' : 'unknown';
}
