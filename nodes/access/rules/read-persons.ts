import { isCardNumber } from '../../credential/card-number';
import { join, type Problems, shown } from './problems';
import { readReference } from './read-schedules';
import type { InSlices } from './in-slices';
import type { DoorRules, PersonRules } from './rules';
import type { Schedule } from './schedule';

interface Known {
  schedules: ReadonlyMap<string, Schedule>;
  doors: ReadonlyMap<string, DoorRules>;
  groups: ReadonlyMap<string, ReadonlySet<string>>;
}

const FIELDS = ['schedule', 'schedules', 'extendedTime', 'passesLockdown', 'antiPassback', 'duressCards'] as const;

/** What holds for a person, by user ID. */
export function* readPersons(value: unknown, known: Known, problems: Problems): InSlices<{ persons: Map<string, PersonRules>; duressCards: Map<string, string> }> {
  const persons = new Map<string, PersonRules>();
  const duressCards = new Map<string, string>();
  for (const [userId, rules] of Object.entries(problems.fields(value, 'persons', null) ?? {})) {
    const path = join('persons', userId);
    const own = problems.fields(rules, path, FIELDS) ?? {};
    persons.set(userId, {
      schedule: readReference(own['schedule'], join(path, 'schedule'), known.schedules, 'schedule', problems),
      schedules: readSchedulesOf(own['schedules'], join(path, 'schedules'), known, problems),
      extendedTime: problems.flag(own['extendedTime'], join(path, 'extendedTime')),
      passesLockdown: problems.flag(own['passesLockdown'], join(path, 'passesLockdown')),
      antiPassback: problems.flag(own['antiPassback'], join(path, 'antiPassback'), true),
    });
    for (const card of problems.texts(own['duressCards'], join(path, 'duressCards'))) {
      if (!isCardNumber(card)) problems.add(join(path, 'duressCards'), `${shown(card)} is no card number: 1 to 32 digits, no leading zero`);
      if (duressCards.has(card)) problems.add(join(path, 'duressCards'), `a card that ends with ${card.slice(-4)} is a duress card twice`);
      duressCards.set(card, userId);
    }
    yield;
  }
  return { persons, duressCards };
}

/** By door, those of its groups, too: each of them has to be on. */
function readSchedulesOf(value: unknown, path: string, { schedules, doors, groups }: Known, problems: Problems): Map<string, Schedule[]> {
  const found = new Map<string, Schedule[]>();
  for (const [name, schedule] of Object.entries(problems.fields(value, path, null) ?? {})) {
    const at = join(path, name);
    const read = readReference(schedule, at, schedules, 'schedule', problems);
    const members = groups.get(name) ?? (doors.has(name) ? [name] : null);
    if (members === null) problems.add(at, `there is no door and no group "${name}"`);
    if (read === null || members === null) continue;
    for (const door of members) found.set(door, [...found.get(door) ?? [], read]);
  }
  return found;
}
