import { McError } from '../credential/mc-error';
import type { RequestOptions } from './controller-port';
import type { ReaderMap } from './profile-types';

/** A profile's reader of one handshake. */
export type MapOf<H extends ReaderMap['handshake']> = Extract<ReaderMap, { handshake: H }>;

/** What a reader delivered: its identifier as an unsigned number, and how many bits it counted (null: it does not count). */
export interface RawRead {
  identifier: bigint;
  bitCount: number | null;
}

/** What one poll brought. */
export interface PollResult {
  read: RawRead | null;
  /** Something a person should know though the poll itself went well: lost reads, a reader that is stuck. */
  trouble: McError | null;
}

/** How a device says that a card was presented, and how it is told that the number was taken. One object per reader. */
export interface Handshake {
  /** Asks once. `options` are those of the poll; what follows on a card found goes out as `handshake`. */
  poll(options: RequestOptions): Promise<PollResult>;
  /** The line was away: what is remembered of the device may no longer hold. */
  lineBack(): void;
  /** The reader is not polled any more. */
  stop?(): void;
}

export const NOTHING: PollResult = { read: null, trouble: null };

/** Follow-up of a poll: ahead of other readers, and never shared with them. */
export function followUp(options: RequestOptions): RequestOptions {
  return { priority: 'handshake', deadlineAt: options.deadlineAt };
}

/** Registers as one unsigned number, in the profile's word order. */
export function fromWords(words: readonly number[], { wordOrder }: { wordOrder: 'high-first' | 'low-first' }): bigint {
  const ordered = wordOrder === 'low-first' ? [...words].reverse() : words;
  return ordered.reduce((value, word) => (value << 16n) | BigInt(word & 0xffff), 0n);
}

/** Clears after which a flag that is still set means that the reader is stuck (door-hardware 1.1). */
export const STUCK_AFTER = 3;

/**
 * Tells a reader that is stuck from a card that is held: both show the same number poll after poll, but the flag of a
 * held card falls with the clear before it is set again. It is read back only where the same number came twice, so a
 * single card costs no further request.
 */
export class StuckWatch {
  private unheeded = 0;
  private last: bigint | null = null;

  idle(): void {
    this.unheeded = 0;
    this.last = null;
  }

  /** After each clear. The error once three clears in a row were not heeded, else null. */
  async cleared(identifier: bigint, stillSet: () => Promise<boolean>): Promise<McError | null> {
    const again = identifier === this.last;
    this.last = identifier;
    this.unheeded = again && (await stillSet()) ? this.unheeded + 1 : 0;
    return this.unheeded < STUCK_AFTER ? null : new McError('ANSWER_INVALID',
      `The reader did not heed ${STUCK_AFTER} clears, so it takes no further card. Restart it, and check the clear register of the profile.`);
  }
}

/**
 * Clears a reader whose number is in hand. What goes wrong with it is trouble and no reason to lose the card: the
 * next poll finds it again, as the same read, and clears again.
 */
export async function clearAndWatch(
  clear: () => Promise<void>, watch: StuckWatch, identifier: bigint, stillSet: () => Promise<boolean>,
): Promise<McError | null> {
  try {
    await clear();
    return await watch.cleared(identifier, stillSet);
  } catch (error) {
    return error instanceof McError ? error : new McError('ANSWER_INVALID', 'The reader could not be cleared. Look at its line.', { cause: error });
  }
}
