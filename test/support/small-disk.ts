/** A disk of a few megabytes that can be filled up. */
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Mounts } from './mounts';

const BLOCK = 4096;

export class SmallDisk {
  private constructor(private readonly mounts: Mounts, readonly folder: string) {}

  /** Null where this machine lets nobody mount a tmpfs. */
  static async make(bytes: number): Promise<SmallDisk | null> {
    const mounts = await Mounts.make();
    try {
      return new SmallDisk(mounts, await mounts.mount('disk', 'tmpfs', `size=${bytes}`, 'tmpfs'));
    } catch {
      await mounts.remove();
      return null;
    }
  }

  /** Takes room until `bytes` are left, or less. */
  async fill(bytes: number): Promise<void> {
    const file = await open(join(this.folder, 'filler'), 'a');
    try {
      // Others may take room at the same time.
      for (let blocks = Math.floor((await this.room() - bytes) / BLOCK); blocks > 0; blocks -= 1) {
        if (await file.write(Buffer.alloc(BLOCK)).then(() => false, isFull)) break;
      }
    } finally {
      await file.close();
    }
  }

  /** Gives back what `fill` took. */
  async free(): Promise<void> {
    await rm(join(this.folder, 'filler'), { force: true });
  }

  async room(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  remove(): Promise<void> {
    return this.mounts.remove();
  }
}

function isFull(error: unknown): true {
  if ((error as { code?: unknown }).code !== 'ENOSPC') throw error;
  return true;
}
