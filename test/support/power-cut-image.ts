/**
 * A folder on an ext4 file system of its own, in an image file. The image holds what the file system has sent to its
 * disk; pages that were never synced are in the kernel's memory only, and so not in a copy of the image. Mounting the
 * copy is the start after the power cut, journal recovery included.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const PREFIX = 'mc-power-cut-';
const IMAGE_BYTES = 48 * 1024 * 1024;
/** A copy is taken again where the image changed meanwhile, e.g. by the journal's own commit every five seconds. */
const MOST_COPIES = 10;

export class CutDisk {
  private readonly mounts = new Set<string>();
  private copies = 0;
  private readonly onExit = (): void => { this.unmountAll(); };

  private constructor(private readonly base: string) {
    process.once('exit', this.onExit);
  }

  /** Null where this machine lets nobody mount an image. */
  static async make(): Promise<CutDisk | null> {
    await sweep();
    const disk = new CutDisk(await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`)));
    try {
      const file = await open(disk.image, 'w');
      await file.truncate(IMAGE_BYTES);
      await file.close();
      execFileSync('mkfs.ext4', ['-q', '-F', disk.image], { stdio: 'ignore' });
      await disk.mount(disk.image, disk.folder);
      return disk;
    } catch {
      await disk.remove();
      return null;
    }
  }

  /** Where the writer writes. */
  get folder(): string {
    return join(this.base, 'disk');
  }

  /** Runs `look` on the folder as it would be after a power cut now. Whoever writes must stand still meanwhile. */
  async afterCut<T>(look: (folder: string) => Promise<T>): Promise<T> {
    this.copies += 1;
    const copy = join(this.base, `copy-${this.copies}.img`);
    const folder = join(this.base, `copy-${this.copies}`);
    await this.copyTo(copy);
    try {
      await this.mount(copy, folder);
      return await look(folder);
    } finally {
      this.unmount(folder);
      await rm(copy, { force: true });
      await rm(folder, { recursive: true, force: true });
    }
  }

  async remove(): Promise<void> {
    this.unmountAll();
    process.removeListener('exit', this.onExit);
    await rm(this.base, { recursive: true, force: true });
  }

  private get image(): string {
    return join(this.base, 'disk.img');
  }

  private async copyTo(copy: string): Promise<void> {
    for (let attempt = 0; attempt < MOST_COPIES; attempt += 1) {
      await copyFile(this.image, copy);
      if ((await readFile(this.image)).equals(await readFile(copy))) return;
      await wait(50);
    }
    throw new Error('the image does not come to rest');
  }

  private async mount(image: string, folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    execFileSync('mount', ['-t', 'ext4', '-o', 'loop', image, folder], { stdio: 'ignore' });
    this.mounts.add(folder);
  }

  private unmount(folder: string): void {
    if (!this.mounts.delete(folder)) return;
    unmount(folder);
  }

  private unmountAll(): void {
    for (const folder of [...this.mounts]) this.unmount(folder);
  }
}

/** Lazily where something still has a file open there: it goes when that ends. */
function unmount(folder: string): void {
  try {
    execFileSync('umount', [folder], { stdio: 'ignore' });
  } catch {
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
  }
}

/** What runs that were killed have left behind. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]);
    if (!Number.isInteger(pid) || isRunning(pid)) continue;
    const base = join(tmpdir(), name);
    const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '');
    for (const line of mounts.split('\n')) {
      const [, at = ''] = line.split(' ');
      if (at.startsWith(`${base}/`)) unmount(at);
    }
    await rm(base, { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}
