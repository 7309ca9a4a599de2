import { McError } from './mc-error';

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day, `YYYY-MM-DD`, that a moment falls on in a zone. */
export function dayInZone(ms: number, timeZone: string): string {
  const parts = formatOf(timeZone).formatToParts(ms);
  const part = (type: string): string => parts.find((found) => found.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

/** The first millisecond of a calendar day in a zone; also where a day begins at 01:00 because a clock goes forward. */
export function startOfDay(day: string, timeZone: string): number {
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

/** True for a day that exists, from 1970-01-01 to 9998-12-31. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '1970' || text >= '9999') return false;
  const ms = utcMidnightOf(text);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(text);
}

function utcMidnightOf(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`);
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
