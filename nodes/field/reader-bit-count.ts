import { McError } from '../credential/mc-error';
import type { ControllerPort, RequestOptions } from './controller-port';
import { clearAndWatch, followUp, NOTHING, StuckWatch, type Handshake, type MapOf, type PollResult } from './reader-handshake';

/**
 * Barix's way: the low byte of a register counts the bits (its high byte is about temperature sensors). Whole bytes
 * come left-aligned from the first identifier register on; the bits of a last, partly filled byte are right-aligned
 * in it, beside old data (door-hardware 1.1).
 */
export class BitCount implements Handshake {
  private readonly stuck = new StuckWatch();

  constructor(private readonly controller: ControllerPort, private readonly map: MapOf<'bit-count'>) {}

  async poll(options: RequestOptions): Promise<PollResult> {
    const { fc, count, id } = this.map;
    const first = Math.min(count, id.address);
    const last = Math.max(count, id.address + id.words - 1);
    const words = await this.controller.readRegisters(fc, first, last - first + 1, options);
    const bitCount = (words[count - first] ?? 0) & 0xff;
    if (bitCount === 0) {
      this.stuck.idle();
      return NOTHING;
    }
    const held = words.slice(id.address - first, id.address - first + id.words);
    const identifier = bitCount > held.length * 16 ? null : takeBits(held, bitCount);
    const further = followUp(options);
    const trouble = await clearAndWatch(
      () => this.controller.writeRegister(count, 0, further), this.stuck, identifier ?? 0n,
      async () => (((await this.controller.readRegisters(fc, count, 1, further))[0] ?? 0) & 0xff) !== 0);
    if (identifier !== null) return { read: { identifier, bitCount }, trouble };
    return { read: null, trouble: trouble ?? new McError('ANSWER_INVALID',
      `The reader counts ${bitCount} bits, more than its ${id.words} registers hold: the read is dropped. Check the profile.`) };
  }

  lineBack(): void {
    this.stuck.idle();
  }
}

/** The bits as Barix lays them out. */
export function takeBits(words: readonly number[], bitCount: number): bigint {
  const bytes = words.flatMap((word) => [word >> 8 & 0xff, word & 0xff]);
  const whole = Math.floor(bitCount / 8);
  const rest = bitCount % 8;
  let value = 0n;
  for (const byte of bytes.slice(0, whole)) value = (value << 8n) | BigInt(byte);
  return rest === 0 ? value : (value << BigInt(rest)) | BigInt((bytes[whole] ?? 0) & ((1 << rest) - 1));
}
