import { join, type Problems } from './problems';
import type { InSlices } from './in-slices';
import type { DoorRules, Interlock } from './rules';

type Doors = ReadonlyMap<string, DoorRules>;

/** Door groups: `{ "<name>": ["<door>", …] }`. */
export function* readGroups(value: unknown, doors: Doors, problems: Problems): InSlices<Map<string, ReadonlySet<string>>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const [name, members] of Object.entries(problems.fields(value, 'groups', null) ?? {})) {
    const path = join('groups', name);
    if (doors.has(name)) problems.add(path, 'is called like a door: nobody could tell which is meant');
    found.set(name, new Set(readDoorNames(members, path, doors, problems)));
    yield;
  }
  return found;
}

/** Doors of which only one may be open: `[{ "doors": ["<door>", "<door>"], "seconds": 10 }]`. */
export function* readInterlocks(value: unknown, doors: Doors, problems: Problems): InSlices<Map<string, Interlock[]>> {
  const found = new Map<string, Interlock[]>();
  for (const [index, entry] of problems.list(value, 'interlocks', 'interlocks').entries()) {
    const path = `interlocks[${index}]`;
    const own = problems.fields(entry, path, ['doors', 'seconds']);
    if (own === null) continue;
    const names = readDoorNames(own['doors'], join(path, 'doors'), doors, problems);
    if (new Set(names).size < 2) problems.add(join(path, 'doors'), 'needs two doors at least');
    const forMs = 1000 * problems.number(own['seconds'], join(path, 'seconds'), { min: 1, max: 600, fallback: 10 });
    for (const name of names) found.set(name, [...found.get(name) ?? [], { others: names.filter((other) => other !== name), forMs }]);
    yield;
  }
  return found;
}

/** Names of doors that the document declares, each once. */
export function readDoorNames(value: unknown, path: string, doors: Doors, problems: Problems): string[] {
  const names = problems.texts(value, path);
  if (names.length === 0) problems.add(path, 'has no door');
  for (const [index, name] of names.entries()) {
    checkDoor(name, `${path}[${index}]`, doors, problems);
    if (names.indexOf(name) !== index) problems.add(`${path}[${index}]`, `"${name}" is there twice`);
  }
  return names;
}

export function checkDoor(name: string, path: string, doors: Doors, problems: Problems): void {
  if (!doors.has(name)) problems.add(path, `there is no door "${name}" in "doors"`);
}
