import { isoTime } from '../credential/clock';
import type { LockdownDocument } from '../credential/documents';
import type { StorePort, StoreWrite } from '../credential/store-port';
import type { DoorOrder } from './decision';

type Lockdowns = Pick<StorePort, 'get' | 'all'>;

/** What to keep, and what to ask of doors once it is kept. An order for `*` is for every door. */
export interface LockdownStep {
  writes: StoreWrite[];
  orders: DoorOrder[];
}

const ALL_DOORS = '*';

/** True while a lockdown of this door, or of all without it being released since, holds. */
export function isLockedDown(store: Pick<StorePort, 'get'>, door: string): boolean {
  if (store.get('lockdowns', door) !== undefined) return true;
  const all = store.get('lockdowns', ALL_DOORS);
  return all !== undefined && all.except?.includes(door) !== true;
}

/** Locks a door, or all with an empty name, until it is released; also across a restart. Again changes nothing. */
export function lockdown(store: Lockdowns, door: string, now: number, by = 'flow'): LockdownStep {
  const id = door === '' ? ALL_DOORS : door;
  const orders = [order(id, 'lock', now)];
  const present = store.get('lockdowns', id);
  if (present !== undefined && (present.except ?? []).length === 0) return { writes: [], orders };
  const put: LockdownDocument = { _id: id, since: present?.since ?? isoTime(now), by };
  return { writes: [{ collection: 'lockdowns', put }], orders };
}

/**
 * Ends a lockdown: of one door, also out of a lockdown of all, whose other doors stay locked; with an empty name every
 * lockdown there is.
 */
export function releaseLockdown(store: Lockdowns, door: string, now: number): LockdownStep {
  if (door === '' || door === ALL_DOORS) {
    const held = [...store.all('lockdowns')].map(({ _id }) => _id);
    const singles = held.filter((id) => id !== ALL_DOORS);
    return {
      writes: held.map((id) => ({ collection: 'lockdowns', remove: id })),
      orders: [ALL_DOORS, ...singles].map((id) => order(id, 'release', now)),
    };
  }
  const writes: StoreWrite[] = store.get('lockdowns', door) === undefined ? [] : [{ collection: 'lockdowns', remove: door }];
  const all = store.get('lockdowns', ALL_DOORS);
  if (all !== undefined && all.except?.includes(door) !== true) {
    writes.push({ collection: 'lockdowns', put: { ...all, except: [...all.except ?? [], door] } });
  }
  return { writes, orders: [order(door, 'release', now)] };
}

/** What holds, as orders: doors hear it again after a restart. Doors let out of a lockdown of all hear that after it. */
export function lockdownOrders(store: Lockdowns, now: number): DoorOrder[] {
  const held = [...store.all('lockdowns')];
  const out = held.flatMap(({ except }) => except ?? []).filter((door) => !isLockedDown(store, door));
  return [...held.map(({ _id }) => order(_id, 'lock', now)), ...out.map((door) => order(door, 'release', now))];
}

function order(door: string, command: 'lock' | 'release', now: number): DoorOrder {
  return { door, command, source: 'lockdown', at: isoTime(now) };
}
