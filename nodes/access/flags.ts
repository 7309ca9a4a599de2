import { isClockDoubtful, isDataTooOld } from './checks';
import type { Reason } from './decision';
import type { Facts } from './facts';
import { rulesOfDoor } from './rules/door-rules';

/** Side remarks of a decision that grants: what the door needs to know, and what somebody should look at. */
export function flagsOf(facts: Facts, reason: Reason): string[] {
  if (reason !== 'GRANTED') return [];
  const { credential, rules } = facts;
  const flags: string[] = [];
  if (credential !== null && rules.persons.get(credential.userId)?.extendedTime === true) flags.push('extended-time');
  const door = rulesOfDoor(facts);
  if (door?.whenDataOld === 'allow-and-flag' && isDataTooOld(facts)) flags.push('data-old');
  if (door?.whenClockDoubtful === 'allow-and-flag' && isClockDoubtful(facts)) flags.push('clock-doubtful');
  return flags;
}
