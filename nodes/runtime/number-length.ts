import type { NodeAPI } from 'node-red';
import { longestNumberBits } from '../access/longest-number';
import { CARRIED_BITS, type CardFormat } from '../credential/card-format-names';
import { openStores } from './open-stores';

const CHECK_MS = 2000;

/**
 * Tells, at once and on each change, whether a reader's format is too short for the longest card number of this
 * runtime's stores: such a number arrives cut, and two cards may then look alike. Returns the end of it.
 */
export function watchNumberLength(RED: NodeAPI, format: CardFormat, tell: (tooShort: boolean) => void): () => void {
  const carried = CARRIED_BITS[format];
  if (carried === null) return () => undefined;
  let last: boolean | null = null;
  const check = (): void => {
    const tooShort = [...openStores(RED)].some((store) => longestNumberBits(store) > carried);
    if (tooShort !== last) tell((last = tooShort));
  };
  check();
  const timer = setInterval(check, CHECK_MS);
  return () => { clearInterval(timer); };
}
