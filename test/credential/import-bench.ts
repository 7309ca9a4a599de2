import { createHash } from 'node:crypto';
import { Desk } from '../../nodes/credential/desk';
import { type CommitOptions, commitPlan, type ImportReport } from '../../nodes/credential/import/import-commit';
import type { Conflict } from '../../nodes/credential/import/import-document';
import { type ImportPlan, type ImportPorts, makePlan } from '../../nodes/credential/import/import-plan';
import { recoverOperations } from '../../nodes/credential/recover-operations';
import { MemoryStore } from '../support/memory-store';
import { FakeSite, seeded, VirtualClock } from './fake-site';

/** Imports on a fake site with books, and a store that can be started anew. */
export class ImportBench {
  readonly clock = new VirtualClock();
  readonly site: FakeSite;
  store = new MemoryStore();
  private readonly random = seeded(3);

  constructor(credits = 100) {
    this.site = new FakeSite(this.clock, credits);
  }

  plan(rows: readonly Record<string, unknown>[], conflict: Conflict = 'preserve', mapping: Record<string, string> = {}): Promise<ImportPlan> {
    const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const table = { headers, rows: rows.map((row) => headers.map((name) => row[name] ?? '')) };
    return makePlan(this.ports(), table, { mapping, fromNode: false, conflict });
  }

  commit(hash: string, options: Partial<CommitOptions> = {}): Promise<ImportReport> {
    const run = new Desk(this.site, this.store, { clock: this.clock, random: this.random }).run(options.concurrency ?? 3);
    return commitPlan(this.ports(), run, hash, {
      confirmReissues: false, limitToCredits: false, concurrency: 3, onProgress: () => undefined, stopped: () => false, ...options,
    });
  }

  async restart(): Promise<void> {
    this.store = this.store.restart();
    await recoverOperations(this.store, this.clock);
  }

  private ports(): ImportPorts {
    return {
      site: this.site, store: this.store, clock: this.clock, pause: () => Promise.resolve(), ensureRoom: () => Promise.resolve(),
      digest: () => {
        const hash = createHash('sha256');
        return { update: (text) => { hash.update(text); }, end: () => hash.digest('hex') };
      },
    };
  }
}

/** A row as a file of BioStar's has it. */
export function fileRow(id: string | number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { user_id: String(id), name: `User ${id}`, email: `u${id}@plant.example`, ...more };
}
