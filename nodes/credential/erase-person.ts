import { McError } from './mc-error';
import { isOpen } from './open-operations';
import type { StorePort, StoreWrite } from './store-port';

/** What takes a person's place where a document has to stay, e.g. because the day's credits are counted by it. */
const ERASED = 'erased';

/**
 * The writes that take everything personal of a user out of the documents of a store, at every site. A person who can
 * still open a door, or of whom something is not settled, is not erased: INPUT_INVALID says what to do first.
 */
export function erasePersonWrites(store: StorePort, userId: string): StoreWrite[] {
  const cards = [...store.all('credentials')].filter((doc) => doc.userId === userId);
  if (cards.some(({ status, provisional }) => status !== 'deleted' && !provisional)) {
    throw new McError('INPUT_INVALID', `User ${userId} still has a credential. Delete it with mc-issue first, then erase the person.`);
  }
  const operations = [...store.all('operations')].filter((doc) => doc.userId === userId);
  if (operations.some(isOpen)) {
    throw new McError('INPUT_INVALID', `An operation of user ${userId} is not settled yet. Wait for it, or use "abandon", then erase the person.`);
  }
  const numbers = new Set(cards.map(({ cardId }) => cardId));
  const writes: StoreWrite[] = cards.map(({ _id }) => ({ collection: 'credentials', remove: _id }));
  for (const operation of operations) {
    const put = { ...operation, userId: ERASED, cardId: ERASED, formerCardId: null };
    delete put.person;
    writes.push({ collection: 'operations', put });
  }
  for (const change of store.all('changes')) {
    if (change.userId !== userId) continue;
    // The newest stays, without the person: the next one's number follows from it.
    if (change.seq === store.lastChange()) writes.push({ collection: 'changes', put: { ...change, userId: ERASED, cardId: ERASED, name: null } });
    else writes.push({ collection: 'changes', remove: change._id });
  }
  for (const entry of store.all('blacklist')) {
    if (entry.userId === userId || (entry.cardId !== null && numbers.has(entry.cardId))) writes.push({ collection: 'blacklist', remove: entry._id });
  }
  for (const { _id, userId: of } of store.all('presence')) if (of === userId) writes.push({ collection: 'presence', remove: _id });
  // A plan that names the person goes as a whole: what it did is in the operations.
  const plans = new Set<string>();
  for (const { plan, rows } of store.all('importRows')) if (rows.some((row) => row.userId === userId || row.cells.includes(userId))) plans.add(plan);
  for (const plan of plans) writes.push({ collection: 'imports', remove: plan });
  for (const { _id, plan } of store.all('importRows')) if (plans.has(plan)) writes.push({ collection: 'importRows', remove: _id });
  return writes;
}
