/** The strike's half of a door's state machine: what is wanted of the output, what is known of it, and the writes between. Pure. */
import type { Emit, OpeningCause, WriteOutcome } from './door-effects';
import type { WishSource } from './door-wishes';

/** A write that must succeed (every lock, every release) is repeated at this pace, for ever. */
export const RETRY_MS = 250;

/** How the end of an opening is timed: by the device's own pulse, or by two writes of the host. */
export type StrikeTiming = 'device' | 'host';

export interface Opening {
  cause: OpeningCause;
  askedAt: number;
  /** Null for an exit request: nobody waits for its answer. */
  request: number | null;
  /** ID of the pulse or write under way, null while it waits for its turn. */
  writeId: number | null;
  /** For how long. */
  strikeMs: number;
  /** When the strike falls back; null until the device took the opening. */
  until: number | null;
}

/** What the contact's half needs to know of an opening. */
export interface OpeningListener {
  taken(opening: Opening, until: number): void;
  failed(opening: Opening, outcome: WriteOutcome): void;
}

interface LevelWrite {
  id: number;
  released: boolean;
  /** Something came between while it was under way: what it leaves behind is not known. */
  overtaken: boolean;
}

export class DoorStrike {
  private openings: Opening[] = [];
  /** Requests that wait for the level they asked for. */
  private waiting: number[] = [];
  private held = false;
  /** What the device last confirmed by taking a write: true = released, null = not known. */
  private known: boolean | null = null;
  private confirmed: boolean | null = null;
  private writing: LevelWrite | null = null;
  private retryAt = 0;
  private reassertAt: number | null = null;
  private exitRetry: { at: number; opening: Opening } | null = null;
  private up = false;
  private nextId = 1;

  constructor(
    private readonly settings: { strikeMs: number; failMode: 'secure' | 'safe'; timing: StrikeTiming },
    private readonly listener: OpeningListener,
    private readonly emit: Emit,
  ) {}

  /** True while an opening runs. */
  running(at: number): boolean {
    return this.openings.some((opening) => opening.until !== null && opening.until > at);
  }

  /** True = released, false = locked, null = not known. Openings that the device times are not part of it. */
  get level(): boolean | null {
    return this.known;
  }

  /** When the last opening that runs ends, null when none does. */
  get runningUntil(): number | null {
    const ends = this.openings.flatMap(({ until }) => (until === null ? [] : [until]));
    return ends.length === 0 ? null : Math.max(...ends);
  }

  /** True where nothing is left to write: the output is as wanted, or the device itself ends what runs. */
  get settled(): boolean {
    return !this.writing && (this.known === this.wanted || (!this.wanted && this.openings.length > 0));
  }

  open(at: number, cause: OpeningCause, request: number | null, strikeMs = this.settings.strikeMs): Opening | null {
    // A held strike is open already, and on some boards a pulse would end the hold (it switches off when it ends).
    if (this.held) {
      if (request === null) return null;
      if (this.known === true && !this.writing) this.answer(request);
      else this.waiting.push(request);
      return null;
    }
    const opening: Opening = { cause, askedAt: at, request, writeId: null, strikeMs, until: null };
    this.send(opening, at);
    return opening;
  }

  /** Holds the strike released or locked. `force` writes also what is thought to be so already. */
  hold(at: number, released: boolean, force: boolean, request: number | null): void {
    if (released !== this.held || force) this.forget(at);
    this.held = released;
    if (released) {
      // The pulse of an opening under way may end the hold: write it again afterwards.
      const end = this.lastEnd(at);
      this.reassertAt = end === null ? null : end + RETRY_MS;
    }
    if (request === null) return;
    if (!this.up) this.emit({ kind: 'answer', request, outcome: 'failed', error: undefined });
    else if (this.writeDue() || this.writing) this.waiting.push(request);
    else this.answer(request);
  }

  /** Ends openings before their time; those of an exit request only where `exitToo`. */
  cut(at: number, exitToo: boolean, refusedBy: WishSource | null = null): Opening[] {
    const cut = this.openings.filter((opening) => exitToo || opening.cause !== 'exit');
    if (cut.length === 0) return cut;
    this.openings = this.openings.filter((opening) => !cut.includes(opening));
    for (const opening of cut) {
      if (opening.request === null || opening.until !== null) continue;
      if (refusedBy) this.emit({ kind: 'answer', request: opening.request, outcome: 'refused', by: refusedBy });
      else this.answer(opening.request);
    }
    if (exitToo) this.exitRetry = null;
    this.forget(at);
    return cut;
  }

  /** Lets go of everything the host holds; a pulse that the device times ends by itself. */
  stop(at: number): void {
    if (this.settings.timing === 'host') this.cut(at, true);
    this.exitRetry = null;
    this.hold(at, false, false, null);
  }

  line(at: number, up: boolean): void {
    this.up = up;
    // Whatever came back may have been switched off and on: it is told again what is wanted.
    this.forget(at);
    if (up) return;
    for (const request of this.waiting.splice(0)) this.emit({ kind: 'answer', request, outcome: 'failed', error: undefined });
    // What was not yet sent is not sent later: the answer says that it failed.
    for (const opening of this.openings.filter((one) => one.until === null && one.writeId === null)) {
      this.fail(at, opening, 'failed');
    }
  }

  /** What is known of the output no longer counts: it is written again. */
  forget(at: number): void {
    this.known = null;
    this.retryAt = at;
    if (this.writing) this.writing.overtaken = true;
  }

  written(at: number, id: number, outcome: WriteOutcome, confirmed: boolean | null, error?: Error): void {
    if (this.writing?.id === id) this.levelWritten(at, this.writing, outcome, confirmed, error);
    else this.pulseWritten(at, id, outcome, confirmed, error);
  }

  /** Everything that is due at `at`. */
  settle(at: number): void {
    this.openings = this.openings.filter((opening) => opening.until === null || opening.until > at);
    if (this.exitRetry && this.exitRetry.at <= at && this.up) {
      const { opening } = this.exitRetry;
      this.exitRetry = null;
      if (!this.held) this.send(opening, at);
    }
    if (this.reassertAt !== null && this.reassertAt <= at) {
      this.reassertAt = null;
      if (this.held) this.known = null;
    }
    if (this.writeDue() && this.retryAt <= at) this.write();
  }

  /** When settle has something to do next, null if nothing is planned. */
  get wakeAt(): number | null {
    const times = this.openings.flatMap((opening) => (opening.until === null ? [] : [opening.until]));
    if (this.writeDue()) times.push(this.retryAt);
    if (this.reassertAt !== null) times.push(this.reassertAt);
    if (this.exitRetry && this.up) times.push(this.exitRetry.at);
    return times.length === 0 ? null : Math.min(...times);
  }

  private get wanted(): boolean {
    return this.held || (this.settings.timing === 'host' && this.openings.length > 0);
  }

  /** A lock waits for the end of an opening that the device times: writing it earlier would cut it. */
  private writeDue(): boolean {
    if (!this.up || this.writing || this.known === this.wanted) return false;
    return this.wanted || this.openings.length === 0;
  }

  private write(): void {
    const released = this.wanted;
    this.writing = { id: this.nextId++, released, overtaken: false };
    if (released && !this.held) for (const opening of this.openings) opening.writeId ??= this.writing.id;
    this.emit({ kind: 'output', id: this.writing.id, on: released !== (this.settings.failMode === 'safe') });
  }

  private send(opening: Opening, at: number): void {
    this.openings.push(opening);
    if (this.settings.timing === 'device') this.pulse(opening);
    else if (this.known === true && !this.writing) this.take(opening, at);
  }

  private pulse(opening: Opening): void {
    opening.writeId = this.nextId++;
    this.emit({ kind: 'pulse', id: opening.writeId, ms: opening.strikeMs });
  }

  private levelWritten(at: number, write: LevelWrite, outcome: WriteOutcome, confirmed: boolean | null, error?: Error): void {
    this.writing = null;
    if (outcome === 'done') {
      this.known = write.overtaken ? null : write.released;
      this.confirmed = confirmed;
      if (write.released && this.settings.timing === 'host') {
        for (const opening of this.openings) if (opening.until === null) this.take(opening, at);
      }
      if (this.known === this.wanted) for (const request of this.waiting.splice(0)) this.answer(request);
      return;
    }
    this.known = null;
    this.retryAt = at + RETRY_MS;
    for (const request of this.waiting.splice(0)) this.emit({ kind: 'answer', request, outcome: 'failed', error });
    // An opening that was answered as failed must not come true later.
    for (const opening of this.openings.filter((one) => one.until === null && one.writeId === write.id)) {
      this.fail(at, opening, outcome, error);
    }
  }

  private pulseWritten(at: number, id: number, outcome: WriteOutcome, confirmed: boolean | null, error?: Error): void {
    const opening = this.openings.find((one) => one.writeId === id);
    // Cut while under way: it may have begun after the write that should have ended it.
    if (!opening) {
      this.forget(at);
      return;
    }
    if (outcome !== 'done') {
      this.fail(at, opening, outcome, error);
      return;
    }
    this.confirmed = confirmed;
    this.take(opening, at);
    if (this.held) this.reassertAt = (this.lastEnd(at) ?? at) + RETRY_MS;
  }

  private take(opening: Opening, at: number): void {
    opening.until = at + opening.strikeMs;
    this.listener.taken(opening, opening.until);
    if (opening.request !== null) this.answer(opening.request);
  }

  private fail(at: number, opening: Opening, outcome: WriteOutcome, error?: Error): void {
    this.openings = this.openings.filter((one) => one !== opening);
    this.listener.failed(opening, outcome);
    if (this.settings.timing === 'device') this.forget(at);
    if (opening.request !== null) this.emit({ kind: 'answer', request: opening.request, outcome: 'failed', error });
    // Nobody sees the error of an exit request, and egress is never blocked: try again for as long as it would have lasted.
    if (opening.cause === 'exit' && at - opening.askedAt < opening.strikeMs) {
      opening.writeId = null;
      this.exitRetry = { at: at + RETRY_MS, opening };
    }
  }

  private answer(request: number): void {
    this.emit({ kind: 'answer', request, outcome: 'done', confirmed: this.confirmed });
  }

  /** When the last opening under way ends, as far as known. */
  private lastEnd(at: number): number | null {
    if (this.openings.length === 0) return null;
    return Math.max(...this.openings.map((opening) => opening.until ?? at + opening.strikeMs));
  }
}
