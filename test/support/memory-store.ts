import type { AuditEvent } from '../../nodes/credential/audit-event';
import { COLLECTIONS, type CollectionName, type Documents } from '../../nodes/credential/documents';
import { isOpen } from '../../nodes/credential/open-operations';
import { McError } from '../../nodes/credential/mc-error';
import type { StorePort, StoreWrite } from '../../nodes/credential/store-port';

type Kept = { [C in CollectionName]: Map<string, Documents[C]> };

/** A store in memory that keeps StorePort's promises: batches whole, visible once kept, one after the other. */
export class MemoryStore implements StorePort {
  /** Batches kept so far. */
  writes = 0;
  /** What the audit trail was told, with writes and without. */
  readonly audit: AuditEvent[];
  /** Set to make the next writes fail with this error, before anything of them is kept. */
  failing: McError | null = null;
  private readonly kept: Kept;
  private readonly locks = new Map<string, Promise<unknown>>();
  private readonly listeners = new Set<(batch: readonly StoreWrite[]) => void>();
  private queue: Promise<unknown> = Promise.resolve();
  private seq = 0;
  private dead = false;

  constructor(from?: MemoryStore) {
    this.kept = Object.fromEntries(COLLECTIONS.map((name) => [name, new Map(from === undefined ? [] : [...from.kept[name] as Map<string, unknown>])])) as unknown as Kept;
    this.seq = from?.seq ?? 0;
    this.audit = from?.audit ?? [];
  }

  /** A new store over the same documents, as after a restart; this one never keeps or answers anything again. */
  restart(): MemoryStore {
    this.dead = true;
    return new MemoryStore(this);
  }

  get<C extends CollectionName>(collection: C, id: string): Readonly<Documents[C]> | undefined {
    return this.map(collection).get(id);
  }

  all<C extends CollectionName>(collection: C): Iterable<Readonly<Documents[C]>> {
    return this.map(collection).values();
  }

  credentialsOf(site: string, userId: string): Readonly<Documents['credentials']>[] {
    return [...this.kept.credentials.values()].filter((doc) => doc.site === site && doc.userId === userId);
  }

  credentialsWith(cardId: string): Readonly<Documents['credentials']>[] {
    return [...this.kept.credentials.values()].filter((doc) => doc.cardId === cardId);
  }

  operationsOf(site: string, userId: string): Readonly<Documents['operations']>[] {
    return [...this.kept.operations.values()].filter((doc) => doc.site === site && doc.userId === userId);
  }

  openOperations(site: string): Readonly<Documents['operations']>[] {
    return [...this.kept.operations.values()].filter((doc) => doc.site === site && isOpen(doc));
  }

  record(event: AuditEvent): void {
    if (!this.dead) this.audit.push(event);
  }

  write(batch: readonly StoreWrite[]): Promise<void> {
    const mine = this.queue.then(async () => {
      // A disk takes a while: whoever does not wait for it sees the old state.
      await Promise.resolve();
      if (this.dead) await new Promise(() => undefined);
      if (this.failing !== null) throw this.failing;
      for (const write of batch) this.apply(write);
      this.writes += 1;
      for (const listener of this.listeners) listener(batch);
    });
    this.queue = mine.catch(() => undefined);
    return mine;
  }

  async writeOrHold(batch: readonly StoreWrite[]): Promise<void> {
    try {
      await this.write(batch);
    } catch (error) {
      for (const write of batch) this.apply(write);
      throw error;
    }
  }

  exclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.locks.get(key) ?? Promise.resolve()).then(work);
    this.locks.set(key, mine.catch(() => undefined));
    return mine;
  }

  lastChange(): number {
    return this.seq;
  }

  onWrite(listener: (batch: readonly StoreWrite[]) => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  private apply(write: StoreWrite): void {
    if (write.collection === 'audit') {
      this.audit.push(write.event);
      return;
    }
    if ('remove' in write) {
      this.map(write.collection).delete(write.remove);
      return;
    }
    if (write.collection === 'changes' && write.put.seq === 0) {
      write.put.seq = ++this.seq;
      write.put._id = String(this.seq).padStart(16, '0');
    }
    this.map(write.collection).set(write.put._id, structuredClone(write.put));
  }

  private map<C extends CollectionName>(collection: C): Map<string, Documents[C]> {
    return this.kept[collection];
  }
}
