import type { LookedAt } from './decision';
import type { Facts } from './facts';
import { passageOf, schedulesOf } from './rules/door-rules';

/** What a decision looked at, for whoever asks afterwards. */
export function lookedAt(facts: Facts): LookedAt {
  const { credential, rules, movement, now } = facts;
  const schedules = schedulesOf(facts);
  const area = passageOf(facts)?.enters ?? null;
  return {
    status: credential?.status ?? null,
    validFrom: credential?.validFrom ?? null,
    validTo: credential?.validTo ?? null,
    schedules: schedules.length === 0 ? [] : schedules.map(({ name }) => name),
    area: area?.name ?? null,
    inside: area === null ? null : movement.presence.count(area, now, rules.timeZone),
    rules: rules.name,
  };
}
