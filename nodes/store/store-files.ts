import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { McError } from '../credential/mc-error';
import type { FileCalls, FileHealth, FileOpening } from './file-keeper';
import { type Answer, plainError, revivedError } from './thread-call';

/** How long lines are read in one go before doors have their turn. */
const SLICE_MS = 5;

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: McError) => void;
}

/** The files of a store, kept by a thread of their own (store-thread.ts). */
export class StoreFiles {
  private readonly worker = new Worker(join(__dirname, `store-thread${__filename.slice(-3)}`));
  private readonly pending = new Map<number, Pending>();
  private count = 0;
  private ended: McError | null = null;
  private loading: Promise<void> = Promise.resolve();

  private constructor(
    private readonly take: (json: string) => void,
    private readonly restart: () => void,
    private readonly onHealth: (health: FileHealth) => void,
  ) {
    this.worker.unref();
    this.worker.on('message', (message: Answer | { lines: string[] | null } | { health: FileHealth }) => {
      if ('lines' in message) this.load(message.lines);
      else if ('health' in message) this.onHealth(message.health);
      else this.settle(message);
    });
    this.worker.on('error', (error) => { this.end(error.message); });
    this.worker.on('exit', () => { this.end('it ended'); });
  }

  /**
   * Opens the files of a folder. Every line of the journal goes to `take`, with pauses in which doors are served;
   * `restart` says that what came so far does not count. Rejects with STORE_CORRUPT or STORE_FULL.
   */
  static async open(
    opening: FileOpening,
    on: { line: (json: string) => void; restart: () => void; health: (health: FileHealth) => void },
  ): Promise<{ files: StoreFiles; health: FileHealth }> {
    const files = new StoreFiles(on.line, on.restart, on.health);
    try {
      const health = await files.ask('open', opening);
      await files.loading;
      return { files, health };
    } catch (error) {
      await files.terminate();
      throw error;
    }
  }

  /** Asks the thread, which keeps the process alive until it has answered. */
  ask<C extends keyof FileCalls>(call: C, input: FileCalls[C]['input']): Promise<FileCalls[C]['answer']> {
    if (this.ended !== null) return Promise.reject(this.ended);
    return new Promise<unknown>((resolve, reject) => {
      const id = this.count += 1;
      this.pending.set(id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ id, call, input });
    }) as Promise<FileCalls[C]['answer']>;
  }

  async close(): Promise<void> {
    try {
      await this.ask('close', null);
    } finally {
      await this.terminate();
    }
  }

  private async terminate(): Promise<void> {
    this.ended ??= new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
    await this.worker.terminate();
  }

  /** Takes lines in over as many turns of the event loop as they need. */
  private load(lines: string[] | null): void {
    this.loading = this.loading.then(async () => {
      if (lines === null) {
        this.restart();
        return;
      }
      // Messages that wait are all handed over in one turn: without this one piece would follow the other.
      await nextTurn();
      let from = performance.now();
      for (const line of lines) {
        this.take(line);
        if (performance.now() - from < SLICE_MS) continue;
        await nextTurn();
        from = performance.now();
      }
      this.worker.postMessage({ loaded: true });
    });
    this.loading.catch((error: unknown) => { this.end(error instanceof Error ? error.message : String(error)); });
  }

  private settle(answer: Answer): void {
    const waiting = this.pending.get(answer.id);
    this.pending.delete(answer.id);
    if (this.pending.size === 0) this.worker.unref();
    if (answer.ok) waiting?.resolve(answer.result);
    else waiting?.reject(revivedError(answer.error));
  }

  /** Without its thread a store can keep nothing any more. */
  private end(why: string): void {
    if (this.ended !== null) return;
    this.ended = new McError('STORE_CORRUPT', `The thread that keeps the store's files is gone (${why}). Nothing is kept any more; restart Node-RED.`);
    for (const { reject } of this.pending.values()) reject(this.ended);
    this.pending.clear();
    this.onHealth({ problem: plainError(this.ended), audit: null, bytes: 0 });
  }
}
