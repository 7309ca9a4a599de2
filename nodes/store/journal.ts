import { type FileHandle, open as openFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { McError } from '../credential/mc-error';
import { type AuditAnchor, entryOf, type JournalHeader, serialOf } from './journal-entry';
import { clearUp, journalPath } from './journal-files';
import { compacted } from './journal-compaction';
import { lineOf } from './journal-line';
import { journalLines } from './journal-reader';
import { corrupt, storeError } from './store-error';
import { syncFolder } from './sync-folder';

/** The file is written anew when it has grown to this and to four times what is in it. */
const COMPACT_BYTES = 4 * 1024 * 1024;
const COMPACT_FACTOR = 4;

/**
 * An append-only file of batches, one a line with its CRC-32. An append is over after fdatasync, and one that failed
 * leaves no trace. A torn last line is cut off on opening; a line that is whole and wrong is STORE_CORRUPT. Appends and
 * the switch to a compacted file take turns; what a compaction reads and writes goes on beside them.
 */
export class Journal {
  /** Set when a failed append could not be cut off again: what the file holds is then not known. */
  private broken: McError | null = null;
  private turns: Promise<unknown> = Promise.resolve();
  /** The last head of the audit trail that was written since it is open. */
  lastAnchor: AuditAnchor | null = null;

  private constructor(
    private readonly folder: string,
    private generation: number,
    private file: FileHandle,
    /** Bytes of the file. */
    private bytes: number,
    private compactAbove: number,
    private serial: number,
    /** The head of the audit trail when the file was made. */
    readonly startAnchor: AuditAnchor | null,
  ) {}

  /** Makes the first journal of a folder. */
  static async create(folder: string): Promise<void> {
    const file = await startFile(folder, 1);
    try {
      await writeAll(file, headerLine({ journal: 2, batches: 0, serial: 0 }), 0);
      await finishFile(file, folder, 1);
      await file.close();
    } catch (error) {
      await giveUp(file, folder, 1);
      throw storeError(error, journalPath(folder, 1));
    }
    await syncFolder(dirname(folder));
  }

  /** Opens a generation for appending and hands every line of it to `take`, in order. */
  static async open(folder: string, generation: number, take: (json: string) => void | Promise<void>): Promise<Journal> {
    const path = journalPath(folder, generation);
    const file = await openFile(path, 'r+').catch((error: unknown) => { throw storeError(error, path); });
    try {
      const { end, serial, head } = await replay(file, path, take);
      await file.truncate(end);
      await file.chmod(0o600);
      await file.sync();
      await clearUp(folder, generation);
      return new Journal(folder, generation, file, end, Math.max(COMPACT_BYTES, end * COMPACT_FACTOR), serial, head);
    } catch (error) {
      await file.close();
      throw storeError(error, path);
    }
  }

  /** Why nothing can be added any more, or null. */
  get failure(): McError | null {
    return this.broken;
  }

  get size(): number {
    return this.bytes;
  }

  /**
   * Resolves when the batches, each as JSON, are on disk: one line each, one write and one fdatasync for all. Answers
   * the serial number of the last. Rejects with STORE_FULL or STORE_CORRUPT, and then none of them is in the file.
   */
  append(batches: readonly string[], head: AuditAnchor | null): Promise<number> {
    return this.inTurn(async () => {
      if (this.broken !== null) throw this.broken;
      const data = Buffer.from(batches.map((batch, index) => lineOf(entryOf(this.serial + 1 + index, index === 0 ? head : null, batch))).join(''));
      try {
        await writeAll(this.file, data, this.bytes);
        await this.file.datasync();
      } catch (error) {
        await this.cutOff();
        throw storeError(error, journalPath(this.folder, this.generation));
      }
      this.bytes += data.length;
      this.lastAnchor = head ?? this.lastAnchor;
      this.serial += batches.length;
      return this.serial;
    });
  }

  get wantsCompaction(): boolean {
    return this.broken === null && this.bytes > this.compactAbove;
  }

  /**
   * Writes a new file of what is still true in this one, and goes on in it. `beforeSwitch` runs alone with the file
   * whole. Rejects when that fails; the present file then stays, and grows by half before it is tried again.
   */
  async compact(head: () => AuditAnchor | null, beforeSwitch: () => Promise<void>): Promise<void> {
    const next = this.generation + 1;
    let made: FileHandle | null = null;
    try {
      made = await startFile(this.folder, next);
      const file = made;
      const upTo = this.bytes;
      const { serial } = this;
      const { batches, lines } = await compacted(this.file, journalPath(this.folder, this.generation), upTo);
      let written = await writeAll(file, headerLine({ journal: 2, batches, serial, head: head() }), 0);
      for await (const line of lines) written += await writeAll(file, Buffer.from(line), written);
      await this.inTurn(async () => {
        if (this.broken !== null) throw this.broken;
        await beforeSwitch();
        const tail = await readAll(this.file, upTo, this.bytes);
        await writeAll(file, tail, written);
        await finishFile(file, this.folder, next);
        const former = this.file;
        [this.file, this.generation, this.bytes] = [file, next, written + tail.length];
        this.compactAbove = Math.max(COMPACT_BYTES, this.bytes * COMPACT_FACTOR);
        // Failing from here on loses nothing: what is older is cleared up on the next opening.
        await former.close().catch(() => undefined);
        await clearUp(this.folder, next).catch(() => undefined);
      });
    } catch (error) {
      this.compactAbove = this.bytes * 1.5;
      if (made !== null && this.file !== made) {
        await giveUp(made, this.folder, next).catch((second: unknown) => { this.broken = storeError(second, journalPath(this.folder, next)); });
      }
      throw storeError(error, journalPath(this.folder, next));
    }
  }

  close(): Promise<void> {
    return this.inTurn(async () => {
      this.broken ??= new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
      await this.file.close();
    });
  }

  /** What was written half-way would be glued to the next line, and lost together with it. */
  private async cutOff(): Promise<void> {
    try {
      await this.file.truncate(this.bytes);
      await this.file.datasync();
    } catch (error) {
      this.broken = storeError(error, journalPath(this.folder, this.generation));
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turns.then(work);
    this.turns = mine.catch(() => undefined);
    return mine;
  }
}

/** Hands over every line but the header and checks that no less is there than the file was made with. */
async function replay(file: FileHandle, path: string, take: (json: string) => void | Promise<void>): Promise<{ end: number; serial: number; head: AuditAnchor | null }> {
  let header: JournalHeader | null = null;
  let [found, serial, end] = [0, 0, 0];
  for await (const line of journalLines(file)) {
    if (line.json === null) throw corrupt(path, `is damaged in line ${line.number}`);
    end = line.end;
    if (header === null) {
      header = headerOf(line.json, path);
      serial = header.serial ?? 0;
      continue;
    }
    found += 1;
    // What a compaction has written carries no numbers of its own.
    if (found > header.batches || header.journal === 1) serial = serialOf(line.json) ?? serial + 1;
    await take(line.json);
  }
  if (header === null) throw corrupt(path, 'is empty or has lost its beginning');
  if (found < header.batches) throw corrupt(path, `has lost its end: ${found} of at least ${header.batches} entries are there`);
  return { end, serial, head: header.head ?? null };
}

function headerOf(json: string, path: string): JournalHeader {
  const header = JSON.parse(json) as Partial<JournalHeader> | null;
  if (typeof header?.batches !== 'number') throw corrupt(path, 'has lost its beginning');
  if (header.journal !== 1 && header.journal !== 2) throw corrupt(path, 'was written by a later version of this package');
  return header as JournalHeader;
}

function headerLine(header: JournalHeader): Buffer {
  return Buffer.from(lineOf(JSON.stringify(header)));
}

/** A journal gets its name only when it is whole and on the disk. */
function startFile(folder: string, generation: number): Promise<FileHandle> {
  return openFile(`${journalPath(folder, generation)}.tmp`, 'w+', 0o600);
}

async function finishFile(file: FileHandle, folder: string, generation: number): Promise<void> {
  const path = journalPath(folder, generation);
  await file.sync();
  await rename(`${path}.tmp`, path);
  await syncFolder(folder);
}

/** With its name already, it would be read instead of the present one on the next opening. */
async function giveUp(file: FileHandle, folder: string, generation: number): Promise<void> {
  const path = journalPath(folder, generation);
  await file.close().catch(() => undefined);
  await Promise.all([rm(`${path}.tmp`, { force: true }), rm(path, { force: true })]);
}

async function writeAll(file: FileHandle, data: Buffer, position: number): Promise<number> {
  for (let done = 0; done < data.length;) done += (await file.write(data, done, data.length - done, position + done)).bytesWritten;
  return data.length;
}

async function readAll(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const data = Buffer.alloc(to - from);
  for (let done = 0; done < data.length;) {
    const { bytesRead } = await file.read(data, done, data.length - done, from + done);
    if (bytesRead === 0) throw new Error('the journal ended early');
    done += bytesRead;
  }
  return data;
}
