import type { Clock } from './clock';
import { isUnderWay } from './open-operations';
import { openWrites } from './operation-outcome';
import type { StorePort } from './store-port';

/**
 * To be called when a store was opened: an operation that is still `sending` in it was cut off by the end of its
 * process, so nobody knows whether the site acted. It becomes `unknown` and waits for a list. Returns how many.
 */
export async function recoverOperations(store: StorePort, clock: Clock): Promise<number> {
  const cutOff = [...store.all('operations')].filter(({ _id, state }) => (state === 'sending' || state === 'new') && !isUnderWay(store, _id));
  // One by one: two of them may have left their mark on the same record.
  for (const operation of cutOff) {
    await store.write(openWrites(store, operation, clock.now(), { state: 'unknown', lastError: 'OUTCOME_UNKNOWN', by: 'outbox' }));
  }
  return cutOff.length;
}
