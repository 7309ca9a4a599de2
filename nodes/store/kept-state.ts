import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync-folder';

/**
 * A small JSON state in a file of its own, replaced as a whole: after a crash it is the former one or the new one. What
 * is kept while a write is under way is written once, with the last of it.
 */
export class KeptState<T> {
  private next: { state: T } | null = null;
  private writing: Promise<void> | null = null;

  constructor(private readonly file: string, private readonly onError: (error: Error) => void) {}

  /** What was kept last, or null: nothing, or nothing that can be read. */
  read(): T | null {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as T;
    } catch {
      return null;
    }
  }

  keep(state: T): void {
    this.next = { state };
    this.writing ??= this.write().catch((error: unknown) => { this.onError(error as Error); }).finally(() => { this.writing = null; });
  }

  /** Resolves when everything kept so far is on disk, or has failed. */
  async settled(): Promise<void> {
    while (this.writing !== null) await this.writing;
  }

  private async write(): Promise<void> {
    mkdirSync(dirname(this.file), { recursive: true });
    while (this.next !== null) {
      const { state } = this.next;
      this.next = null;
      const file = await open(`${this.file}.new`, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(state));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${this.file}.new`, this.file);
      await syncFolder(dirname(this.file));
    }
  }
}
