import { Movement } from '../../access/movement/movement';
import type { StorePort, StoreWrite } from '../../credential/store-port';

/** One for each store, so that the reader for entering and the one for leaving may hang on different nodes. */
const byStore = new WeakMap<StorePort, Movement>();

/** What is known of people and doors, as it was kept in the store and as it went on since. */
export function movementOf(store: StorePort): Movement {
  let movement = byStore.get(store);
  if (movement === undefined) {
    byStore.set(store, (movement = new Movement()));
    movement.load(store.all('presence'), store.all('lockouts'));
    const now = new Date().toISOString();
    const over = [...store.all('lockouts')].filter(({ until }) => until <= now);
    if (over.length > 0) void store.write(over.map(({ _id }): StoreWrite => ({ collection: 'lockouts', remove: _id }))).catch(() => undefined);
  }
  return movement;
}
