import type { AuditEvent, AuditKind } from '../../credential/audit-event';

/** Rows that are answered where nobody says how many. */
export const DEFAULT_ROWS = 1000;
export const MOST_ROWS = 100_000;

/** Which rows are wanted: those that are like all that is given. */
export interface AuditFilter {
  userId?: string;
  cardId?: string;
  door?: string;
  kind?: AuditKind;
  outcome?: string;
  /** ISO times, both included. */
  from?: string;
  to?: string;
  /** Rows at most, 100,000 at the most. */
  limit?: number;
}

/** What of a filter needs no vault. */
export function matcher(filter: AuditFilter): (event: Pick<AuditEvent, 'at' | 'door' | 'kind' | 'outcome'>) => boolean {
  const { door, kind, outcome } = filter;
  const { from, to } = timesOf(filter);
  return (event) => {
    if (door !== undefined && event.door !== door) return false;
    if (kind !== undefined && event.kind !== kind) return false;
    if (outcome !== undefined && event.outcome !== outcome) return false;
    if (from === -Infinity && to === Infinity) return true;
    const at = Date.parse(event.at);
    return at >= from && at <= to;
  };
}

/** In milliseconds since 1970; infinite where no limit is given. */
export function timesOf({ from, to }: AuditFilter): { from: number; to: number } {
  return { from: from === undefined ? -Infinity : Date.parse(from), to: to === undefined ? Infinity : Date.parse(to) };
}

export function rowsOf({ limit }: AuditFilter, otherwise = DEFAULT_ROWS): number {
  return Math.min(Math.max(1, limit ?? otherwise), MOST_ROWS);
}
