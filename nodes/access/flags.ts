import { isClockDoubtful, isDataTooOld, passesLockdown } from './checks';
import { passbackOf } from './checks-of-movement';
import type { Reason } from './decision';
import type { Facts } from './facts';
import { isLockedDown } from './lockdown';
import { rulesOfDoor } from './rules/door-rules';

/** Side remarks of a decision: what the door needs to know, and what somebody should look at. Duress is told of a denial, too. */
export function flagsOf(facts: Facts, reason: Reason): string[] {
  const { credential, rules, knowledge } = facts;
  const flags: string[] = [];
  if (credential !== null && rules.duressCards.get(credential.cardId) === credential.userId) flags.push('duress');
  if (reason !== 'GRANTED') return flags;
  if (credential !== null && rules.persons.get(credential.userId)?.extendedTime === true) flags.push('extended-time');
  if (passesLockdown(facts) && isLockedDown(knowledge, facts.door)) flags.push('passes-lockdown');
  if (passbackOf(facts) !== null) flags.push('anti-passback');
  const door = rulesOfDoor(facts);
  if (door.whenDataOld === 'allow-and-flag' && isDataTooOld(facts)) flags.push('data-old');
  if (door.whenClockDoubtful === 'allow-and-flag' && isClockDoubtful(facts)) flags.push('clock-doubtful');
  return flags;
}
