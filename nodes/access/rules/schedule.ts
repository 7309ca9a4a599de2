import { dayBefore, type LocalTime } from './local-time';

/** Minutes since the midnight of the day it belongs to; `to` is not part of it, and beyond 1440 it reaches into the next day. */
export interface Interval {
  from: number;
  to: number;
}

/** Days that are not like others. Null: the schedule's own intervals for holidays hold. */
export type Calendar = ReadonlyMap<string, readonly Interval[] | null>;

export interface Schedule {
  name: string;
  /** By weekday, 0 = Sunday. */
  weekdays: readonly (readonly Interval[])[];
  /** By `YYYY-MM-DD`, or `MM-DD` for every year. */
  calendar: Calendar | null;
  onHolidays: readonly Interval[];
}

const DAY = 24 * 60;

/** True while the schedule is on: by the clock on the wall, so an interval holds from what it shows to what it shows. */
export function isOn(schedule: Schedule, local: LocalTime): boolean {
  const { minute } = local;
  if (intervalsOf(schedule, local).some(({ from, to }) => minute >= from && minute < to)) return true;
  // What began yesterday belongs to yesterday, be today a holiday or not.
  return intervalsOf(schedule, dayBefore(local)).some(({ to }) => minute + DAY < to);
}

function intervalsOf({ weekdays, calendar, onHolidays }: Schedule, { day, weekday }: Pick<LocalTime, 'day' | 'weekday'>): readonly Interval[] {
  if (calendar === null) return weekdays[weekday] ?? [];
  // A day of one year comes before the same day of every year.
  const own = calendar.has(day) ? calendar.get(day) : calendar.get(day.slice(5));
  return own === undefined ? weekdays[weekday] ?? [] : own ?? onHolidays;
}
