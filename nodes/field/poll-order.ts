/** Which poll goes next. Pure. */
import type { RequestOptions } from './controller-port';

/** A poll that does not say how often it comes. */
const UNKNOWN_PERIOD_MS = 1000;

/** After so many of its periods a poll goes ahead of what is more urgent by its kind. */
const PATIENCE: Readonly<Record<string, number>> = { reader: 1, door: 1, other: 4 };

export interface WaitingPoll {
  readonly options: Pick<RequestOptions, 'priority' | 'everyMs' | 'lively'>;
  /** When it began to wait. */
  readonly since: number;
}

/**
 * The first of the most urgent kind, as they are given. But a poll whose patience is over goes ahead, the one first that
 * is late by most in its own measure: a line that is asked more than it can carry slows all polls down alike. On such a
 * line a door in use keeps its pace, where `favour` says that it may: not twice in a row, so that many of them still
 * starve nobody.
 */
export function mostUrgent<T extends WaitingPoll>(polls: readonly T[], now: number, favour = true): T | null {
  let latest: T | null = null;
  let most = 1;
  let inUse: T | null = null;
  for (const poll of polls) {
    const late = (now - poll.since) / patienceMs(poll.options);
    if (late >= most) {
      if (late > most || latest === null) latest = poll;
      most = late;
    }
    if (poll.options.lively === true && (inUse === null || poll.since < inUse.since)) inUse = poll;
  }
  if (latest !== null && favour && inUse !== null) return inUse;
  return latest ?? polls[0] ?? null;
}

function patienceMs({ priority, everyMs = UNKNOWN_PERIOD_MS }: WaitingPoll['options']): number {
  return everyMs * (PATIENCE[priority] ?? 1);
}
