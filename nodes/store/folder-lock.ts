import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, realpath, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { McError } from '../credential/mc-error';
import { isAlive, readHolder, thisHolder } from './lock-holder';
import { codeOf, storeError } from './store-error';

const LOCK_FILE = 'lock';
const HEARTBEAT_MS = 2500;
/** A holder that cannot be looked up (another container, another system) counts as gone after this silence. */
const SILENCE_MS = 8000;
const RETRY_MS = 100;

/** Folders held in this process, by real path: by which node, and whether it is letting go. */
const held = new Map<string, { owner: string; leaving: boolean }>();

/**
 * One owner of a folder: within the process by its real path, among processes by a file created exclusively. A holder that is dead for sure
 * is replaced at once; one that nobody can look up, when its heartbeat has stopped. One that is known to be alive
 * keeps the lock, however silent.
 */
export class FolderLock {
  private readonly heartbeat: NodeJS.Timeout;
  private lost = false;

  private constructor(readonly folder: string, private readonly file: string, private readonly token: string) {
    this.heartbeat = setInterval(() => { void this.beat(); }, HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /**
   * Waits up to `waitMs` for a predecessor; then STORE_LOCKED. Another node of this process that stays is none, and
   * is not waited for. Creates the folder where it is missing; nobody else may look in.
   */
  static async take(folder: string, waitMs: number, owner: string): Promise<FolderLock> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const real = await realpath(folder);
    const deadline = performance.now() + waitMs;
    for (let holder = held.get(real); holder !== undefined; holder = held.get(real)) {
      await retryUntil(holder.owner === owner || holder.leaving ? deadline : 0);
    }
    held.set(real, { owner, leaving: false });
    try {
      await chmod(real, 0o700);
      const file = join(real, LOCK_FILE);
      const token = randomUUID();
      while (!await create(file, token)) if (!await removeIfStale(file)) await retryUntil(deadline);
      return new FolderLock(real, file, token);
    } catch (error) {
      held.delete(real);
      throw error;
    }
  }

  /** True when somebody else took the folder over, e.g. because this machine slept. Nothing may be written then. */
  get isLost(): boolean {
    return this.lost;
  }

  /** The owner is closing: whoever comes next may wait for it. */
  leave(): void {
    const holder = held.get(this.folder);
    if (holder !== undefined) holder.leaving = true;
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    try {
      if ((await holderOf(this.file))?.token === this.token) await rm(this.file, { force: true });
    } finally {
      held.delete(this.folder);
    }
  }

  private async beat(): Promise<void> {
    try {
      const holder = readHolder(await readFile(this.file, 'utf8'));
      if (holder?.token !== this.token) this.lost = true;
      else await utimes(this.file, new Date(), new Date());
    } catch (error) {
      if (codeOf(error) === 'ENOENT') this.lost = true;
    }
  }
}

async function retryUntil(deadline: number): Promise<void> {
  if (performance.now() >= deadline) {
    throw new McError('STORE_LOCKED', 'The store\'s folder is in use by another mc-store node or another Node-RED. Give each a folder of its own.');
  }
  await wait(RETRY_MS);
}

async function create(file: string, token: string): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(await thisHolder(token)), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // An empty lock of ours would keep everybody out.
    if (codeOf(error) === 'ENOSPC') await rm(file, { force: true });
    throw storeError(error, file);
  }
}

/** True when the lock may be tried again because its holder is gone. */
async function removeIfStale(file: string): Promise<boolean> {
  let seen: string;
  try {
    seen = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw storeError(error, file);
  }
  const holder = readHolder(seen);
  const alive = holder === null ? null : await isAlive(holder);
  if (alive === true || (alive === null && !await isSilent(file))) return false;
  // Two may see the same stale lock. Who moves it away looks whether it is still that one, else puts it back.
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw storeError(error, file);
  }
  if (await readFile(aside, 'utf8') !== seen) await rename(aside, file);
  else await rm(aside, { force: true });
  return true;
}

/** True when the heartbeat has stopped: old by the clock, and no new one while we watch (the clock may have jumped). */
async function isSilent(file: string): Promise<boolean> {
  const last = await mtimeOf(file);
  if (last === null || Math.abs(Date.now() - last) <= SILENCE_MS) return false;
  await wait(HEARTBEAT_MS + RETRY_MS);
  return await mtimeOf(file) === last;
}

function mtimeOf(file: string): Promise<number | null> {
  return stat(file).then(({ mtimeMs }) => mtimeMs, () => null);
}

function holderOf(file: string): Promise<ReturnType<typeof readHolder>> {
  return readFile(file, 'utf8').then(readHolder, () => null);
}
