import type { RandomPort } from './random-port';

const BASE_MS = 2000;
/** Peers wait so long at most between two tries (peers-store-security 4.1). */
export const LONGEST_WAIT_MS = 600_000;

/** How long to wait before the next try: anything from nothing to twice as much with each try (full jitter, capped). */
export function fullJitter(tries: number, random: RandomPort): number {
  return random.below(Math.min(LONGEST_WAIT_MS, BASE_MS * 2 ** Math.min(tries, 30)) + 1);
}
