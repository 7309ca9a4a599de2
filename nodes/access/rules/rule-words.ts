import type { Reason } from '../decision';
import type { Facts } from '../facts';
import { scheduleThatIsOff } from './door-rules';

const NONE = {};

/** Which rule led to a reason, for whoever looks at it afterwards; nothing where the reason is no rule's. */
export function ruleOf(facts: Facts, reason: Reason): { rule?: string } {
  if (reason !== 'OUTSIDE_SCHEDULE') return NONE;
  const off = scheduleThatIsOff(facts);
  if (off === null) return NONE;
  const rule = `schedule "${off.schedule}" of ${off.of === 'door' ? `door "${facts.door}"` : `user ${facts.credential?.userId ?? ''}`}`;
  return { rule };
}
