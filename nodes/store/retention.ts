import { planRemoval } from '../credential/import/import-plan';
import type { StorePort, StoreWrite } from '../credential/store-port';

const DAY_MS = 86_400_000;

/** What is past its retention: reported changes, operations whose outcome is known, plans of imports. Credentials stay. */
export function expired(store: StorePort, retentionDays: number, now: number): StoreWrite[] {
  const before = new Date(now - retentionDays * DAY_MS).toISOString();
  const removals: StoreWrite[] = [];
  // The newest change is kept: the next one's number follows from it.
  for (const { _id, at, seq } of store.all('changes')) {
    if (at < before && seq !== store.lastChange()) removals.push({ collection: 'changes', remove: _id });
  }
  // Who asked has not been told of an outcome that is owed: it keeps a credit from being spent twice.
  for (const { _id, at, state, owed } of store.all('operations')) {
    if (at < before && owed !== true && (state === 'confirmed' || state === 'rejected')) removals.push({ collection: 'operations', remove: _id });
  }
  for (const plan of store.all('imports')) if (plan.at < before) removals.push(...planRemoval(plan));
  return removals;
}
