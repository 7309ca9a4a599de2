import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CollectionName, Documents } from '../credential/documents';
import { McError } from '../credential/mc-error';
import type { StorePort, StoreWrite } from '../credential/store-port';
import { FolderLock } from './folder-lock';
import { Journal } from './journal';
import { KeyedMutex } from './keyed-mutex';
import { nedbQuery } from './nedb-query';
import { expired } from './retention';
import { Tables } from './tables';

const DAY_MS = 86_400_000;
const COMPACT_BATCH = 1000;

export interface OpenOptions {
  /** ID of the node that owns it, for messages. */
  id: string;
  /** How long to wait for a predecessor on the same folder. */
  waitMs?: number;
  retentionDays?: number;
}

/**
 * The embedded store: documents in memory, where doors and nodes read them at once, and a journal on disk that has
 * every acknowledged write. NeDB answers queries in its own language; it is not the witness of anything, because what
 * it acknowledges is not on disk (docs/decisions/0004).
 */
export class NedbStore implements StorePort {
  private readonly mutex = new KeyedMutex();
  private readonly listeners = new Set<(batch: readonly StoreWrite[]) => void>();
  private turn: Promise<void> = Promise.resolve();
  private nextChange: number;
  private closed = false;
  private readonly daily: NodeJS.Timeout;

  private constructor(
    readonly folder: string,
    private readonly lock: FolderLock,
    private readonly journal: Journal,
    private readonly tables: Tables,
    /** A new, empty store beside others': a renamed folder or a changed id looks like this. */
    readonly openedEmptyBesideOthers: boolean,
    private readonly retentionDays: number,
  ) {
    this.nextChange = tables.lastChange + 1;
    this.daily = setInterval(() => { void this.prune().catch(() => undefined); }, DAY_MS);
    this.daily.unref();
  }

  /** Rejects with STORE_LOCKED, STORE_CORRUPT or STORE_FULL. Never starts empty where there was something. */
  static async open(folder: string, options: OpenOptions): Promise<NedbStore> {
    const lock = await FolderLock.take(folder, options.waitMs ?? 0).catch(asStoreError);
    try {
      const fresh = !(await Journal.existsIn(lock.folder));
      const tables = new Tables();
      const journal = await Journal.open(lock.folder, (batch) => { tables.apply(batch as StoreWrite[]); });
      const lonely = fresh && await othersBeside(lock.folder);
      const store = new NedbStore(lock.folder, lock, journal, tables, lonely, options.retentionDays ?? 365);
      await store.prune();
      return store;
    } catch (error) {
      await lock.release();
      return asStoreError(error);
    }
  }

  get<C extends CollectionName>(collection: C, id: string): Readonly<Documents[C]> | undefined {
    return this.tables.of(collection).get(id);
  }

  all<C extends CollectionName>(collection: C): Iterable<Readonly<Documents[C]>> {
    return this.tables.of(collection).values();
  }

  credentialsOf(site: string, userId: string): Readonly<Documents['credentials']>[] {
    return this.tables.ofUser(site, userId);
  }

  credentialsWith(cardId: string): Readonly<Documents['credentials']>[] {
    return this.tables.withCard(cardId);
  }

  async write(batch: readonly StoreWrite[]): Promise<void> {
    if (this.closed) throw closedError();
    if (batch.length === 0) return;
    const kept = batch.map((write) => this.numbered(write));
    const written = this.journal.append(kept);
    // Memory follows in the order of the journal, whatever the order in which the promises are looked at.
    const mine = this.turn.then(async () => {
      await written;
      this.tables.apply(kept);
      for (const listener of this.listeners) listener(kept);
      // A compaction that fails leaves the old file, and the next write tries again.
      if (this.journal.wantsCompaction) await this.journal.compact(this.tables.batches(COMPACT_BATCH)).catch(() => undefined);
    });
    this.turn = mine.catch(() => undefined);
    await mine;
  }

  exclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.mutex.run(key, work);
  }

  lastChange(): number {
    return this.tables.lastChange;
  }

  onWrite(listener: (batch: readonly StoreWrite[]) => void): () => void {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  }

  /** Documents of a collection that a NeDB query finds; INPUT_INVALID for `$where` and unknown operators. */
  query<C extends CollectionName>(collection: C, query: unknown): Promise<Documents[C][]> {
    return nedbQuery(this.tables.of(collection).values(), query);
  }

  /** Lets what is under way end, and gives the folder back. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.daily);
    await this.turn;
    await this.journal.close();
    this.listeners.clear();
    await this.lock.release();
  }

  private numbered(write: StoreWrite): StoreWrite {
    if (write.collection !== 'changes' || !('put' in write) || write.put.seq !== 0) return write;
    const seq = this.nextChange++;
    return { collection: 'changes', put: { ...write.put, seq, _id: String(seq).padStart(12, '0') } };
  }


  private async prune(): Promise<void> {
    const removals = expired(this, this.retentionDays, Date.now());
    if (removals.length > 0) await this.write(removals);
  }
}

function closedError(): McError {
  return new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
}

function asStoreError(error: unknown): never {
  if (error instanceof McError) throw error;
  const code = String((error as { code?: unknown }).code);
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new McError('STORE_FULL', 'The disk of the store is full. Free some space and restart.', { cause: error });
  throw new McError('STORE_CORRUPT', 'The store cannot be opened. Check the folder, its owner and the disk.', { cause: error });
}

async function othersBeside(folder: string): Promise<boolean> {
  const parent = dirname(folder);
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(parent, entry.name);
    if (entry.isDirectory() && path !== folder && await Journal.existsIn(path)) return true;
  }
  return false;
}
