/** Where time comes from. The system's in production, a virtual one in property tests. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** ISO 8601 in UTC, as in every message of this package. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
