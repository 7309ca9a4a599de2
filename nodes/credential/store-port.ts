import type { CollectionName, Documents } from './documents';

/** One document put (inserted or replaced as a whole) or removed. */
export type StoreWrite = {
  [C in CollectionName]: { collection: C; put: Documents[C] } | { collection: C; remove: string };
}[CollectionName];

/**
 * The store as the domain sees it. Reads are synchronous, from memory; a write resolves when it is kept, and only
 * then do readers and doors see it, the whole batch at once. Documents handed out are never mutated: put a copy.
 */
export interface StorePort {
  get<C extends CollectionName>(collection: C, id: string): Readonly<Documents[C]> | undefined;
  all<C extends CollectionName>(collection: C): Iterable<Readonly<Documents[C]>>;
  /** Every credential of a user at a site, live or not. */
  credentialsOf(site: string, userId: string): Readonly<Documents['credentials']>[];
  /** Every credential with this card number, at any site. */
  credentialsWith(cardId: string): Readonly<Documents['credentials']>[];
  /**
   * A change put with `seq: 0` gets the next number (and its `_id`) here, in the order of the writes.
   * Rejects with STORE_FULL, STORE_CLOSED, … and then nothing of the batch was kept or seen.
   */
  write(batch: readonly StoreWrite[]): Promise<void>;
  /** Runs `work` alone among all work under the same key in this store. Keys are taken one at a time. */
  exclusive<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Highest sequence number of a change so far; 0 when there is none. */
  lastChange(): number;
  /** Called after each write with its batch, in order. Returns the function that ends it. */
  onWrite(listener: (batch: readonly StoreWrite[]) => void): () => void;
}
