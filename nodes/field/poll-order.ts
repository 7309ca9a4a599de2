/** Which poll goes next. Pure. */
import type { RequestOptions } from './controller-port';

/** A poll that does not say how often it comes. */
const UNKNOWN_PERIOD_MS = 1000;

/** After so many of its periods a poll goes ahead of what is more urgent by its kind. */
const PATIENCE: Readonly<Record<string, number>> = { reader: 1, door: 1, other: 4 };
/** The same where something happens at that device right now: at a door in use each period counts. */
const LIVELY_PATIENCE = 0.1;

export interface WaitingPoll {
  readonly options: Pick<RequestOptions, 'priority' | 'everyMs' | 'lively'>;
  /** When it began to wait. */
  readonly since: number;
}

/**
 * The first of the most urgent kind, as they are given; but a poll whose patience is over goes ahead, the one first
 * that is late by most in its own measure. So a line that is asked more than it can carry slows all polls down alike,
 * except those of doors in use, and none of them starves.
 */
export function mostUrgent<T extends WaitingPoll>(polls: readonly T[], now: number): T | null {
  let latest: T | null = null;
  let most = 1;
  for (const poll of polls) {
    const late = (now - poll.since) / patienceMs(poll.options);
    if (late >= most) {
      if (late > most || latest === null) latest = poll;
      most = late;
    }
  }
  return latest ?? polls[0] ?? null;
}

function patienceMs({ priority, everyMs = UNKNOWN_PERIOD_MS, lively = false }: WaitingPoll['options']): number {
  return everyMs * (lively ? LIVELY_PATIENCE : PATIENCE[priority] ?? 1);
}
