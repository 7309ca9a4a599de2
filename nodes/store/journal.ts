import { type FileHandle, open as openFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { McError } from '../credential/mc-error';
import { readRecords } from './journal-reader';

const NAME = /^store-(\d+)\.log$/;
/** The file is written anew when it has grown to this and to four times what is in it. */
const COMPACT_BYTES = 4 * 1024 * 1024;
const COMPACT_FACTOR = 4;

interface Waiting { line: string; resolve: () => void; reject: (error: McError) => void }

/**
 * An append-only file of batches, one a line with its CRC-32. A batch is acknowledged after fdatasync; batches that
 * wait at the same time share one (group commit: peers-store-security 2.6). A torn last line is cut off on opening,
 * a line that is whole and wrong is STORE_CORRUPT.
 */
export class Journal {
  private waiting: Waiting[] = [];
  private flushing: Promise<void> | null = null;
  private broken: McError | null = null;
  private pause: Promise<void> | null = null;
  /** Batches appended and not yet answered. */
  private unanswered = 0;

  private constructor(
    private readonly folder: string,
    private generation: number,
    private file: FileHandle,
    private size: number,
    private compactAbove: number,
  ) {}

  /** True where the folder holds a journal. */
  static async existsIn(folder: string): Promise<boolean> {
    const names = await readdir(folder).catch(() => [] as string[]);
    return names.some((name) => NAME.test(name));
  }

  /** Replays what is there into `replay`, in order, and opens the file for appending. */
  static async open(folder: string, replay: (batch: unknown) => void): Promise<Journal> {
    const names = await readdir(folder);
    await Promise.all(names.filter((name) => name.endsWith('.tmp')).map((name) => rm(join(folder, name), { force: true })));
    const generations = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
    const generation = generations.at(-1) ?? 1;
    const path = join(folder, nameOf(generation));
    const file = await openFile(path, generations.length === 0 ? 'ax+' : 'r+', 0o600);
    try {
      const end = await readRecords(file, path, replay);
      await file.truncate(end);
      await file.chmod(0o600);
      await file.datasync();
      if (generations.length === 0) await syncFolder(folder);
      // An older generation is left over from a crash between the rename and its removal.
      await Promise.all(generations.slice(0, -1).map((old) => rm(join(folder, nameOf(old)), { force: true })));
      return new Journal(folder, generation, file, end, Math.max(COMPACT_BYTES, end * COMPACT_FACTOR));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Resolves when the batch is on disk. Rejected batches leave no trace in the file. */
  append(batch: unknown): Promise<void> {
    this.unanswered += 1;
    return new Promise((resolve, reject) => {
      this.waiting.push({ line: lineOf(batch), resolve, reject });
      this.flushing ??= this.flush().finally(() => { this.flushing = null; });
    });
  }

  /** True when the file has grown enough, and everything in it was answered: memory shows all of it. */
  get wantsCompaction(): boolean {
    return this.size > this.compactAbove && this.unanswered === 0 && this.pause === null;
  }

  /** Writes a new file from `batches` and goes on in it. What is appended meanwhile waits for it. */
  compact(batches: Iterable<unknown>): Promise<void> {
    const work = this.rewrite(batches);
    this.pause = work.catch(() => undefined).finally(() => { this.pause = null; });
    return work;
  }

  private async rewrite(batches: Iterable<unknown>): Promise<void> {
    const next = this.generation + 1;
    const path = join(this.folder, nameOf(next));
    const file = await openFile(`${path}.tmp`, 'wx+', 0o600);
    let size = 0;
    try {
      for (const batch of batches) {
        const line = Buffer.from(lineOf(batch));
        await file.write(line, 0, line.length, size);
        size += line.length;
      }
      await file.sync();
      await rename(`${path}.tmp`, path);
      await syncFolder(this.folder);
    } catch (error) {
      await file.close();
      await rm(`${path}.tmp`, { force: true });
      throw asStoreError(error);
    }
    await this.file.close();
    await rm(join(this.folder, nameOf(this.generation)), { force: true });
    this.file = file;
    this.generation = next;
    this.size = size;
    this.compactAbove = Math.max(COMPACT_BYTES, size * COMPACT_FACTOR);
  }

  async close(): Promise<void> {
    await this.pause;
    await this.flushing;
    this.broken ??= new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
    await this.file.close();
  }

  private async flush(): Promise<void> {
    // Whoever asks in the same turn of the event loop shares the first sync too.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      await this.pause;
      const batch = this.waiting.splice(0);
      const error = this.broken ?? await this.writeOut(Buffer.from(batch.map(({ line }) => line).join('')));
      this.unanswered -= batch.length;
      for (const { resolve, reject } of batch) {
        if (error === null) resolve();
        else reject(error);
      }
    }
  }

  /** A write that fails half-way is cut off again, or the next one would be glued to it and lost with it. */
  private async writeOut(data: Buffer): Promise<McError | null> {
    try {
      let done = 0;
      while (done < data.length) done += (await this.file.write(data, done, data.length - done, this.size + done)).bytesWritten;
      await this.file.datasync();
      this.size += data.length;
      return null;
    } catch (cause) {
      try {
        await this.file.truncate(this.size);
        await this.file.datasync();
      } catch (second) {
        this.broken = new McError('STORE_CORRUPT', `The store in ${this.folder} cannot be written any more. Check the disk and restart.`, { cause: second });
      }
      return asStoreError(cause);
    }
  }
}

function nameOf(generation: number): string {
  return `store-${String(generation).padStart(6, '0')}.log`;
}

function lineOf(batch: unknown): string {
  const json = JSON.stringify(batch);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

function asStoreError(cause: unknown): McError {
  if (cause instanceof McError) return cause;
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String((cause as { code?: unknown }).code));
  return full
    ? new McError('STORE_FULL', 'The disk of the store is full: nothing was kept. Free some space and try again.', { cause })
    : new McError('STORE_CORRUPT', 'The store could not be written: nothing was kept. Check the disk.', { cause });
}

/** A file that was created or renamed survives a power cut once its folder is synced too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await openFile(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
