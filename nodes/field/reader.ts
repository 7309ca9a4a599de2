import type { Read } from '../access/decision';
import type { CardFormat } from '../credential/card-format-names';
import { isoTime } from '../credential/clock';
import { isMcError, McError } from '../credential/mc-error';
import { checkByteOrder, decodeCard, type ByteOrder } from './card-format';
import type { ControllerPort } from './controller-port';
import { keyOf } from './keypad';
import type { Handshake, RawRead } from './reader-handshake';
import { readerHandshake } from './reader-kinds';

/** A poll that is not sent by then is not sent: the next one is due long since. */
const POLL_DEADLINE_MS = 1000;
/** A reader that was not heard for longer: what it shows may have been presented by a person who is gone. */
const ABSENCE_MS = 5000;
/** A line that is not up by then is told as trouble; before, it is only connecting. */
const START_GRACE_MS = 1000;
/** How long a read is kept whose delivery threw. */
const KEEP_MS = 5000;

/** A key is a read of its own kind: it has no number. */
const KEY_READ = { cardId: null, format: null, facilityCode: null, cardNumber: null, parityOk: null };

export interface ReaderSettings {
  /** Number on the controller, from 1. */
  reader: number;
  /** Name of the door. */
  door: string;
  direction: 'in' | 'out';
  format: CardFormat;
  byteOrder: ByteOrder;
  /** ID of the registered device; '' = registration is not checked. */
  device: string;
  pollMs: number;
  /** The same card within this time of its last sight is the same read. */
  repeatMs: number;
}

export interface ReaderCallbacks {
  /** One card. Should it throw, the card is offered again. */
  onRead(read: Read): void;
  /** Trouble, told once when it begins (or changes its code); null when a poll is good again. */
  onTrouble(error: McError | null): void;
}

/** Polls one reader of a controller, takes each card once, and never has more than one poll under way. */
export class Reader {
  private handshake: Handshake | null = null;
  private timer: NodeJS.Timeout | null = null;
  private running = false;
  private dueAt = 0;
  private startedAt = 0;
  private heardAt: number | null = null;
  private trouble: string | null = null;
  private release: () => void = () => undefined;
  private readonly seen = new Map<string, number>();
  private undelivered: { read: Read; at: number }[] = [];

  constructor(
    private readonly controller: ControllerPort,
    private readonly settings: ReaderSettings,
    private readonly callbacks: ReaderCallbacks,
  ) {}

  /** Throws CHANNEL_UNKNOWN where the profile has no such reader, CONFIG_INVALID where it cannot be read that way. */
  start(): void {
    checkByteOrder(this.settings.format, this.settings.byteOrder);
    this.handshake = readerHandshake(this.controller, this.settings.reader);
    const kind = this.controller.profile.readers[this.settings.reader - 1]?.handshake;
    // Where the host clears what it took, two nodes would take the cards from each other.
    if (kind === 'clear-flag' || kind === 'bit-count') this.release = this.controller.claimReader(this.settings.reader, this.settings.door);
    this.running = true;
    this.dueAt = this.startedAt = now();
    this.plan();
  }

  stop(): void {
    this.running = false;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.handshake?.stop?.();
    this.release();
  }

  /** The next poll is due one period after the last was due; periods that were missed are not made up for. */
  private plan(): void {
    if (!this.running) return;
    const at = now();
    if (this.dueAt < at) this.dueAt = at;
    this.timer = setTimeout(() => { void this.poll(); }, Math.max(0, this.dueAt - at));
    this.dueAt += this.settings.pollMs;
  }

  /** Never rejects. */
  private async poll(): Promise<void> {
    this.deliver();
    try {
      if (this.controller.up) await this.ask();
      else if (now() - this.startedAt >= START_GRACE_MS) this.tell(this.lineDown());
    } catch (error) {
      if (this.running) this.tell(this.asMcError(error));
    }
    this.plan();
  }

  private async ask(): Promise<void> {
    const { handshake } = this;
    if (!handshake) return;
    const unheard = this.heardAt === null || now() - this.heardAt > ABSENCE_MS + this.settings.pollMs;
    if (unheard && this.heardAt !== null) handshake.lineBack();
    const { read, trouble } = await handshake.poll({
      priority: 'reader',
      deadlineAt: Date.now() + POLL_DEADLINE_MS,
      key: `reader ${this.settings.reader}`,
      everyMs: this.settings.pollMs,
    });
    this.heardAt = now();
    // Taken from the device, so it goes out even where the reader was stopped meanwhile.
    if (read && !unheard) this.take(read);
    if (this.running) this.tell(read && unheard ? trouble ?? presentedUnheard() : trouble);
  }

  private take(raw: RawRead): void {
    const at = now();
    const key = keyOf(raw.identifier, raw.bitCount);
    if (key !== null) {
      this.hand({ ...KEY_READ, bits: raw.bitCount, key });
      return;
    }
    for (const [card, seenAt] of this.seen) if (at - seenAt >= this.settings.repeatMs) this.seen.delete(card);
    const card = `${raw.bitCount}:${raw.identifier}`;
    const repeated = this.seen.has(card);
    this.seen.set(card, at);
    if (repeated) return;
    const { format, byteOrder } = this.settings;
    this.hand(decodeCard(raw.identifier, raw.bitCount, format, byteOrder));
  }

  private hand(decoded: Omit<Read, 'door' | 'direction' | 'reader' | 'device' | 'readAt'>): void {
    const { door, direction, reader, device } = this.settings;
    this.undelivered.push({ at: now(), read: { ...decoded, door, direction, reader, device, readAt: isoTime(Date.now()) } });
    this.controller.expectCommand();
    this.deliver();
  }

  private deliver(): void {
    this.undelivered = this.undelivered.filter(({ at }) => now() - at < KEEP_MS);
    for (let next = this.undelivered[0]; next; next = this.undelivered[0]) {
      try {
        this.callbacks.onRead(next.read);
      } catch {
        return; // offered again with the next poll
      }
      this.undelivered.shift();
    }
  }

  private tell(error: McError | null): void {
    const code = error ? `${error.code} ${error.exception ?? ''}` : null;
    if (code === this.trouble) return;
    this.trouble = code;
    try {
      this.callbacks.onTrouble(error);
    } catch {
      // A listener that throws must not end the polling.
    }
  }

  private asMcError(error: unknown): McError {
    return isMcError(error) ? error : new McError('ANSWER_INVALID',
      `Reader ${this.settings.reader} at door "${this.settings.door}" could not be read. Look at its line.`, { cause: error });
  }

  private lineDown(): McError {
    return new McError('LINE_DOWN',
      `Reader ${this.settings.reader} at door "${this.settings.door}" cannot be reached: its line is down. Check the controller.`);
  }
}

/** Nobody knows when that card was presented, and whoever did is gone: it must not open a door now. */
function presentedUnheard(): McError {
  return new McError('ANSWER_INVALID', 'A card was presented while nobody listened, so it opens nothing. Present it again.');
}

/** Milliseconds of a clock that no time correction moves. */
function now(): number {
  return performance.now();
}
