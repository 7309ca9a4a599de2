import { isDay } from '../../credential/site-time';
import { join, type Problems, shown } from './problems';
import type { InSlices } from './in-slices';
import type { Calendar, Interval, Schedule } from './schedule';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const DAY = 24 * 60;
const DAY_MS = 86_400_000;
const LONGEST_RANGE_DAYS = 400;
const LEAP_YEAR_DAYS = 366;

/** Holiday calendars: `{ "<name>": [{ "on": "12-25" }, { "on": "2026-04-03", "hours": ["08:00-12:00"] }, { "from": …, "to": … }] }`. */
export function* readCalendars(value: unknown, problems: Problems): InSlices<Map<string, Calendar>> {
  const found = new Map<string, Calendar>();
  for (const [name, days] of Object.entries(problems.fields(value, 'calendars', null) ?? {})) {
    found.set(name, readCalendar(days, `calendars.${name}`, problems));
    yield;
  }
  return found;
}

/**
 * Weekly schedules: `{ "<name>": { "monday": ["08:00-12:00", "13:00-18:00"], "weekdays": [...], "calendar": "<name>",
 * "holidays": ["10:00-12:00"] } }`. `weekdays` stands for Monday to Friday, `everyday` for all. An interval that ends at or
 * before its start reaches into the next day.
 */
export function* readSchedules(value: unknown, calendars: ReadonlyMap<string, Calendar>, problems: Problems): InSlices<Map<string, Schedule>> {
  const found = new Map<string, Schedule>();
  const fields = problems.fields(value, 'schedules', null) ?? {};
  for (const [name, schedule] of Object.entries(fields)) {
    const path = `schedules.${name}`;
    const own = problems.fields(schedule, path, [...WEEKDAYS, 'weekdays', 'everyday', 'calendar', 'holidays']);
    if (own === null) continue;
    found.set(name, {
      name,
      weekdays: WEEKDAYS.map((day, index) => {
        const nearest = [day, ...index >= 1 && index <= 5 ? ['weekdays'] : [], 'everyday'].find((name) => own[name] !== undefined) ?? day;
        return readHours(own[nearest], join(path, nearest), problems);
      }),
      calendar: readReference(own['calendar'], join(path, 'calendar'), calendars, 'calendar', problems),
      onHolidays: readHours(own['holidays'], join(path, 'holidays'), problems),
    });
    yield;
  }
  return found;
}

/** What a name stands for; null where none is given. An unknown one is a problem. */
export function readReference<T>(value: unknown, path: string, known: ReadonlyMap<string, T>, what: string, problems: Problems): T | null {
  if (value === undefined) return null;
  const found = typeof value === 'string' ? known.get(value) : undefined;
  if (found === undefined) problems.add(path, `there is no ${what} ${shown(value)}`);
  return found ?? null;
}

function readCalendar(value: unknown, path: string, problems: Problems): Calendar {
  const days = new Map<string, readonly Interval[] | null>();
  if (!Array.isArray(value)) {
    problems.add(path, 'must be a list of days');
    return days;
  }
  for (const [index, entry] of (value as unknown[]).entries()) {
    const at = `${path}[${index}]`;
    const own = problems.fields(entry, at, ['on', 'from', 'to', 'hours', 'name']);
    if (own === null) continue;
    if (own['name'] !== undefined && typeof own['name'] !== 'string') problems.add(join(at, 'name'), 'must be a text');
    const hours = own['hours'] === undefined ? null : readHours(own['hours'], `${at}.hours`, problems);
    for (const day of daysOf(own, at, problems)) {
      if (days.has(day)) problems.add(at, `${day} is there twice`);
      days.set(day, hours);
    }
  }
  return days;
}

function daysOf({ on, from, to }: Readonly<Record<string, unknown>>, path: string, problems: Problems): string[] {
  if (typeof on === 'string' && from === undefined && to === undefined) {
    // A leap day of every year is the 29th of February where there is one.
    if (isDay(on) || isYearly(on)) return [on];
  } else if (on === undefined && typeof from === 'string' && typeof to === 'string' && isDay(from) && isDay(to) && from <= to) {
    const [first, last] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)];
    const count = (last - first) / DAY_MS + 1;
    if (count <= LONGEST_RANGE_DAYS) return daysFrom(first, count);
    problems.add(path, `a range has at most ${LONGEST_RANGE_DAYS} days`);
    return [];
  } else if (on === undefined && isYearly(from) && isYearly(to)) {
    // A leap year has every day there is; a range that ends before it begins goes over New Year.
    const [first, last] = [Date.parse(`2024-${from}T00:00:00Z`), Date.parse(`2024-${to}T00:00:00Z`)];
    const count = (last - first) / DAY_MS + 1;
    return daysFrom(first, count > 0 ? count : count + LEAP_YEAR_DAYS).map((day) => day.slice(5));
  }
  problems.add(path, 'needs "on" (2026-12-24, or 12-24 for every year) or "from" and "to"');
  return [];
}

function isYearly(value: unknown): value is string {
  return typeof value === 'string' && /^\d\d-\d\d$/.test(value) && isDay(`2024-${value}`);
}

function daysFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, day) => new Date(first + day * DAY_MS).toISOString().slice(0, 10));
}

function readHours(value: unknown, path: string, problems: Problems): Interval[] {
  const found = problems.texts(value, path).flatMap((text) => {
    const [, h1, m1, h2, m2] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text) ?? [];
    const [from, until] = [Number(h1) * 60 + Number(m1), Number(h2) * 60 + Number(m2)];
    const isTime = h1 !== undefined && from < DAY && until <= DAY && Number(m1) < 60 && Number(m2) < 60;
    if (!isTime || from === until) {
      problems.add(path, `${shown(text)} is no interval such as 08:00-18:00; a whole day is 00:00-24:00`);
      return [];
    }
    return [{ from, to: until > from ? until : until + DAY }];
  });
  const sorted = [...found].sort((a, b) => a.from - b.from);
  if (sorted.some(({ from }, index) => index > 0 && from < (sorted[index - 1]?.to ?? 0))) problems.add(path, 'intervals overlap');
  return sorted;
}

/** Minutes since midnight of a time of day; a wrong one is a problem. */
export function readMinute(text: string, path: string, problems: Problems): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined) problems.add(path, `${shown(text)} is no time of day such as 04:00`);
  return Number(hours ?? 0) * 60 + Number(minutes ?? 0);
}
