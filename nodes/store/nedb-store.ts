import { readdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditEvent } from '../credential/audit-event';
import type { CollectionName, Documents, OperationDocument } from '../credential/documents';
import { isMcError, McError } from '../credential/mc-error';
import type { StorePort, StoreWrite } from '../credential/store-port';
import { FolderLock } from './folder-lock';
import type { FileCalls, FileHealth } from './file-keeper';
import { writesOf } from './journal-entry';
import { holdsJournal } from './journal-files';
import { KeyedMutex } from './keyed-mutex';
import { nedbQuery } from './nedb-query';
import { expired } from './retention';
import { storeError } from './store-error';
import { StoreFiles } from './store-files';
import { Tables } from './tables';
import { revivedError } from './thread-call';
import { WriteQueue } from './write-queue';

const DAY_MS = 86_400_000;
/** How long events of the audit trail are gathered before they go to the store's thread together. */
const RECORD_MS = 50;
/** Events that wait for that at most. */
const MOST_RECORDS = 20_000;
const PRUNE_BATCH = 500;
/** Free space that bulk work leaves, beside twice the store (peers-store-security 2.7). */
const SPARE_BYTES = 50 * 1024 * 1024;

export interface OpenOptions {
  /** ID of the node that owns it, for messages. */
  id: string;
  /** How long to wait for a predecessor on the same folder. */
  waitMs?: number;
  retentionDays?: number;
}

/** What a person should know of a store: each null where all is well. */
export interface StoreHealth {
  /** Nothing is kept any more, or the last write could not be. STORE_CORRUPT or STORE_FULL. */
  problem: McError | null;
  /** The audit trail is not written. */
  audit: McError | null;
}

/**
 * The embedded store: documents in memory, where doors and nodes read them at once, and a journal on disk that has
 * every acknowledged write, kept by a thread of its own. NeDB answers queries in its own language; it is not the
 * witness of anything, because what it acknowledges is not on disk (docs/decisions/0004).
 */
export class NedbStore implements StorePort {
  private readonly mutex = new KeyedMutex();
  private readonly listeners = new Set<(batch: readonly StoreWrite[]) => void>();
  private readonly followers = new Set<() => void>();
  private readonly queue = new WriteQueue({
    lastChange: () => this.tables.lastChange,
    keep: (batches) => this.keep(batches),
    show: (batch) => { this.show(batch); },
  });
  private closing: Promise<void> | null = null;
  private records: AuditEvent[] = [];
  private lostRecords = 0;
  private recordTimer: NodeJS.Timeout | undefined;
  private full: McError | null = null;
  private readonly daily: NodeJS.Timeout;

  private constructor(
    private readonly lock: FolderLock,
    private readonly files: StoreFiles,
    private readonly tables: Tables,
    private fileHealth: FileHealth,
    /** A new, empty store beside others': a renamed folder or a changed id looks like this. */
    readonly openedEmptyBesideOthers: boolean,
    private readonly retentionDays: number,
  ) {
    this.daily = setInterval(() => { void this.prune(); }, DAY_MS);
    this.daily.unref();
  }

  /**
   * Rejects with STORE_LOCKED, STORE_CORRUPT or STORE_FULL. Never starts empty where there was something: a journal
   * that is damaged opens read-only (`readOnly`), with what of it can be read.
   */
  static async open(folder: string, options: OpenOptions): Promise<NedbStore> {
    const lock = await FolderLock.take(folder, options.waitMs ?? 0, options.id).catch((error: unknown) => { throw storeError(error, folder); });
    const retentionDays = options.retentionDays ?? 365;
    const tables = new Tables();
    let store: NedbStore | null = null;
    try {
      const { files, health } = await StoreFiles.open({ folder: lock.folder, retentionDays }, {
        line: (json) => { tables.apply(writesOf(json)); },
        restart: () => { tables.clear(); },
        health: (now) => { store?.noteHealth(now); },
      });
      const lonely = tables.count === 0 && await othersBeside(lock.folder);
      store = new NedbStore(lock, files, tables, health, lonely, retentionDays);
      await store.prune();
      return store;
    } catch (error) {
      await lock.release();
      throw storeError(error, folder);
    }
  }

  /** Why nothing can be written, or null. Reads answer the last good state, which grows older. */
  get readOnly(): McError | null {
    return this.fileHealth.problem === null ? null : revivedError(this.fileHealth.problem);
  }

  get health(): StoreHealth {
    const { audit } = this.fileHealth;
    return { problem: this.readOnly ?? this.full, audit: audit === null ? null : revivedError(audit) };
  }

  /** Called whenever `health` has changed. Returns the end of it. */
  onHealth(listener: () => void): () => void {
    this.followers.add(listener);
    return () => { this.followers.delete(listener); };
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

  /**
   * As `write`, but where the documents cannot be kept they hold in memory all the same, until the store is opened
   * anew, and the error is thrown then: for what takes access away, which must not wait for a disk to be mended.
   */
  async writeOrHold(batch: readonly StoreWrite[]): Promise<void> {
    try {
      await this.write(batch);
    } catch (error) {
      if (this.closing === null) this.show(structuredClone(batch));
      throw error;
    }
  }

  record(event: AuditEvent): void {
    if (this.closing !== null) return;
    if (this.records.length >= MOST_RECORDS) {
      this.records.shift();
      this.lostRecords += 1;
    }
    this.records.push(event);
    this.recordTimer ??= setTimeout(() => { void this.sendRecords(); }, RECORD_MS).unref();
  }

  /** The audit trail: everything told to it before is in the answer. */
  async ask<C extends 'query' | 'export' | 'verify' | 'erase'>(call: C, input: FileCalls[C]['input']): Promise<FileCalls[C]['answer']> {
    await this.queue.idle();
    await this.sendRecords();
    return this.files.ask(call, input);
  }

  /** Leaves nothing on the disk of what was overwritten or removed. */
  async rewrite(): Promise<void> {
    await this.queue.idle();
    await this.files.ask('rewrite', null);
  }

  /** Rejects with STORE_FULL where bulk work of so many bytes could fill the disk on which the doors' store lives. */
  async ensureRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.lock.folder);
    const needed = 2 * (this.fileHealth.bytes + bytes) + SPARE_BYTES;
    if (bavail * bsize >= needed) return;
    throw new McError('STORE_FULL', `The disk of the store has ${megabytes(bavail * bsize)} MB left, and this work needs ${megabytes(needed)} MB to be safe. Free some space; nothing was done.`);
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
    clearTimeout(this.recordTimer);
    try {
      await this.queue.idle();
      await this.sendRecords();
      await this.files.close();
    } finally {
      this.listeners.clear();
      this.followers.clear();
      await this.lock.release();
    }
  }

  private async keep(batches: readonly string[]): Promise<void> {
    if (this.lock.isLost) {
      throw new McError('STORE_LOCKED', 'Another process took the store\'s folder over while this one stood still. Nothing is written; restart.');
    }
    // What was recorded before comes before in the trail.
    void this.sendRecords();
    try {
      this.fileHealth.bytes = await this.files.ask('append', batches);
      this.noteFull(null);
    } catch (error) {
      if (isMcError(error, 'STORE_FULL', 'STORE_LOCKED')) this.noteFull(error);
      throw error;
    }
  }

  private async sendRecords(): Promise<void> {
    clearTimeout(this.recordTimer);
    this.recordTimer = undefined;
    const events = this.records;
    this.records = [];
    if (this.lostRecords > 0) events.unshift(lostEvent(this.lostRecords, events[0]?.at ?? ''));
    this.lostRecords = 0;
    // A thread that is gone has said so itself.
    if (events.length > 0) await this.files.ask('record', events).catch(() => undefined);
  }

  private noteHealth(health: FileHealth): void {
    this.fileHealth = health;
    this.tell();
  }

  private noteFull(error: McError | null): void {
    const changed = (this.full === null) !== (error === null);
    this.full = error;
    if (changed) this.tell();
  }

  private tell(): void {
    for (const listener of [...this.followers]) listener();
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

  /** A store that has no room for it still opens, and tries again the next day. */
  private async prune(): Promise<void> {
    if (this.readOnly !== null) return;
    try {
      const writes = expired(this, this.retentionDays, Date.now());
      // In pieces: a year's changes in one batch would hold up the doors.
      for (let from = 0; from < writes.length; from += PRUNE_BATCH) await this.write(writes.slice(from, from + PRUNE_BATCH));
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
    if (entry.isDirectory() && path !== folder && await holdsJournal(path)) return true;
  }
  return false;
}

/** What was too much to be told is told as a number: a gap in the trail is never silent. */
function lostEvent(count: number, at: string): AuditEvent {
  return { kind: 'lost', at, userId: null, cardId: null, door: null, outcome: 'lost', by: 'store', detail: { count } };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / (1024 * 1024));
}
