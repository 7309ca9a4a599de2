import { McError } from './mc-error';

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const clocks = new Map<string, Intl.DateTimeFormat>();
const dayStarts = new Map<string, number>();
/** Days that are remembered: a file of ten thousand rows has few of them. */
const MOST_DAYS = 5000;

/** The calendar day, `YYYY-MM-DD`, that a moment falls on in a zone. */
export function dayInZone(ms: number, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(ms);
  const part = (type: string): string => parts.find((found) => found.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** The first millisecond of a calendar day in a zone; also where a day begins at 01:00 because a clock goes forward. */
export function startOfDay(day: string, timeZone: string): number {
  const key = `${day} ${timeZone}`;
  const known = dayStarts.get(key);
  if (known !== undefined) return known;
  const start = searchStart(day, timeZone);
  if (dayStarts.size >= MOST_DAYS) dayStarts.clear();
  dayStarts.set(key, start);
  return start;
}

function searchStart(day: string, timeZone: string): number {
  const utcMidnight = utcMidnightOf(day);
  // Zones lie between UTC-12 and UTC+14. Days only go forward in time, so the first moment can be halved towards.
  let before = utcMidnight - 15 * 3_600_000;
  let at = utcMidnight + 13 * 3_600_000;
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2);
    if (dayInZone(middle, timeZone) >= day) at = middle;
    else before = middle;
  }
  return at;
}

/** The last millisecond of a calendar day in a zone. */
export function endOfDay(day: string, timeZone: string): number {
  const next = new Date(utcMidnightOf(day) + DAY_MS).toISOString().slice(0, 10);
  return startOfDay(next, timeZone) - 1;
}

/**
 * The moment at which clocks in a zone show `YYYY-MM-DDTHH:mm:ss`. A time that a clock going forward leaves out is taken
 * as the moment after; of a time that comes twice, the first.
 */
export function momentInZone(local: string, timeZone: string): number {
  const asUtc = Date.parse(`${local}Z`);
  const offsetAt = (ms: number): number => Date.parse(`${wallClock(ms, timeZone)}Z`) - Math.floor(ms / 1000) * 1000;
  const [before, after] = [asUtc - offsetAt(asUtc - DAY_MS), asUtc - offsetAt(asUtc + DAY_MS)];
  return [before, after].find((ms) => wallClock(ms, timeZone) === local) ?? Math.max(before, after);
}

/** True for a day that exists, from 1970-01-01 to 9998-12-31. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '1970' || text >= '9999') return false;
  const ms = utcMidnightOf(text);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}

function utcMidnightOf(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

/** What clocks in a zone show: `YYYY-MM-DDTHH:mm:ss`. */
export function wallClock(ms: number, timeZone: string): string {
  return clockOf(timeZone).format(ms).replace(', ', 'T').replace(/^(\d\d)\/(\d\d)\/(\d{4})/, '$3-$1-$2');
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
    });
    clocks.set(timeZone, clock);
  }
  return clock;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    } catch (cause) {
      throw new McError('CONFIG_INVALID', 'The site\'s time zone is not known. Use a name such as Europe/Berlin or UTC.', { cause });
    }
    formats.set(timeZone, format);
  }
  return format;
}
