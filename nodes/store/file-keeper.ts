import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEvent, AuditRow } from '../credential/audit-event';
import { McError } from '../credential/mc-error';
import type { AuditFilter } from './audit/audit-filter';
import type { AuditVerdict } from './audit/audit-trail';
import { AuditFeed } from './audit-feed';
import type { Journal } from './journal';
import type { AuditAnchor } from './journal-entry';
import { formerPath, journalFiles } from './journal-files';
import type { LoadStream } from './load-stream';
import { AUDIT_FOLDER, openJournal } from './open-journal';
import { type PlainError, plainError, revivedError } from './thread-call';

export interface FileOpening {
  folder: string;
  retentionDays: number;
}

/** How the files do: `problem` = nothing can be written, `audit` = the audit trail cannot; each null where all is well. */
export interface FileHealth {
  problem: PlainError | null;
  audit: PlainError | null;
  /** Size of the journal. */
  bytes: number;
}

/** What the store's thread is asked, and what it answers. */
export interface FileCalls {
  open: { input: FileOpening; answer: FileHealth };
  append: { input: readonly string[]; answer: number };
  record: { input: readonly AuditEvent[]; answer: null };
  rewrite: { input: null; answer: null };
  query: { input: AuditFilter; answer: AuditRow[] };
  export: { input: { filter: AuditFilter; format: 'csv' | 'jsonl' }; answer: string };
  verify: { input: AuditAnchor | null; answer: AuditVerdict };
  erase: { input: string; answer: { erased: number } };
  close: { input: null; answer: null };
}

/** Keeps the files of one store, in its thread: the journal of its documents, and the audit trail that goes with it. */
export class FileKeeper {
  private journal: Journal | null = null;
  private feed: AuditFeed | null = null;
  private problem: PlainError | null = null;
  private folder = '';
  private compacting: Promise<void> | null = null;

  constructor(private readonly load: LoadStream, private readonly tell: (health: FileHealth) => void) {}

  answer(call: string, input: unknown): Promise<unknown> {
    switch (call as keyof FileCalls) {
      case 'open': return this.open(input as FileOpening);
      case 'append': return this.append(input as string[]);
      case 'record': return this.record(input as AuditEvent[]);
      case 'rewrite': return this.rewrite();
      case 'query': return this.audit((feed) => feed.query(input as AuditFilter));
      case 'export': return this.audit((feed) => feed.export(input as FileCalls['export']['input']));
      case 'verify': return this.audit((feed) => feed.verify(input as AuditAnchor | null));
      case 'erase': return this.audit((feed) => feed.erase(input as string));
      case 'close': return this.close();
    }
  }

  private async open({ folder, retentionDays }: FileOpening): Promise<FileHealth> {
    this.folder = folder;
    this.feed = new AuditFeed(join(folder, AUDIT_FOLDER), retentionDays, () => { this.tell(this.health); });
    const { feed, load } = this;
    await feed.readMark();
    const { journal, problem } = await openJournal(folder, {
      line: (json) => {
        feed.seeLine(json);
        return load.line(json);
      },
      restart: () => {
        feed.restart();
        load.restart();
      },
    });
    this.journal = journal;
    this.problem = problem === null ? null : plainError(problem);
    await load.end();
    await feed.start(journal?.startAnchor ?? null);
    return this.health;
  }

  private get health(): FileHealth {
    const audit = this.feed?.trouble ?? null;
    return { problem: this.problem, audit: audit === null ? null : plainError(audit), bytes: this.journal?.size ?? 0 };
  }

  private async append(batches: readonly string[]): Promise<number> {
    const { journal, feed } = this.writable();
    const last = await journal.append(batches, feed.anchor).catch((error: unknown) => {
      if (journal.failure !== null) this.spoil(journal.failure);
      throw error;
    });
    batches.forEach((batch, index) => { feed.pushBatch(batch, last - batches.length + 1 + index); });
    if (journal.wantsCompaction) void this.compact().catch(() => undefined);
    return journal.size;
  }

  private record(events: readonly AuditEvent[]): Promise<null> {
    // Told of a read-only store as well: it is the journal that cannot be trusted.
    this.feed?.push(events, null);
    return Promise.resolve(null);
  }

  /** One at a time; one that fails leaves the present file, and all that is lost is space. */
  private compact(): Promise<void> {
    const { journal, feed } = this.writable();
    this.compacting ??= journal.compact(() => feed.anchor, () => feed.flush()).finally(() => { this.compacting = null; });
    return this.compacting;
  }

  /** Leaves nothing on the disk of what was overwritten or removed. */
  private async rewrite(): Promise<null> {
    await this.compacting?.catch(() => undefined);
    await this.compact();
    const { former } = await journalFiles(this.folder);
    await Promise.all(former.map((generation) => rm(formerPath(this.folder, generation), { force: true })));
    return null;
  }

  private audit<T>(work: (feed: AuditFeed) => Promise<T>): Promise<T> {
    return this.feed === null ? Promise.reject(closed()) : work(this.feed);
  }

  private async close(): Promise<null> {
    const { journal, feed } = this;
    const wasSound = this.problem === null;
    this.problem ??= plainError(closed());
    await this.compacting?.catch(() => undefined);
    await feed?.close();
    if (wasSound && journal !== null && feed?.anchor != null) await keepAnchor(journal, feed.anchor);
    await journal?.close();
    return null;
  }

  private writable(): { journal: Journal; feed: AuditFeed } {
    if (this.problem !== null) throw revivedError(this.problem);
    if (this.journal === null || this.feed === null) throw closed();
    return { journal: this.journal, feed: this.feed };
  }

  /** What the journal holds is not known any more: nothing may be added to it. */
  private spoil(error: McError): void {
    this.problem ??= plainError(error);
    this.tell(this.health);
  }
}

/** Where the trail ended when the store was closed: a trail that is shorter, or another one, was tampered with. */
async function keepAnchor(journal: Journal, anchor: AuditAnchor): Promise<void> {
  if (journal.lastAnchor?.hash === anchor.hash) return;
  // A disk that is full now leaves the anchor of the last write.
  await journal.append(['[]'], anchor).catch(() => undefined);
}

function closed(): McError {
  return new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
}
