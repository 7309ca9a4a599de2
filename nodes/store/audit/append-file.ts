import { constants } from 'node:fs';
import { type FileHandle, open as openFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storeError } from '../store-error';
import { syncFolder } from '../sync-folder';

const NEWLINE = 0x0a;

/** A file that only grows, by whole writes: one that fails leaves no trace of itself. Never two calls at a time. */
export class AppendFile {
  /** A failed write may still lie behind the end. */
  private dirty = false;
  private unsynced = false;

  private constructor(
    readonly path: string,
    private file: FileHandle,
    private bytes: number,
    /** The last line has lost its newline to damage: what follows must not be glued to it. */
    private glued: boolean,
  ) {}

  /**
   * Opens a file, or makes it, for its owner alone. `read` sees what is in it and finds where that ends; the rest is
   * cut off, and what stays is on the disk. Rejects with STORE_FULL or STORE_CORRUPT.
   */
  static async open<T extends { end: number }>(path: string, read: (file: FileHandle) => Promise<T>): Promise<{ file: AppendFile; found: T }> {
    let file: FileHandle | null = null;
    try {
      await rm(unfinishedPath(path), { force: true });
      file = await openFile(path, constants.O_RDWR | constants.O_CREAT, 0o600);
      const found = await read(file);
      const { end } = found;
      await file.truncate(end);
      await file.chmod(0o600);
      await file.sync();
      await syncFolder(dirname(path));
      const last = end === 0 ? NEWLINE : (await file.read(Buffer.alloc(1), 0, 1, end - 1)).buffer[0];
      return { file: new AppendFile(path, file, end, last !== NEWLINE), found };
    } catch (error) {
      await file?.close();
      throw storeError(error, path);
    }
  }

  get size(): number {
    return this.bytes;
  }

  /** Rejects with STORE_FULL or STORE_CORRUPT, and then nothing of `text` is in the file. Not yet synced. */
  async append(text: string): Promise<void> {
    try {
      if (this.dirty) await this.cutBack(this.bytes);
      this.dirty = true;
      this.unsynced = true;
      this.bytes += await writeAll(this.file, this.glued ? `\n${text}` : text, this.bytes);
      this.dirty = false;
      this.glued = false;
    } catch (error) {
      // Where even this fails, it is done before the next write.
      await this.cutBack(this.bytes).catch(() => undefined);
      throw storeError(error, this.path);
    }
  }

  /** Undoes what was appended since the file had this size. */
  async cutBack(bytes: number): Promise<void> {
    this.dirty = true;
    this.bytes = bytes;
    await this.file.truncate(bytes);
    this.dirty = false;
  }

  /** Puts another content in the place of the present one: whole and on the disk, or not at all. */
  async replaceBy(text: string): Promise<void> {
    const unfinished = unfinishedPath(this.path);
    let next: FileHandle | null = null;
    try {
      next = await openFile(unfinished, 'w+', 0o600);
      const bytes = await writeAll(next, text, 0);
      await next.sync();
      await rename(unfinished, this.path);
      const former = this.file;
      [this.file, this.bytes, this.glued, this.dirty, this.unsynced] = [next, bytes, false, false, false];
      await former.close().catch(() => undefined);
      await syncFolder(dirname(this.path));
    } catch (error) {
      if (next !== null && this.file !== next) {
        await next.close().catch(() => undefined);
        await rm(unfinished, { force: true }).catch(() => undefined);
      }
      throw storeError(error, this.path);
    }
  }

  async sync(): Promise<void> {
    if (!this.unsynced) return;
    await this.file.datasync().catch((error: unknown) => { throw storeError(error, this.path); });
    this.unsynced = false;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** What a crash may leave of a content that was to replace another. */
function unfinishedPath(path: string): string {
  return `${path}.tmp`;
}

async function writeAll(file: FileHandle, text: string, position: number): Promise<number> {
  const data = Buffer.from(text);
  for (let done = 0; done < data.length;) done += (await file.write(data, done, data.length - done, position + done)).bytesWritten;
  return data.length;
}
