import type { AuditEvent } from './audit-event';
import type { CollectionName, Documents, OperationDocument } from './documents';

/** One document put (inserted or replaced as a whole) or removed. */
export type DocumentWrite = {
  [C in CollectionName]: { collection: C; put: Documents[C] } | { collection: C; remove: string };
}[CollectionName];

/** An entry of the audit trail that is kept together with the documents it tells of, or not at all. */
export interface AuditWrite {
  collection: 'audit';
  event: AuditEvent;
}

export type StoreWrite = DocumentWrite | AuditWrite;

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
  /** Every operation of a user at a site, in the order they were first kept. */
  operationsOf(site: string, userId: string): Readonly<OperationDocument>[];
  /** The operations of a site whose outcome is not known: everything but `confirmed` and `rejected`. */
  openOperations(site: string): Readonly<OperationDocument>[];
  /**
   * A change put with `seq: 0` gets the next number (and its `_id`) here, in the order of the writes.
   * Rejects with STORE_FULL, STORE_CLOSED, … and then nothing of the batch was kept or seen.
   */
  write(batch: readonly StoreWrite[]): Promise<void>;
  /**
   * As `write`; where the batch cannot be kept it holds in memory all the same, until the store is opened anew, and the
   * error is thrown then. For what takes access away, which does not wait for a disk to be mended.
   */
  writeOrHold(batch: readonly StoreWrite[]): Promise<void>;
  /**
   * Tells the audit trail of something that no document tells of: a decision, a door event. It is kept soon after;
   * nobody waits for it, and it never throws.
   */
  record(event: AuditEvent): void;
  /** Runs `work` alone among all work under the same key in this store. Keys are taken one at a time. */
  exclusive<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Highest sequence number of a change so far; 0 when there is none. */
  lastChange(): number;
  /** Called after each write with its batch, in order. Returns the function that ends it. */
  onWrite(listener: (batch: readonly StoreWrite[]) => void): () => void;
}
