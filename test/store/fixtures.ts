import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { COLLECTIONS } from '../../nodes/credential/documents';
import { type ErrorCode, isMcError } from '../../nodes/credential/mc-error';
import type { StoreWrite } from '../../nodes/credential/store-port';
import { NedbStore } from '../../nodes/store/nedb-store';

/** Folders and stores of one test, gone after it. */
export class Bench {
  private readonly folders: string[] = [];
  private readonly stores: NedbStore[] = [];
  private readonly children: ChildProcess[] = [];

  async folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'mc-store-'));
    this.folders.push(path);
    return path;
  }

  async open(folder: string, options: { waitMs?: number; retentionDays?: number } = {}): Promise<NedbStore> {
    const store = await NedbStore.open(folder, { id: 'test', ...options });
    this.stores.push(store);
    return store;
  }

  /** A process of its own, with what it has printed so far, line by line. */
  child(folder: string, mode: string): { process: ChildProcess; lines: string[]; said: (line: string) => Promise<void> } {
    const script = join(__dirname, `writer-child${extname(__filename)}`);
    const loader = extname(__filename) === '.ts' ? ['--require', 'tsx'] : [];
    const process_ = spawn(process.execPath, [...loader, script, folder, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.children.push(process_);
    const lines: string[] = [];
    let rest = '';
    process_.stdout.on('data', (data: Buffer) => {
      const parts = (rest + data.toString()).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
    const said = async (line: string): Promise<void> => {
      while (!lines.includes(line)) {
        assert.ok(process_.exitCode === null, `the child ended: ${lines.join(' ')}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    return { process: process_, lines, said };
  }

  async clear(): Promise<void> {
    for (const child of this.children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await Promise.all(this.stores.map((store) => store.close().catch(() => undefined)));
    await Promise.all(this.folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** Three documents that belong together; the long one makes the journal grow fast. */
export function batchOf(number: number): StoreWrite[] {
  return [
    { collection: 'cursors', put: { _id: `a${number}`, seq: number } },
    { collection: 'lockdowns', put: { _id: `door${number % 20}`, since: String(number), by: 'x'.repeat(20_000) } },
    { collection: 'sites', put: { _id: `b${number}`, listAsOf: String(number), contactAsOf: null } },
  ];
}

export function cursor(id: string, seq = 0): StoreWrite {
  return { collection: 'cursors', put: { _id: id, seq } };
}

export function change(cardId: string, at = '2026-01-01T00:00:00.000Z'): StoreWrite {
  return { collection: 'changes', put: { _id: '', seq: 0, site: '1', cardId, userId: 'u', name: null, from: null, to: 'activated', at, initial: false } };
}

/** Everything in a store, in an order that does not depend on how it came in. */
export function contents(store: NedbStore): unknown {
  return Object.fromEntries(COLLECTIONS.map((name) => [name, [...store.all(name)].map((doc) => JSON.stringify(doc)).sort()]));
}

export async function journalOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /^store-\d+\.log$/.test(name));
  assert.equal(names.length, 1, names.join());
  return join(folder, names[0] as string);
}

export function withCode(...codes: ErrorCode[]): (error: unknown) => true {
  return (error) => {
    assert.ok(isMcError(error, ...codes), `${String((error as { code?: unknown }).code)} ${String(error)}`);
    return true;
  };
}
