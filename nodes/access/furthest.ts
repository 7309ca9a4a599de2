import { firstReason } from './checks';
import { REASONS, type Reason } from './decision';
import type { Facts } from './facts';

/**
 * Of several records that may answer (one number at two sites, the cards of a user) the one that comes furthest in the
 * order of reasons; of equals the first by ID. So a live record wins over a deleted one, and a restriction put on any
 * of them can only take away.
 */
export function furthest([first, ...others]: [Facts, ...Facts[]]): { facts: Facts; reason: Reason } {
  let best = { facts: first, reason: firstReason(first) };
  for (const facts of others) {
    const reason = firstReason(facts);
    const ahead = REASONS.indexOf(reason) - REASONS.indexOf(best.reason);
    if (ahead > 0 || (ahead === 0 && idOf(facts) < idOf(best.facts))) best = { facts, reason };
  }
  return best;
}

function idOf({ credential }: Facts): string {
  return credential?._id ?? '';
}
