import type { ControllerPort } from './controller-port';
import type { MapOf } from './reader-handshake';
import { NOTHING, type Handshake, type PollResult } from './reader-handshake';

/** Longer than the pause between two characters of one card, also through a serial server (door-hardware 1.1: 25 ms). */
const PAUSE_MS = 25;
/** More characters than any card has are noise. */
const LONGEST = 64;

/**
 * A device that sends each card as text by itself, and a line of its own to it (transport rtu-tcp or serial). Nothing is
 * asked: what came between two polls is looked at. The identifier is the text's bytes.
 */
export class Stream implements Handshake {
  private readonly cards: Buffer[] = [];
  private held = Buffer.alloc(0);
  private at = 0;
  private readonly unfollow: () => void;

  constructor(controller: ControllerPort, private readonly map: MapOf<'stream'>) {
    this.unfollow = controller.onBytes((bytes) => { this.take(bytes, performance.now()); });
  }

  async poll(): Promise<PollResult> {
    if (this.held.length > 0 && this.endsByPause && performance.now() - this.at >= PAUSE_MS) this.complete();
    const card = this.cards.shift();
    return card === undefined ? NOTHING : { read: { identifier: BigInt(`0x${card.toString('hex')}`), bitCount: card.length * 8 }, trouble: null };
  }

  lineBack(): void {
    this.cards.length = 0;
    this.held = Buffer.alloc(0);
  }

  stop(): void {
    this.unfollow();
  }

  /** A key comes as one byte alone, also from a device that ends its cards with a line's end. */
  private get endsByPause(): boolean {
    return this.map.end === 'pause' || this.held.length === 1;
  }

  private take(bytes: Buffer, now: number): void {
    if (this.held.length > 0 && this.endsByPause && now - this.at >= PAUSE_MS) this.complete();
    this.at = now;
    for (const byte of bytes) {
      if (byte === 0x0d || byte === 0x0a) this.complete();
      else this.held = Buffer.concat([this.held, Buffer.from([byte])]);
    }
    if (this.held.length > LONGEST) this.held = Buffer.alloc(0);
  }

  private complete(): void {
    if (this.held.length > 0) this.cards.push(this.held);
    this.held = Buffer.alloc(0);
  }
}
