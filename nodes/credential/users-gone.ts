import { removalWrites } from './merge-row';
import { inBooks } from './site-books';
import type { Clock } from './clock';
import type { StorePort } from './store-port';

/** The site has deleted these users with their cards: none of them opens a door any more. Returns the cards that ended. */
export async function usersGone(store: StorePort, siteId: string, userIds: readonly string[], clock: Clock): Promise<string[]> {
  const ended: string[] = [];
  for (const userId of userIds) {
    await inBooks(store, siteId, async () => {
      const live = store.credentialsOf(siteId, userId).filter(({ provisional, status }) => !provisional && status !== 'deleted');
      const writes = live.flatMap((doc) => removalWrites({ ...doc, touchedAt: clock.now() }, clock.now()));
      if (writes.length > 0) await store.write(writes);
      ended.push(...live.map(({ cardId }) => cardId));
    });
  }
  return ended;
}
