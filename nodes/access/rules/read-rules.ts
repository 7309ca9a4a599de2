import { noteContradictions } from './contradictions';
import { isTooLong, LONGEST } from './document-size';
import { atOnce, type InSlices } from './in-slices';
import { Problems, shown } from './problems';
import { readAreas } from './read-areas';
import { readDoors } from './read-doors';
import { readGroups, readInterlocks } from './read-groups';
import { readPersons } from './read-persons';
import { readCalendars, readSchedules } from './read-schedules';
import { NO_RULES, type Rules } from './rules';

const PARTS = ['version', 'name', 'timeZone', 'calendars', 'schedules', 'groups', 'doors', 'areas', 'interlocks', 'persons'] as const;
const LONGEST_NAME = 100;

/**
 * The rules in a document as `docs/rules.md` describes it; undefined is no rules. Throws CONFIG_INVALID with everything
 * that is wrong: rules hold as a whole or not at all.
 */
export function readRules(document: unknown): Rules {
  return atOnce(readRulesInSlices(document));
}

/** The same, to be done in slices beside reads that must not wait. */
export function* readRulesInSlices(document: unknown): InSlices<Rules> {
  if (document === undefined) return NO_RULES;
  const problems = new Problems();
  if (yield* isTooLong(document)) {
    problems.add('', `are longer than ${LONGEST / 1_000_000} MB`);
    problems.raise();
  }
  const own = problems.fields(document, '', PARTS) ?? {};
  if (own['version'] !== undefined && own['version'] !== 1) problems.add('version', 'must be 1: this version of the nodes knows no other');
  const timeZone = readZone(own['timeZone'], problems);
  yield;
  const schedules = yield* readSchedules(own['schedules'], yield* readCalendars(own['calendars'], problems), problems);
  const { doors, everyDoor } = yield* readDoors(own['doors'], schedules, problems);
  const groups = yield* readGroups(own['groups'], doors, problems);
  const { areas, passages } = yield* readAreas(own['areas'], doors, problems);
  const interlocks = yield* readInterlocks(own['interlocks'], doors, problems);
  const { persons, duressCards } = yield* readPersons(own['persons'], { schedules, doors, groups }, problems);
  const rules: Rules = { name: readName(own['name'], problems), timeZone, groups, doors, everyDoor, areas, passages, interlocks, persons, duressCards };
  yield* noteContradictions(rules, problems);
  problems.raise();
  return rules;
}

function readName(value: unknown, problems: Problems): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_NAME) return value.trim();
  problems.add('name', `must be a text of at most ${LONGEST_NAME} characters`);
  return null;
}

function readZone(value: unknown, problems: Problems): string {
  if (value === undefined) return 'UTC';
  try {
    // An offset such as +02:00 has no clock changes: that is no zone of a site.
    if (typeof value === 'string' && /^[A-Za-z]/.test(value)) return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    // Said below.
  }
  problems.add('timeZone', `${shown(value)} is no time zone such as Europe/Berlin`);
  return 'UTC';
}
