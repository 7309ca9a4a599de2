import { isoTime } from '../credential/clock';
import type { LockdownDocument } from '../credential/documents';
import type { StorePort, StoreWrite } from '../credential/store-port';
import type { DoorOrder } from './decision';

/** What to keep, and what to ask of doors once it is kept. An order for `*` is for every door. */
export interface EmergencyStep {
  writes: StoreWrite[];
  orders: DoorOrder[];
}

/** A lockdown locks, a fire unlocks, and ranks above it. Both last until they are ended, also across a restart. */
export interface EmergencyKind {
  collection: 'lockdowns' | 'fires';
  source: 'lockdown' | 'fire';
  command: 'lock' | 'unlock';
}

export const LOCKDOWN: EmergencyKind = { collection: 'lockdowns', source: 'lockdown', command: 'lock' };
export const FIRE: EmergencyKind = { collection: 'fires', source: 'fire', command: 'unlock' };

type Kept = Pick<StorePort, 'get' | 'all'>;

const ALL_DOORS = '*';

/** True while it holds for this door, by itself or as one of all that was not let out since. */
export function holds({ collection }: EmergencyKind, store: Pick<StorePort, 'get'>, door: string): boolean {
  if (store.get(collection, door) !== undefined) return true;
  const all = store.get(collection, ALL_DOORS);
  return all !== undefined && all.except?.includes(door) !== true;
}

/** Begins it for some doors, or with none named for all. Where it holds already nothing changes, and the doors hear it again. */
export function begin(kind: EmergencyKind, store: Kept, doors: readonly string[], now: number, by = 'flow'): EmergencyStep {
  const ids = doors.length === 0 ? [ALL_DOORS] : doors;
  const writes = ids.flatMap((id): StoreWrite[] => {
    const present = store.get(kind.collection, id);
    if (present !== undefined && (present.except ?? []).length === 0) return [];
    const put: LockdownDocument = { _id: id, since: present?.since ?? isoTime(now), by };
    return [kept(kind, put)];
  });
  return { writes, orders: ids.map((id) => order(kind, id, kind.command, now)) };
}

/** Ends it: for some doors, also out of one for all, whose other doors go on; with none named everywhere. */
export function end(kind: EmergencyKind, store: Kept, doors: readonly string[], now: number): EmergencyStep {
  const { collection } = kind;
  if (doors.length === 0 || doors.includes(ALL_DOORS)) {
    const held = [...store.all(collection)].map(({ _id }) => _id);
    const singles = held.filter((id) => id !== ALL_DOORS);
    return {
      writes: held.map((id) => gone(kind, id)),
      orders: [ALL_DOORS, ...singles].map((id) => order(kind, id, 'release', now)),
    };
  }
  const writes: StoreWrite[] = doors.filter((door) => store.get(collection, door) !== undefined).map((door) => gone(kind, door));
  const all = store.get(collection, ALL_DOORS);
  const out = doors.filter((door) => all !== undefined && all.except?.includes(door) !== true);
  if (all !== undefined && out.length > 0) writes.push(kept(kind, { ...all, except: [...all.except ?? [], ...out] }));
  return { writes, orders: doors.map((door) => order(kind, door, 'release', now)) };
}

/** What holds, as orders: doors hear it again after a restart. Doors let out of one for all hear that after it. */
export function standing(kind: EmergencyKind, store: Kept, now: number): DoorOrder[] {
  const held = [...store.all(kind.collection)];
  const out = held.flatMap(({ except }) => except ?? []).filter((door) => !holds(kind, store, door));
  return [...held.map(({ _id }) => order(kind, _id, kind.command, now)), ...out.map((door) => order(kind, door, 'release', now))];
}

function kept({ collection }: EmergencyKind, put: LockdownDocument): StoreWrite {
  return { collection, put } as StoreWrite;
}

function gone({ collection }: EmergencyKind, id: string): StoreWrite {
  return { collection, remove: id } as StoreWrite;
}

function order({ source }: EmergencyKind, door: string, command: DoorOrder['command'], now: number): DoorOrder {
  return { door, command, source, at: isoTime(now) };
}
