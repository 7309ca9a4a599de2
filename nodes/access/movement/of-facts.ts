import type { CredentialDocument } from '../../credential/documents';
import type { Facts } from '../facts';
import { rulesOfDoor } from '../rules/door-rules';
import type { TwoPersons } from '../rules/rules';
import type { PersonKey } from './presence';
import { isSame, type Waiting } from './second-person';

export function personOf({ site, userId }: Pick<CredentialDocument, 'site' | 'userId'>): PersonKey {
  return { site, userId };
}

/** A reader as failed reads are counted: by all that a read says of it. */
export function readerOf({ door, direction, reader, device }: Pick<Facts, 'door' | 'direction' | 'reader' | 'device'>): string {
  return `${door}\n${direction}\n${reader ?? ''}\n${device}`;
}

/** The two-person rule that is asked of this read, or null. */
export function twoPersonsOf(facts: Facts): TwoPersons | null {
  const { twoPersons, leaving } = rulesOfDoor(facts);
  return facts.direction === 'out' && leaving === 'allow' ? null : twoPersons;
}

/** Who waits at the door for this person, whom the rule counts; null: nobody, or no such rule. */
export function waitingFor(facts: Facts): Waiting | null {
  const { credential, movement, door, direction, now } = facts;
  const rule = twoPersonsOf(facts);
  if (rule === null || credential === null || (rule.among !== null && !rule.among.has(credential.userId))) return null;
  const waiting = movement.waiting.waiting(door, direction, rule, now);
  return waiting === null || isSame(waiting, credential) ? null : waiting;
}
