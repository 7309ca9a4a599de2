import type { Problems } from './problems';
import type { InSlices } from './in-slices';
import { passageKey, type Rules } from './rules';

/** Rules that cannot hold together: a door that stands open lets in whom another rule wants to see or to count. */
export function* noteContradictions({ doors, everyDoor, interlocks, passages }: Rules, problems: Problems): InSlices<void> {
  if (everyDoor.freeAccess !== null && everyDoor.twoPersons !== null) problems.add('doors.*.freeAccess', TWO_PERSONS);
  for (const [door, { freeAccess, twoPersons }] of doors) {
    if (freeAccess === null) continue;
    const path = `doors.${door}.freeAccess`;
    if (twoPersons !== null) problems.add(path, TWO_PERSONS);
    if (interlocks.has(door)) problems.add(path, 'the door is interlocked, and would keep the others shut');
    const area = passages.get(passageKey(door, 'in'))?.enters ?? passages.get(passageKey(door, 'out'))?.enters ?? null;
    const mode = area?.antiPassback?.mode;
    if (area !== null && (area.occupancyLimit !== null || mode === 'hard' || mode === 'timed')) {
      problems.add(path, `the door enters the area "${area.name}", whose people are counted, and nobody is counted at an open door`);
    }
    yield;
  }
}

const TWO_PERSONS = 'the door needs two persons, and lets anybody in while it is unlocked';
