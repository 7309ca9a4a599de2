import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, realpath, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { McError } from '../credential/mc-error';

const HEARTBEAT_MS = 2000;
/** A holder that lives but says nothing for so long is another program under a number that was used again. */
const SILENT_MS = 60_000;
const RETRY_MS = 100;

/** Folders held in this process, by real path. */
const held = new Set<string>();

/** One owner a folder: within the process by its real path, between processes by a file with pid and boot ID. */
export class FolderLock {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(readonly folder: string, private readonly file: string) {
    this.heartbeat = setInterval(() => {
      const now = new Date();
      utimes(this.file, now, now).catch(() => undefined);
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  /** Waits up to `waitMs` for a predecessor; then STORE_LOCKED. Creates the folder (0700) where it is missing. */
  static async take(folder: string, waitMs: number): Promise<FolderLock> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const real = await realpath(folder);
    const until = Date.now() + waitMs;
    for (;;) {
      if (!held.has(real)) {
        held.add(real);
        const file = join(real, 'lock');
        if (await createdOrTakenOver(file).catch((error: unknown) => { held.delete(real); throw error; })) return new FolderLock(real, file);
        held.delete(real);
      }
      if (Date.now() >= until) {
        throw new McError('STORE_LOCKED', `The store folder ${folder} is in use by another mc-store node or another Node-RED. Give each its own folder.`);
      }
      await pause(RETRY_MS);
    }
  }

  async release(): Promise<void> {
    clearInterval(this.heartbeat);
    await rm(this.file, { force: true });
    held.delete(this.folder);
  }
}

async function createdOrTakenOver(file: string): Promise<boolean> {
  if (await created(file)) return true;
  if (!(await isStale(file))) return false;
  await rm(file, { force: true });
  return created(file);
}

async function created(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(JSON.stringify({ pid: process.pid, boot: bootId() }));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const silentMs = Date.now() - mtimeMs;
    const holder = parsed(text);
    // A holder that has just created the file has not written it yet.
    if (holder === null) return silentMs > HEARTBEAT_MS;
    if (holder.boot !== bootId() || holder.pid === process.pid) return true;
    return !isAlive(holder.pid) || silentMs > SILENT_MS;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ENOENT';
  }
}

function parsed(text: string): { pid: number; boot: string } | null {
  try {
    const value = JSON.parse(text) as { pid?: unknown; boot?: unknown };
    return typeof value.pid === 'number' && typeof value.boot === 'string' ? { pid: value.pid, boot: value.boot } : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

/** Tells one start of the machine from another; pids are used again. Empty where the system does not say. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
