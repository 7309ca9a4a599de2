import type { Facts } from '../facts';
import { localTime } from './local-time';
import type { DoorRules } from './rules';
import { isOn } from './schedule';

const EVERY_DOOR = '*';

type Asked = Pick<Facts, 'rules' | 'door' | 'at' | 'credential'>;

/** The rules of the door that is asked about, else those of every door; undefined: there are none. */
export function rulesOfDoor({ rules, door }: Pick<Facts, 'rules' | 'door'>): DoorRules | undefined {
  return rules.doors.get(door) ?? rules.doors.get(EVERY_DOOR);
}

/** The schedule that keeps the person out now, with whose it is; null: none does. Without a record nobody asks. */
export function scheduleThatIsOff(facts: Asked): { schedule: string; of: 'door' | 'person' } | null {
  const { rules, at, credential } = facts;
  if (credential === null) return null;
  const ofDoor = rulesOfDoor(facts)?.schedule ?? null;
  const ofPerson = rules.persons.get(credential.userId)?.schedule ?? null;
  if (ofDoor === null && ofPerson === null) return null;
  const local = localTime(at, rules.timeZone);
  if (ofDoor !== null && !isOn(ofDoor, local)) return { schedule: ofDoor.name, of: 'door' };
  if (ofPerson !== null && !isOn(ofPerson, local)) return { schedule: ofPerson.name, of: 'person' };
  return null;
}
