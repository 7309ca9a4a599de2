import { Problems } from './problems';
import { readCalendars, readReference, readSchedules } from './read-schedules';
import { type DoorRules, type DoubtPolicy, NO_RULES, type PersonRules, type Rules } from './rules';
import type { Schedule } from './schedule';

const LONGEST = 5_000_000;
const POLICIES: readonly [DoubtPolicy, ...DoubtPolicy[]] = ['deny', 'allow', 'allow-and-flag'];
/**
 * The rules in a document: `{ version, timeZone, calendars, schedules, groups, doors, persons }`, every part optional. A door
 * without rules of its own has those of `*`.
 * Undefined is no rules. Throws CONFIG_INVALID with everything that is wrong: rules hold as a whole or not at all.
 */
export function readRules(document: unknown): Rules {
  if (document === undefined) return NO_RULES;
  const problems = new Problems();
  if (JSON.stringify(document).length > LONGEST) {
    problems.add('', `are longer than ${LONGEST / 1_000_000} MB`);
    problems.raise();
  }
  const own = problems.fields(document, '', ['version', 'timeZone', 'calendars', 'schedules', 'groups', 'doors', 'persons']) ?? {};
  if (own['version'] !== undefined && own['version'] !== 1) problems.add('version', 'must be 1: this version of the nodes knows no other');
  const schedules = readSchedules(own['schedules'], readCalendars(own['calendars'], problems), problems);
  const rules: Rules = {
    timeZone: readZone(own['timeZone'], problems),
    groups: readGroups(own['groups'], problems),
    doors: readDoors(own['doors'], schedules, problems),
    persons: readPersons(own['persons'], schedules, problems),
  };
  problems.raise();
  return rules;
}

function readZone(value: unknown, problems: Problems): string {
  if (value === undefined) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: typeof value === 'string' ? value : 'none' }).resolvedOptions().timeZone;
  } catch {
    problems.add('timeZone', `${JSON.stringify(value)} is no time zone such as Europe/Berlin`);
    return 'UTC';
  }
}

function readGroups(value: unknown, problems: Problems): Map<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const [name, doors] of Object.entries(problems.fields(value, 'groups', null) ?? {})) {
    const names = problems.texts(doors, `groups.${name}`);
    if (names.length === 0) problems.add(`groups.${name}`, 'has no door');
    found.set(name, new Set(names));
  }
  return found;
}

function readDoors(value: unknown, schedules: ReadonlyMap<string, Schedule>, problems: Problems): Map<string, DoorRules> {
  const found = new Map<string, DoorRules>();
  for (const [door, rules] of Object.entries(problems.fields(value, 'doors', null) ?? {})) {
    const path = `doors.${door}`;
    const own = problems.fields(rules, path, ['schedule', 'whenDataOld', 'whenClockDoubtful']) ?? {};
    found.set(door, {
      schedule: readReference(own['schedule'], `${path}.schedule`, schedules, 'schedule', problems),
      whenDataOld: problems.choice(own['whenDataOld'], `${path}.whenDataOld`, POLICIES),
      whenClockDoubtful: problems.choice(own['whenClockDoubtful'], `${path}.whenClockDoubtful`, POLICIES),
    });
  }
  return found;
}

function readPersons(value: unknown, schedules: ReadonlyMap<string, Schedule>, problems: Problems): Map<string, PersonRules> {
  const found = new Map<string, PersonRules>();
  for (const [userId, rules] of Object.entries(problems.fields(value, 'persons', null) ?? {})) {
    const path = `persons.${userId}`;
    const own = problems.fields(rules, path, ['schedule', 'extendedTime']) ?? {};
    found.set(userId, {
      schedule: readReference(own['schedule'], `${path}.schedule`, schedules, 'schedule', problems),
      extendedTime: problems.flag(own['extendedTime'], `${path}.extendedTime`),
    });
  }
  return found;
}
