import { type FileHandle, open as openFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { McError } from '../credential/mc-error';
import { lineOf } from './journal-line';
import { readRecords } from './journal-reader';
import { corrupt, storeError } from './store-error';
import { syncFolder } from './sync-folder';

const NAME = /^store-(\d+)\.log$/;
/** The file is written anew when it has grown to this and to four times what is in it. */
const COMPACT_BYTES = 4 * 1024 * 1024;
const COMPACT_FACTOR = 4;

/** First line of every journal: it is there before the file has its name, so a file without it has lost something. */
interface Header {
  journal: 1;
  /** Batches that the file was made with. */
  batches: number;
}

/**
 * An append-only file of batches, one a line with its CRC-32. An append is over after fdatasync, and one that failed
 * leaves no trace. A torn last line is cut off on opening; a line that is whole and wrong is STORE_CORRUPT. One caller
 * at a time.
 */
export class Journal {
  /** Set when a failed append could not be cut off again: what the file holds is then not known. */
  private broken: McError | null = null;

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

  /** Replays what is there into `replay`, in order, and opens the file for appending. Creates it where there is none. */
  static async open(folder: string, replay: (batch: unknown) => void): Promise<Journal> {
    const names = await readdir(folder);
    await Promise.all(names.filter((name) => name.endsWith('.tmp')).map((name) => rm(join(folder, name), { force: true })));
    const generations = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
    const generation = generations.at(-1) ?? 1;
    const path = join(folder, nameOf(generation));
    if (generations.length === 0) {
      await (await createFile(folder, generation, [], 0)).file.close();
      await syncFolder(dirname(folder));
    }
    const file = await openFile(path, 'r+');
    try {
      const end = await replayFile(file, path, replay);
      await file.truncate(end);
      await file.chmod(0o600);
      await file.sync();
      // An older generation is left over from a crash between the rename and its removal.
      await Promise.all(generations.slice(0, -1).map((old) => rm(join(folder, nameOf(old)), { force: true })));
      return new Journal(folder, generation, file, end, Math.max(COMPACT_BYTES, end * COMPACT_FACTOR));
    } catch (error) {
      await file.close();
      throw storeError(error, path);
    }
  }

  /**
   * Resolves when the batches, each as JSON, are on disk: one line each, one write and one fdatasync for all. Rejects
   * with STORE_FULL or STORE_CORRUPT, and then none of them is in the file.
   */
  async append(batches: readonly string[]): Promise<void> {
    if (this.broken !== null) throw this.broken;
    const data = Buffer.from(batches.map(lineOf).join(''));
    try {
      await writeAll(this.file, data, this.size);
      await this.file.datasync();
      this.size += data.length;
    } catch (error) {
      // What was written half-way would be glued to the next line, and lost together with it.
      try {
        await this.file.truncate(this.size);
        await this.file.datasync();
      } catch (second) {
        this.broken = storeError(second, nameOf(this.generation));
      }
      throw storeError(error, nameOf(this.generation));
    }
  }

  get wantsCompaction(): boolean {
    return this.broken === null && this.size > this.compactAbove;
  }

  /**
   * Writes a new file of `count` batches that make up everything, and goes on in it. Rejects when that fails; the
   * present file then stays, and grows by half before it is tried again.
   */
  async compact(batches: Iterable<string>, count: number): Promise<void> {
    let made: { file: FileHandle; size: number };
    try {
      made = await createFile(this.folder, this.generation + 1, batches, count);
    } catch (error) {
      this.compactAbove = this.size * 1.5;
      // With its name already, it would be read instead of this one on the next opening.
      await rm(join(this.folder, nameOf(this.generation + 1)), { force: true })
        .catch((second: unknown) => { this.broken = storeError(second, nameOf(this.generation + 1)); });
      throw storeError(error, nameOf(this.generation + 1));
    }
    const former = this.file;
    this.file = made.file;
    this.size = made.size;
    this.generation += 1;
    this.compactAbove = Math.max(COMPACT_BYTES, made.size * COMPACT_FACTOR);
    // Failing in this loses nothing: an older generation is removed on the next opening.
    await former.close().catch(() => undefined);
    await rm(join(this.folder, nameOf(this.generation - 1)), { force: true }).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.broken ??= new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
    await this.file.close();
  }
}

/** A journal gets its name only when it is whole and on the disk. */
async function createFile(folder: string, generation: number, batches: Iterable<string>, count: number): Promise<{ file: FileHandle; size: number }> {
  const path = join(folder, nameOf(generation));
  const header: Header = { journal: 1, batches: count };
  const file = await openFile(`${path}.tmp`, 'w+', 0o600);
  try {
    let size = await writeAll(file, Buffer.from(lineOf(JSON.stringify(header))), 0);
    for (const json of batches) size += await writeAll(file, Buffer.from(lineOf(json)), size);
    await file.sync();
    await rename(`${path}.tmp`, path);
    await syncFolder(folder);
    return { file, size };
  } catch (error) {
    await file.close();
    await rm(`${path}.tmp`, { force: true });
    throw storeError(error, path);
  }
}

async function replayFile(file: FileHandle, path: string, replay: (batch: unknown) => void): Promise<number> {
  const seen = { header: false, expected: 0, found: 0 };
  const end = await readRecords(file, path, (record) => {
    if (seen.header) {
      seen.found += 1;
      replay(record);
    } else {
      seen.header = true;
      seen.expected = batchesOf(record, path);
    }
  });
  if (!seen.header) throw corrupt(path, 'is empty or has lost its beginning');
  if (seen.found < seen.expected) throw corrupt(path, `has lost its end: ${seen.found} of at least ${seen.expected} entries are there`);
  return end;
}

function batchesOf(record: unknown, path: string): number {
  const header = record as Partial<Header> | null;
  if (typeof header?.batches !== 'number') throw corrupt(path, 'has lost its beginning');
  if (header.journal !== 1) throw corrupt(path, 'was written by a later version of this package');
  return header.batches;
}

async function writeAll(file: FileHandle, data: Buffer, position: number): Promise<number> {
  for (let done = 0; done < data.length;) done += (await file.write(data, done, data.length - done, position + done)).bytesWritten;
  return data.length;
}

function nameOf(generation: number): string {
  return `store-${String(generation).padStart(6, '0')}.log`;
}
