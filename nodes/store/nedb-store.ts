import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditEvent } from '../credential/audit-event';
import type { CollectionName, Documents, OperationDocument } from '../credential/documents';
import { isMcError, McError } from '../credential/mc-error';
import type { StorePort, StoreWrite } from '../credential/store-port';
import { FolderLock } from './folder-lock';
import { Journal } from './journal';
import { KeyedMutex } from './keyed-mutex';
import { nedbQuery } from './nedb-query';
import { expired } from './retention';
import { storeError } from './store-error';
import { Tables } from './tables';
import { WriteQueue } from './write-queue';

const DAY_MS = 86_400_000;
/** Documents in one line of a journal that is written anew; between two lines doors have their turn. */
const COMPACT_BATCH = 200;

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
  private readonly queue = new WriteQueue({
    lastChange: () => this.tables.lastChange,
    keep: (batches) => this.keep(batches),
    show: (batch) => { this.show(batch); },
    settled: () => this.compactWhenDue(),
  });
  private closing: Promise<void> | null = null;
  private readonly daily: NodeJS.Timeout;

  private constructor(
    private readonly lock: FolderLock,
    private readonly journal: Journal,
    private readonly tables: Tables,
    /** A new, empty store beside others': a renamed folder or a changed id looks like this. */
    readonly openedEmptyBesideOthers: boolean,
    private readonly retentionDays: number,
  ) {
    this.daily = setInterval(() => { void this.prune(); }, DAY_MS);
    this.daily.unref();
  }

  /** Rejects with STORE_LOCKED, STORE_CORRUPT or STORE_FULL. Never starts empty where there was something. */
  static async open(folder: string, options: OpenOptions): Promise<NedbStore> {
    const lock = await FolderLock.take(folder, options.waitMs ?? 0, options.id).catch((error: unknown) => { throw storeError(error, folder); });
    try {
      const tables = new Tables();
      const journal = await Journal.open(lock.folder, (batch) => { tables.apply(batch as StoreWrite[]); });
      const lonely = tables.count === 0 && await othersBeside(lock.folder);
      const store = new NedbStore(lock, journal, tables, lonely, options.retentionDays ?? 365);
      await store.prune();
      return store;
    } catch (error) {
      await lock.release();
      throw storeError(error, folder);
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

  operationsOf(site: string, userId: string): Readonly<OperationDocument>[] {
    return this.tables.operationsOf(site, userId);
  }

  openOperations(site: string): Readonly<OperationDocument>[] {
    return this.tables.openOperations(site);
  }

  async write(batch: readonly StoreWrite[]): Promise<void> {
    if (this.closing !== null) throw new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
    if (batch.length > 0) await this.queue.write(batch);
  }

  record(event: AuditEvent): void {
    if (this.closing === null) void this.queue.write([{ collection: 'audit', event }]).catch(() => undefined);
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

  /** Lets what is under way end, and gives the folder back. Reads go on answering what was there. */
  close(): Promise<void> {
    this.lock.leave();
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    clearInterval(this.daily);
    try {
      await this.queue.idle();
      await this.journal.close();
    } finally {
      this.listeners.clear();
      await this.lock.release();
    }
  }

  private async keep(batches: readonly string[]): Promise<void> {
    if (this.lock.isLost) {
      throw new McError('STORE_LOCKED', 'Another process took the store\'s folder over while this one stood still. Nothing is written; restart.');
    }
    await this.journal.append(batches);
  }

  private show(batch: readonly StoreWrite[]): void {
    this.tables.apply(batch);
    for (const listener of [...this.listeners]) {
      try {
        listener(batch);
      } catch (error) {
        // The write is kept, whatever a listener makes of it, and the others are told as well.
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
  }

  private async compactWhenDue(): Promise<void> {
    if (!this.journal.wantsCompaction || this.lock.isLost) return;
    const { tables } = this;
    // One that fails leaves the present file; all that is lost is space.
    await this.journal.compact(tables.batches(COMPACT_BATCH), Math.ceil(tables.count / COMPACT_BATCH)).catch(() => undefined);
  }

  /** A store that has no room for it still opens, and tries again the next day. */
  private async prune(): Promise<void> {
    try {
      await this.write(expired(this, this.retentionDays, Date.now()));
    } catch (error) {
      if (!isMcError(error)) throw error;
    }
  }
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
