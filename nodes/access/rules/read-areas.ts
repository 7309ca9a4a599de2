import { join, type Problems } from './problems';
import { checkDoor } from './read-groups';
import type { InSlices } from './in-slices';
import { readMinute } from './read-schedules';
import { type AntiPassback, type Area, type Direction, type DoorRules, type Passage, passageKey } from './rules';

type Doors = ReadonlyMap<string, DoorRules>;

const MINUTE = 60_000;
const MOST_MINUTES = 10_080;

interface Areas {
  areas: Map<string, Area>;
  passages: Map<string, Passage>;
}

/** Areas with their readers, and for each reader where it leads. */
export function* readAreas(value: unknown, doors: Doors, problems: Problems): InSlices<Areas> {
  const areas = new Map<string, Area>();
  const passages = new Map<string, Passage>();
  for (const [name, entry] of Object.entries(problems.fields(value, 'areas', null) ?? {})) {
    const path = join('areas', name);
    const own = problems.fields(entry, path, ['entries', 'exits', 'antiPassback', 'occupancyLimit', 'resetAt']);
    if (own === null) continue;
    const area: Area = {
      name,
      antiPassback: own['antiPassback'] === undefined ? null : readAntiPassback(own['antiPassback'], join(path, 'antiPassback'), problems),
      occupancyLimit: problems.number(own['occupancyLimit'], join(path, 'occupancyLimit'), { min: 1, max: 1_000_000, fallback: null }),
      resetAt: problems.texts(own['resetAt'], join(path, 'resetAt')).map((text) => readMinute(text, join(path, 'resetAt'), problems)),
    };
    areas.set(name, area);
    const entries = readReaders(own['entries'], join(path, 'entries'), 'in', doors, problems);
    const exits = readReaders(own['exits'], join(path, 'exits'), 'out', doors, problems);
    if (entries.length === 0) problems.add(join(path, 'entries'), 'has no reader, so nobody would ever be inside');
    if (exits.length === 0 && area.antiPassback?.mode !== 'timed') problems.add(join(path, 'exits'), 'has no reader: nobody can leave this area. Name one, or use the mode "timed"');
    for (const key of entries) enter(passages, key, area, join(path, 'entries'), problems);
    for (const key of exits) leave(passages, key, area, join(path, 'exits'), problems);
    yield;
  }
  return { areas, passages };
}

function readAntiPassback(value: unknown, path: string, problems: Problems): AntiPassback | null {
  const own = problems.fields(value, path, ['mode', 'forgetAfterMinutes', 'leaving']);
  if (own === null) return null;
  const minutes = problems.number(own['forgetAfterMinutes'], join(path, 'forgetAfterMinutes'), { min: 1, max: MOST_MINUTES, fallback: null });
  if (own['mode'] === undefined) problems.add(join(path, 'mode'), 'is missing: soft, hard or timed');
  const mode = problems.choice(own['mode'], join(path, 'mode'), ['soft', 'hard', 'timed']);
  if (mode === 'timed' && own['forgetAfterMinutes'] === undefined) problems.add(join(path, 'forgetAfterMinutes'), 'is missing: the mode "timed" needs it');
  return { mode, forgetMs: minutes === null ? null : minutes * MINUTE, leaving: problems.choice(own['leaving'], join(path, 'leaving'), ['allow', 'check']) };
}

/** Keys of readers: a door's name in its usual direction, or `{ door, direction }`. */
function readReaders(value: unknown, path: string, usual: Direction, doors: Doors, problems: Problems): string[] {
  return problems.list(value, path, 'doors').flatMap((entry, index) => {
    const at = `${path}[${index}]`;
    const own = typeof entry === 'string' ? { door: entry.trim() } : problems.fields(entry, at, ['door', 'direction']);
    if (own === null) return [];
    const { door, direction } = own as Record<string, unknown>;
    if (typeof door !== 'string') {
      problems.add(at, 'needs the name of a door');
      return [];
    }
    checkDoor(door, at, doors, problems);
    return [passageKey(door, direction === undefined ? usual : problems.choice(direction, join(at, 'direction'), ['in', 'out']))];
  });
}

function enter(passages: Map<string, Passage>, key: string, area: Area, path: string, problems: Problems): void {
  const there = passages.get(key) ?? { enters: null, leaves: [] };
  if (there.enters !== null) problems.add(path, `${inWords(key)} enters ${there.enters === area ? 'it twice' : `the area "${there.enters.name}", too`}`);
  else if (there.leaves.includes(area)) problems.add(path, `${inWords(key)} leaves this area, too`);
  passages.set(key, { ...there, enters: area });
}

function leave(passages: Map<string, Passage>, key: string, area: Area, path: string, problems: Problems): void {
  const there = passages.get(key) ?? { enters: null, leaves: [] };
  if (there.leaves.includes(area)) problems.add(path, `${inWords(key)} is there twice`);
  else if (there.enters === area) problems.add(path, `${inWords(key)} enters this area, too`);
  passages.set(key, { ...there, leaves: [...there.leaves, area] });
}

function inWords(key: string): string {
  return `the reader "${key.startsWith('>') ? 'in' : 'out'}" of door "${key.slice(1)}"`;
}
