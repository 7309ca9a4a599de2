import { offsetAt } from '../rules/local-time';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A time that clocks skip on one day was shown on the day before. */
const DAYS_BACK = 2;

/**
 * The last moment, at or before `now`, at which a wall clock of the zone began to show one of these times (minutes since
 * midnight); minus infinity without any. Where clocks go back and show it twice, both are such moments.
 */
export function lastReset(minutes: readonly number[], now: number, timeZone: string): number {
  let last = Number.NEGATIVE_INFINITY;
  if (minutes.length === 0) return last;
  for (const offset of new Set([offsetAt(now, timeZone), offsetAt(now - DAY, timeZone), offsetAt(now - DAYS_BACK * DAY, timeZone)])) {
    const midnight = Math.floor((now + offset) / DAY) * DAY - offset;
    for (const minute of minutes) {
      for (let back = 0; back <= DAYS_BACK; back += 1) {
        const at = midnight - back * DAY + minute * MINUTE;
        if (at <= last) break;
        if (at <= now && offsetAt(at, timeZone) === offset) last = at;
      }
    }
  }
  return last;
}
