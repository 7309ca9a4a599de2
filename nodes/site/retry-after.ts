/** Longer than this nobody is told to wait. */
const LONGEST_SECONDS = 3600;

/** The header `Retry-After` in seconds from `now`: a number of seconds or a date (RFC 9110, 10.2.3). Null where it says nothing. */
export function retryAfterSeconds(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000);
  return Number.isNaN(seconds) ? null : Math.min(LONGEST_SECONDS, Math.max(0, seconds));
}
