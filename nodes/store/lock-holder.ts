import { readFile, readlink } from 'node:fs/promises';

/** Who holds a lock, as well as it can be said: fields that a system does not tell are null. */
export interface LockHolder {
  pid: number;
  /** Start of the process in ticks since boot: a process ID is given again, this pair is not. */
  started: string | null;
  boot: string | null;
  /** The space in which the process ID counts: containers have one each. */
  space: string | null;
  /** Random; the same process may hold locks of several folders, or one after the other. */
  token: string;
}

/** This process as a holder. */
export async function thisHolder(token: string): Promise<LockHolder> {
  const { pid } = process;
  return { pid, started: await startOf(pid), boot: await bootId(), space: await pidSpace(), token };
}

/** Alive or dead where that can be told for sure, null where only the heartbeat tells. */
export async function isAlive(holder: LockHolder): Promise<boolean | null> {
  const boot = await bootId();
  if (boot !== null && holder.boot !== null && boot !== holder.boot) return false;
  if (holder.space !== await pidSpace()) return null;
  if (!runs(holder.pid)) return false;
  const started = await startOf(holder.pid);
  return started === null || holder.started === null ? null : started === holder.started;
}

export function readHolder(text: string): LockHolder | null {
  try {
    const found = JSON.parse(text) as LockHolder | null;
    return typeof found?.pid === 'number' && typeof found.token === 'string' ? found : null;
  } catch {
    return null;
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but belongs to somebody else.
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

function bootId(): Promise<string | null> {
  return textOf('/proc/sys/kernel/random/boot_id');
}

function pidSpace(): Promise<string | null> {
  return readlink('/proc/self/ns/pid').catch(() => null);
}

/** Field 22 of /proc/<pid>/stat (proc(5)). The second field, the name, may hold blanks and brackets. */
async function startOf(pid: number): Promise<string | null> {
  const stat = await textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then((text) => text.trim(), () => null);
}
