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

/** Locks a door, or all with an empty name, until it is released; also across a restart. Again changes nothing. */
export function lockdown(store: Lockdowns, door: string, now: number, by = 'flow'): LockdownStep {
  const id = door === '' ? ALL_DOORS : door;
  const orders = [order(id, 'lock', now)];
  if (store.get('lockdowns', id) !== undefined) return { writes: [], orders };
  const put: LockdownDocument = { _id: id, since: isoTime(now), by };
  return { writes: [{ collection: 'lockdowns', put }], orders };
}

/**
 * Ends a lockdown. With an empty name every lockdown ends, of all doors and of single ones. One door alone is not let
 * out of a lockdown of all: its own lockdown ends, and the answer is that it stays locked.
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
  const stays = store.get('lockdowns', ALL_DOORS) !== undefined;
  return { writes, orders: [order(door, stays ? 'lock' : 'release', now)] };
}

/** What holds, as orders: doors hear it again after a restart. */
export function lockdownOrders(store: Lockdowns, now: number): DoorOrder[] {
  return [...store.all('lockdowns')].map(({ _id }) => order(_id, 'lock', now));
}

function order(door: string, command: 'lock' | 'release', now: number): DoorOrder {
  return { door, command, source: 'lockdown', at: isoTime(now) };
}
