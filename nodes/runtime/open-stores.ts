import type { NodeAPI } from 'node-red';
import type { AuditEvent } from '../credential/audit-event';
import type { NedbStore } from '../store/nedb-store';

const byRuntime = new WeakMap<object, Set<NedbStore>>();

/** The open stores of a runtime. A reader has no store of its own, yet must know how long card numbers get. */
export function openStores(RED: NodeAPI): Set<NedbStore> {
  const key = RED.events;
  let stores = byRuntime.get(key);
  if (stores === undefined) byRuntime.set(key, (stores = new Set()));
  return stores;
}

/**
 * Tells the audit trail of something that belongs to no store: a door hangs on a line, and who decides about it may use
 * any. Where there are several stores, each is told.
 */
export function recordInStores(RED: NodeAPI, event: AuditEvent): void {
  for (const store of openStores(RED)) store.record(event);
}

const openings = new WeakMap<object, Set<Promise<unknown>>>();

/** Notes a store that is being opened. */
export function noteOpening(RED: NodeAPI, opening: Promise<unknown>): void {
  const known = openings.get(RED.events) ?? new Set();
  openings.set(RED.events, known.add(opening));
  const forget = (): void => { known.delete(opening); };
  opening.then(forget, forget);
}

/** Resolves when every store that is being opened now is open, or has failed. */
export async function storesOpened(RED: NodeAPI): Promise<void> {
  await Promise.allSettled([...openings.get(RED.events) ?? []]);
}
