import { join, type Problems } from './problems';
import { readReference } from './read-schedules';
import type { InSlices } from './in-slices';
import { type DoorRules, type DoubtPolicy, type Lockout, PLAIN_DOOR, type TwoPersons } from './rules';
import type { Schedule } from './schedule';

const EVERY_DOOR = '*';
const FIELDS = ['schedule', 'leaving', 'freeAccess', 'twoPersons', 'lockout', 'whenDataOld', 'whenClockDoubtful'] as const;
const POLICIES: readonly [DoubtPolicy, ...DoubtPolicy[]] = ['deny', 'allow', 'allow-and-flag'];
const SECOND = 1000;

type Schedules = ReadonlyMap<string, Schedule>;

/** What holds at each door. A field that a door does not have is that of `*`; null takes it away. */
export function* readDoors(value: unknown, schedules: Schedules, problems: Problems): InSlices<{ doors: Map<string, DoorRules>; everyDoor: DoorRules }> {
  const own = problems.fields(value, 'doors', null) ?? {};
  const everyDoor = readDoor(own[EVERY_DOOR], join('doors', EVERY_DOOR), PLAIN_DOOR, schedules, problems);
  const doors = new Map<string, DoorRules>();
  for (const [door, rules] of Object.entries(own)) {
    if (door === EVERY_DOOR) continue;
    if (door.trim() !== door || door === '') problems.add(join('doors', door), 'is no name of a door: it is empty, or has blanks around it');
    doors.set(door, readDoor(rules, join('doors', door), everyDoor, schedules, problems));
    yield;
  }
  return { doors, everyDoor };
}

function readDoor(value: unknown, path: string, every: DoorRules, schedules: Schedules, problems: Problems): DoorRules {
  const own = problems.fields(value, path, FIELDS);
  if (own === null || Object.keys(own).length === 0) return every;
  const field = <K extends keyof DoorRules>(name: K, read: (value: unknown, path: string) => DoorRules[K]): DoorRules[K] =>
    own[name] === undefined ? every[name] : read(own[name], join(path, name));
  const orNull = <T>(read: (value: unknown, path: string) => T | null) => (one: unknown, at: string): T | null => one === null ? null : read(one, at);
  return {
    schedule: field('schedule', orNull((one, at) => readReference(one, at, schedules, 'schedule', problems))),
    leaving: field('leaving', (one, at) => problems.choice(one, at, ['allow', 'check'])),
    freeAccess: field('freeAccess', orNull((one, at) => readFreeAccess(one, at, schedules, problems))),
    twoPersons: field('twoPersons', orNull((one, at) => readTwoPersons(one, at, problems))),
    lockout: field('lockout', orNull((one, at) => readLockout(one, at, problems))),
    whenDataOld: field('whenDataOld', (one, at) => problems.choice(one, at, POLICIES)),
    whenClockDoubtful: field('whenClockDoubtful', (one, at) => problems.choice(one, at, POLICIES)),
  };
}

function readFreeAccess(value: unknown, path: string, schedules: Schedules, problems: Problems): DoorRules['freeAccess'] {
  const own = problems.fields(value, path, ['schedule', 'afterFirstCard']);
  if (own === null) return null;
  const afterFirstCard = problems.flag(own['afterFirstCard'], join(path, 'afterFirstCard'));
  if (own['schedule'] === undefined) problems.add(join(path, 'schedule'), 'is missing: free access needs a schedule');
  const schedule = readReference(own['schedule'], join(path, 'schedule'), schedules, 'schedule', problems);
  return schedule === null ? null : { schedule, afterFirstCard };
}

function readTwoPersons(value: unknown, path: string, problems: Problems): TwoPersons | null {
  const own = problems.fields(value, path, ['withinSeconds', 'among']);
  if (own === null) return null;
  const among = own['among'] === undefined ? null : new Set(problems.texts(own['among'], join(path, 'among')));
  if (among !== null && among.size < 2) problems.add(join(path, 'among'), 'names fewer than two persons, so nobody would ever enter');
  return { withinMs: SECOND * problems.number(own['withinSeconds'], join(path, 'withinSeconds'), { min: 1, max: 300, fallback: 15 }), among };
}

function readLockout(value: unknown, path: string, problems: Problems): Lockout | null {
  const own = problems.fields(value, path, ['afterFailures', 'forSeconds', 'withinSeconds']);
  if (own === null) return null;
  return {
    afterFailures: problems.number(own['afterFailures'], join(path, 'afterFailures'), { min: 2, max: 100, fallback: 5 }),
    forMs: SECOND * problems.number(own['forSeconds'], join(path, 'forSeconds'), { min: 1, max: 86_400, fallback: 30 }),
    withinMs: SECOND * problems.number(own['withinSeconds'], join(path, 'withinSeconds'), { min: 1, max: 86_400, fallback: 300 }),
  };
}
