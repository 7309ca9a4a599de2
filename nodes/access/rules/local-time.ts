import { wallClock } from '../../credential/site-time';

/** A moment as the clocks of a zone show it. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  day: string;
  /** 0 = Sunday. */
  weekday: number;
  /** Minutes since midnight on the wall, 0 to 1439. */
  minute: number;
}

const MINUTE_MS = 60_000;
const SLOT_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;
const MOST_SLOTS = 500;

/** Offsets by zone and quarter of an hour: no zone changes its clocks within one, and a format costs more than a decision. */
const offsets = new Map<string, Map<number, number>>();

/** The last answer: reads of one minute share it. */
let last: { minute: number; timeZone: string; local: LocalTime } | null = null;

export function localTime(ms: number, timeZone: string): LocalTime {
  const minute = Math.floor(ms / MINUTE_MS);
  if (last?.minute === minute && last.timeZone === timeZone) return last.local;
  const wall = new Date(ms + offsetAt(ms, timeZone));
  const local = { day: wall.toISOString().slice(0, 10), weekday: wall.getUTCDay(), minute: wall.getUTCHours() * 60 + wall.getUTCMinutes() };
  last = { minute, timeZone, local };
  return local;
}

/** The calendar day before. */
export function dayBefore({ day, weekday }: Pick<LocalTime, 'day' | 'weekday'>): { day: string; weekday: number } {
  return { day: new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10), weekday: (weekday + 6) % 7 };
}

/** What a zone's wall clock is ahead of UTC, in milliseconds. */
export function offsetAt(ms: number, timeZone: string): number {
  const ofZone = offsets.get(timeZone) ?? new Map<number, number>();
  if (ofZone.size === 0) offsets.set(timeZone, ofZone);
  const slot = Math.floor(ms / SLOT_MS);
  const known = ofZone.get(slot);
  if (known !== undefined) return known;
  const start = slot * SLOT_MS;
  const offset = Date.parse(`${wallClock(start, timeZone)}Z`) - start;
  if (ofZone.size >= MOST_SLOTS) ofZone.clear();
  ofZone.set(slot, offset);
  return offset;
}
