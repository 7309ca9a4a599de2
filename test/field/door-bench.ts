/** A door on a bench for the state machine's tests: virtual time, a device that obeys, faults on demand. */
import { DoorMachine } from '../../nodes/field/door-machine';
import type { DoorEffect, DoorInput, WriteOutcome } from '../../nodes/field/door-effects';
import type { StrikeTiming } from '../../nodes/field/door-strike';
import type { DoorSettings } from '../../nodes/field/door-types';

export const SETTINGS: DoorSettings = {
  door: 'Main entrance', strike: 1, contact: 1, exit: 2, tamper: 3, contactClosedIs: 1, exitActiveIs: 1, tamperActiveIs: 1,
  exitOpens: false, strikeMs: 3000, extendedStrikeMs: null, heldOpenMs: 15000, preAlarmMs: 0, relock: 'onOpen', debounceMs: 50, shuntMs: 3000,
  failMode: 'secure', hostPulse: false, maxDecisionAgeMs: 5000, pollMs: 50,
};

type Answer = Extract<DoorEffect, { kind: 'answer' }>;

export class DoorBench {
  readonly settings: DoorSettings;
  readonly machine: DoorMachine;
  readonly events: string[] = [];
  readonly answers: Answer[] = [];
  readonly pulses: number[] = [];
  readonly writes: boolean[] = [];
  now = 1000;
  up = false;
  /** Raw levels. */
  contact = true;
  exit = false;
  tamper = false;
  /** How the next writes end, then `done`; with the time the device takes. */
  outcomes: WriteOutcome[] = [];
  delayMs = 5;
  /** Where given, taken in turn instead: writes may overtake each other. */
  delays: number[] = [];
  output = false;
  pulseEndsAt: number | null = null;
  private requests = 0;
  private nextSample = 0;
  private pending: { at: number; input: DoorInput; apply: () => void }[] = [];

  constructor(settings: Partial<DoorSettings> = {}, readonly timing: StrikeTiming = 'device') {
    this.settings = { ...SETTINGS, ...settings };
    this.output = this.settings.failMode === 'safe';
    this.machine = new DoorMachine(this.settings, timing);
  }

  /** Line up, first samples taken, strike written once. */
  started(): this {
    this.line(true);
    this.run(200);
    this.events.length = 0;
    this.writes.length = 0;
    return this;
  }

  get released(): boolean {
    return this.output !== (this.settings.failMode === 'safe');
  }

  line(up: boolean): void {
    this.up = up;
    this.nextSample = this.now;
    this.step({ kind: 'line', at: this.now, up });
  }

  open(source: 'operator' | 'grant' = 'grant', strikeMs?: number): number {
    const request = ++this.requests;
    this.step({ kind: 'open', at: this.now, source, request, strikeMs });
    return request;
  }

  wish(command: 'lock' | 'unlock' | 'release', source: 'lockdown' | 'operator' | 'schedule' = 'operator'): number {
    const request = ++this.requests;
    this.step({ kind: 'wish', at: this.now, command, source, request });
    return request;
  }

  answer(request: number): string | undefined {
    const answer = this.answers.find((one) => one.request === request);
    return answer && (answer.outcome === 'refused' ? `refused by ${answer.by}` : answer.outcome);
  }

  get asked(): number {
    return this.requests;
  }

  /** Lets time pass, in steps of 5 ms. */
  run(ms: number): this {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 5;
      if (this.pulseEndsAt !== null && this.pulseEndsAt <= this.now) {
        this.pulseEndsAt = null;
        this.output = false;
      }
      for (const write of this.pending.filter(({ at }) => at <= this.now)) {
        this.pending.splice(this.pending.indexOf(write), 1);
        write.apply();
        this.step(write.input);
      }
      if (this.up && this.now >= this.nextSample) {
        this.nextSample += this.settings.pollMs;
        this.step({ kind: 'inputs', at: this.now, contact: this.contact, exit: this.exit, tamper: this.tamper });
      }
      const wake = this.machine.wakeAt;
      if (wake !== null && wake <= this.now) this.step({ kind: 'tick', at: this.now });
    }
    return this;
  }

  step(input: DoorInput): void {
    for (const effect of this.machine.step(input)) {
      if (effect.kind === 'event') this.events.push(`${effect.event} ${effect.cause}`);
      else if (effect.kind === 'answer') this.answers.push(effect);
      else this.write(effect);
    }
    const wake = this.machine.wakeAt;
    if (wake !== null && wake <= this.now && input.kind === 'tick') throw new Error(`the machine spins at ${wake}`);
  }

  private write(effect: Extract<DoorEffect, { kind: 'pulse' | 'output' }>): void {
    if (effect.kind === 'pulse') this.pulses.push(effect.ms);
    else this.writes.push(effect.on);
    const outcome = this.up ? (this.outcomes.shift() ?? 'done') : 'failed';
    this.pending.push({
      at: this.now + (this.delays.length > 0 ? (this.delays[(this.pulses.length + this.writes.length) % this.delays.length] ?? 5) : this.delayMs),
      input: {
        kind: 'written', at: this.now, id: effect.id, outcome, confirmed: outcome === 'done',
        ...(outcome === 'done' ? {} : { error: new Error(outcome) }),
      },
      apply: () => {
        if (outcome === 'failed') return;
        this.output = effect.kind === 'pulse' ? true : effect.on;
        this.pulseEndsAt = effect.kind === 'pulse' ? this.now + effect.ms : null;
      },
    });
  }
}
