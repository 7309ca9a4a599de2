import { isoTime } from './clock';
import { McError } from './mc-error';
import { endOfDay, isDay, startOfDay } from './site-time';

const ISO_WITH_ZONE = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

export interface Period {
  validFrom: string | null;
  validTo: string | null;
}

/**
 * The period of a credential as ISO times in UTC. A bare date is read in the site's zone: `validFrom` from its
 * first moment, `validTo` up to its last.
 */
export function periodOf(fields: Readonly<Record<string, unknown>>, timeZone: string): Period {
  const validFrom = timeOf(fields['validFrom'], 'validFrom', (day) => startOfDay(day, timeZone));
  const validTo = timeOf(fields['validTo'], 'validTo', (day) => endOfDay(day, timeZone));
  if (validFrom !== null && validTo !== null && validTo < validFrom) {
    throw new McError('INPUT_INVALID', '"validTo" lies before "validFrom".');
  }
  return { validFrom: validFrom === null ? null : isoTime(validFrom), validTo: validTo === null ? null : isoTime(validTo) };
}

/** A DYNAMIC site takes no credential without a period: PERIOD_MISSING. */
export function requirePeriod(period: Period, accessType: 'REGULAR' | 'DYNAMIC', userId: string): void {
  if (accessType === 'DYNAMIC' && (period.validFrom === null || period.validTo === null)) {
    throw new McError('PERIOD_MISSING', `The site is DYNAMIC: give user ${userId} both "validFrom" and "validTo".`);
  }
}

function timeOf(value: unknown, name: string, ofDay: (day: string) => number): number | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && value.length <= 40) {
    const text = value.trim();
    if (isDay(text)) return ofDay(text);
    const [, day, hour, minute, second] = ISO_WITH_ZONE.exec(text) ?? [];
    if (day !== undefined && isDay(day) && Number(hour) < 24 && Number(minute) < 60 && Number(second ?? 0) < 60) {
      const ms = Date.parse(text);
      if (Number.isFinite(ms)) return ms;
    }
  }
  throw new McError('INPUT_INVALID', `"${name}" must be a date (2026-12-31) or a time with its zone (2026-12-31T18:00:00Z).`);
}
