import { localTime, offsetAt } from '../rules/local-time';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** The last moment, at or before `now`, at which a wall clock of the zone showed one of these times; minus infinity without any. */
export function lastReset(minutes: readonly number[], now: number, timeZone: string): number {
  if (minutes.length === 0) return Number.NEGATIVE_INFINITY;
  const { minute } = localTime(now, timeZone);
  // The smallest step back to one of them; the one just now is no step.
  const back = Math.min(...minutes.map((at) => (minute - at + DAY_MINUTES) % DAY_MINUTES));
  const guess = Math.floor(now / MINUTE) * MINUTE - back * MINUTE;
  // Where clocks changed in between, the wall showed it an hour sooner or later than it seems.
  const moved = offsetAt(now, timeZone) - offsetAt(guess, timeZone);
  const found = guess + moved;
  return found <= now ? found : guess;
}
