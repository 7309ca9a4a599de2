/**
 * A folder on an ext4 file system of its own, in an image file. The image holds what the file system has sent to its
 * disk; pages that were never synced are in the kernel's memory only, and so not in a copy of the image. Mounting the
 * copy is the start after the power cut, journal recovery included.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Mounts } from './mounts';

const IMAGE_BYTES = 48 * 1024 * 1024;
/** A copy is taken again where the image changed meanwhile, e.g. by the journal's own commit every five seconds. */
const MOST_COPIES = 10;

export class CutDisk {
  private copies = 0;

  private constructor(private readonly mounts: Mounts, private readonly image: string, /** Where the writer writes. */ readonly folder: string) {}

  /** Null where this machine lets nobody mount an image. */
  static async make(): Promise<CutDisk | null> {
    const mounts = await Mounts.make();
    try {
      const image = join(mounts.base, 'disk.img');
      const file = await open(image, 'w');
      await file.truncate(IMAGE_BYTES);
      await file.close();
      execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'ignore' });
      return new CutDisk(mounts, image, await mounts.mount('disk', 'ext4', 'loop', image));
    } catch {
      await mounts.remove();
      return null;
    }
  }

  /** Runs `look` on the folder as it would be after a power cut now. Whoever writes must stand still meanwhile. */
  async afterCut<T>(look: (folder: string) => Promise<T>): Promise<T> {
    this.copies += 1;
    const name = `copy-${this.copies}`;
    const copy = join(this.mounts.base, `${name}.img`);
    await this.copyTo(copy);
    const folder = await this.mounts.mount(name, 'ext4', 'loop', copy);
    try {
      return await look(folder);
    } finally {
      this.mounts.unmount(folder);
      await rm(copy, { force: true });
    }
  }

  remove(): Promise<void> {
    return this.mounts.remove();
  }

  private async copyTo(copy: string): Promise<void> {
    for (let attempt = 0; attempt < MOST_COPIES; attempt += 1) {
      await copyFile(this.image, copy);
      if ((await readFile(this.image)).equals(await readFile(copy))) return;
      await wait(50);
    }
    throw new Error('the image does not come to rest');
  }
}
