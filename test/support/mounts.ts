/** File systems that a test mounts, in a folder of its own: gone after it, also where the process ends before. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'mc-mounts-';

export class Mounts {
  private readonly mounted = new Set<string>();
  private readonly onExit = (): void => { this.unmountAll(); };

  private constructor(readonly base: string) {
    process.once('exit', this.onExit);
  }

  static async make(): Promise<Mounts> {
    await sweep();
    return new Mounts(await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`)));
  }

  /** Mounts at `name` in the base folder and returns that path. Throws where this machine lets nobody mount. */
  async mount(name: string, type: string, options: string, source: string): Promise<string> {
    const folder = join(this.base, name);
    await mkdir(folder, { recursive: true });
    execFileSync('mount', ['-t', type, '-o', options, source, folder], { stdio: 'ignore' });
    this.mounted.add(folder);
    return folder;
  }

  unmount(folder: string): void {
    if (this.mounted.delete(folder)) unmount(folder);
  }

  async remove(): Promise<void> {
    this.unmountAll();
    process.removeListener('exit', this.onExit);
    await rm(this.base, { recursive: true, force: true });
  }

  private unmountAll(): void {
    for (const folder of [...this.mounted]) this.unmount(folder);
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
