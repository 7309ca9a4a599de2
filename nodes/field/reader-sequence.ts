import { McError } from '../credential/mc-error';
import type { ControllerPort, RequestOptions } from './controller-port';
import { followUp, fromWords, NOTHING, type Handshake, type MapOf, type PollResult } from './reader-handshake';

/** Modbus allows 125 registers in one answer. */
const MAX_REGISTERS = 125;

/** A number this little below the end of 16 bits, followed by one this little above 0, ran over; else it began anew. */
const OVERFLOW_SPAN = 256;

/**
 * rf IDEAS' way: a number counts up with each card and nothing is cleared (door-hardware 1.1). The first poll, and
 * the first after a long absence of the line, only learns the number: nobody knows when that card was presented.
 * A number that went back is a restart of the device. Such devices begin at 0, so what it counted since is new: the
 * card it shows is delivered, others before it are reported as lost.
 */
export class Sequence implements Handshake {
  private last: number | null = null;
  private relearn = false;

  constructor(private readonly controller: ControllerPort, private readonly map: MapOf<'sequence'>) {}

  async poll(options: RequestOptions): Promise<PollResult> {
    const { sequence, bitCount, identifier } = await this.read(options);
    const former = this.last;
    this.last = sequence;
    const unseen = former === null ? 0 : presented(former, sequence);
    if (this.relearn || former === null) {
      this.relearn = false;
      return unseen === 0 ? NOTHING : { read: null, trouble: lost(unseen) };
    }
    if (unseen === 0) return NOTHING;
    return {
      read: bitCount === 0 ? null : { identifier, bitCount },
      trouble: unseen > 1 ? lost(unseen - 1) : null,
    };
  }

  lineBack(): void {
    this.relearn = true;
  }

  private async read(options: RequestOptions): Promise<{ sequence: number; bitCount: number | null; identifier: bigint }> {
    const { fc, sequence, bits, id } = this.map;
    const first = Math.min(sequence, bits ?? sequence, id.address);
    const count = Math.max(sequence, bits ?? sequence, id.address + id.words - 1) - first + 1;
    if (count <= MAX_REGISTERS) {
      const words = await this.controller.readRegisters(fc, first, count, options);
      return {
        sequence: words[sequence - first] ?? 0,
        bitCount: bits === null ? null : words[bits - first] ?? 0,
        identifier: fromWords(words.slice(id.address - first, id.address - first + id.words), this.controller.profile),
      };
    }
    // Too far apart for one request: the number before and after tells whether a card came between.
    const one = async (address: number, how: RequestOptions) => (await this.controller.readRegisters(fc, address, 1, how))[0] ?? 0;
    for (let before = await one(sequence, options); ;) {
      const bitCount = bits === null ? null : await one(bits, followUp(options));
      const words = await this.controller.readRegisters(fc, id.address, id.words, followUp(options));
      const after = await one(sequence, followUp(options));
      if (after === before) return { sequence: after, bitCount, identifier: fromWords(words, this.controller.profile) };
      before = after;
    }
  }
}

/** How many cards lie between two readings of the number. */
function presented(former: number, sequence: number): number {
  if (sequence >= former) return sequence - former;
  const ranOver = former >= 0x10000 - OVERFLOW_SPAN && sequence < OVERFLOW_SPAN;
  return ranOver ? sequence + 0x10000 - former : sequence;
}

function lost(count: number): McError {
  return new McError('ANSWER_INVALID',
    `${count} card${count === 1 ? ' was' : 's were'} presented that nobody read: present again. Lower pollMs, or look why the line was away.`);
}
