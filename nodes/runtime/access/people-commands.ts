import type { Movement } from '../../access/movement/movement';
import type { Rules } from '../../access/rules/rules';
import { isoTime } from '../../credential/clock';
import { fieldsOf, optionalUserId } from '../../credential/input-fields';
import { McError } from '../../credential/mc-error';
import type { StorePort, StoreWrite } from '../../credential/store-port';

/** Who is inside an area: a row of the answer of `presence`. */
export interface AreaPresence {
  area: string;
  count: number;
  limit: number | null;
  persons: { userId: string; name: string | null; site: string; since: string; door: string }[];
}

/** Who is where, by area: `{ area? }`, empty for all. */
export function presenceOf(payload: unknown, rules: Rules, movement: Movement, store: StorePort): AreaPresence[] {
  const { area: wanted } = readWhich(payload);
  if (wanted !== undefined && !rules.areas.has(wanted)) throw unknownArea(wanted, rules);
  const areas = [...rules.areas.values()].filter(({ name }) => wanted === undefined || name === wanted);
  return areas.map((area) => {
    const persons = movement.presence.inside(area, Date.now(), rules.timeZone)
      .map(({ userId, site, at, door }) => ({ userId, name: nameOf(store, site, userId), site, since: at, door }));
    return { area: area.name, count: persons.length, limit: area.occupancyLimit, persons };
  });
}

/** Forgets what is known of a person, an area, or both: `{ userId?, area? }`, or `{ all: true }`. */
export async function resetPeople(payload: unknown, movement: Movement, store: StorePort, by: string): Promise<{ reset: { area: string; userId: string }[] }> {
  const which = readWhich(payload);
  if (which.userId === undefined && which.area === undefined && !which.all) {
    throw new McError('INPUT_INVALID', 'Say in the payload whom to reset: { "userId": … }, { "area": … }, both, or { "all": true }.');
  }
  const { gone, writes } = movement.reset({ ...which.userId === undefined ? {} : { userId: which.userId }, ...which.area === undefined ? {} : { area: which.area } });
  const told: StoreWrite = {
    collection: 'audit',
    event: { kind: 'reset', at: isoTime(Date.now()), userId: which.userId ?? null, cardId: null, door: null, outcome: 'reset', by, detail: { area: which.area ?? '*', count: gone.length } },
  };
  await store.writeOrHold([...writes, told]);
  return { reset: gone.map(({ area, userId }) => ({ area, userId })) };
}

interface Which {
  userId?: string;
  area?: string;
  all: boolean;
}

function readWhich(payload: unknown): Which {
  if (payload === undefined || payload === null || payload === '') return { all: false };
  const fields = fieldsOf(payload, 'an object with "userId", "area", or both');
  const userId = optionalUserId(fields);
  const { area, all } = fields;
  if (area !== undefined && area !== null && typeof area !== 'string') throw new McError('INPUT_INVALID', '"area" must be the name of an area.');
  return { ...userId === null ? {} : { userId }, ...typeof area === 'string' && area.trim() !== '' ? { area: area.trim() } : {}, all: all === true };
}

function nameOf(store: StorePort, site: string, userId: string): string | null {
  return store.credentialsOf(site, userId).find(({ name }) => name !== null)?.name ?? null;
}

function unknownArea(area: string, { areas }: Rules): McError {
  return new McError('INPUT_INVALID', `The rules have no area "${area}"${areas.size === 0 ? ' (and no other)' : `; there are ${[...areas.keys()].join(', ')}`}.`);
}
