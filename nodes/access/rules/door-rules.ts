import type { Facts } from '../facts';
import { localTime } from './local-time';
import type { DoorRules, Passage } from './rules';
import { passageKey } from './rules';
import { isOn, type Schedule } from './schedule';

type Asked = Pick<Facts, 'rules' | 'door' | 'direction' | 'at' | 'credential'>;

/** The rules of the door that is asked about, else those of every door. */
export function rulesOfDoor({ rules, door }: Pick<Facts, 'rules' | 'door'>): DoorRules {
  return rules.doors.get(door) ?? rules.everyDoor;
}

/** Where the reader that is asked about leads; undefined: into no area and out of none. */
export function passageOf({ rules, door, direction }: Pick<Facts, 'rules' | 'door' | 'direction'>): Passage | undefined {
  return rules.passages.size === 0 ? undefined : rules.passages.get(passageKey(door, direction));
}

/** The schedules that have to be on for this person at this door, the door's own first. Who leaves may be asked for none. */
export function schedulesOf(facts: Asked): Schedule[] {
  const { rules, door, direction, credential } = facts;
  const { schedule, leaving } = rulesOfDoor(facts);
  if (direction === 'out' && leaving === 'allow') return NONE;
  const person = credential === null ? undefined : rules.persons.get(credential.userId);
  if (schedule === null && person === undefined) return NONE;
  return [...schedule === null ? NONE : [schedule], ...person?.schedule ? [person.schedule] : NONE, ...person?.schedules.get(door) ?? NONE];
}

/** The schedule that keeps the person out now, with whose it is; null: none does. Without a record nobody asks. */
export function scheduleThatIsOff(facts: Asked): { schedule: string; of: 'door' | 'person' } | null {
  if (facts.credential === null) return null;
  const schedules = schedulesOf(facts);
  if (schedules.length === 0) return null;
  const local = localTime(facts.at, facts.rules.timeZone);
  const off = schedules.find((schedule) => !isOn(schedule, local));
  return off === undefined ? null : { schedule: off.name, of: off === rulesOfDoor(facts).schedule ? 'door' : 'person' };
}

const NONE: Schedule[] = [];
