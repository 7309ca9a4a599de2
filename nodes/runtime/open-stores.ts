import type { NodeAPI } from 'node-red';
import type { NedbStore } from '../store/nedb-store';

const byRuntime = new WeakMap<object, Set<NedbStore>>();

/** The open stores of a runtime. A reader has no store of its own, yet must know how long card numbers get. */
export function openStores(RED: NodeAPI): Set<NedbStore> {
  const key = RED.events;
  let stores = byRuntime.get(key);
  if (stores === undefined) byRuntime.set(key, (stores = new Set()));
  return stores;
}
