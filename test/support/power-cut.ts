/** Power cuts on a real ext4: a writer is stopped, what has reached its disk is copied, mounted and looked at. */
import { readFile, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ChildScript } from './child-script';
import { acknowledgedIn, checkStore, lostOf } from './power-cut-check';
import type { CutDisk } from './power-cut-image';

export const WRITER = join(__dirname, 'power-cut-writer');
/** A machine takes longer than this to start again. */
const REBOOT_MS = 15_000;

export interface CutResult { cuts: number; acknowledged: number }

/**
 * Cuts the power under one writer to a store, `cuts` times after a random while of up to `mostMs`; it goes on in
 * between, as if each cut were in another world. Fails where anything acknowledged is lost.
 */
export async function cutStore(disk: CutDisk, cuts: number, random: () => number, mostMs = 400): Promise<CutResult> {
  const writer = ChildScript.start(WRITER, [join(disk.folder, 'store'), 'store']);
  try {
    await writer.line('open');
    for (let cut = 1; cut <= cuts; cut += 1) {
      await wait(random() * mostMs);
      // The last one ends the writer, so that its lock is met as it is.
      const isLast = cut === cuts;
      await stop(writer);
      await disk.afterCut(async (folder) => {
        if (isLast) await writer.kill();
        const store = join(folder, 'store');
        await (isLast ? asAfterReboot(store) : rm(join(store, 'lock'), { force: true }));
        await checkStore(store, acknowledgedIn(writer.lines), `cut ${cut}`);
      });
      if (!isLast) writer.process.kill('SIGCONT');
    }
    return { cuts, acknowledged: acknowledgedIn(writer.lines).length };
  } finally {
    await writer.kill();
  }
}

/** How much of what a careless writer acknowledged a cut takes: the proof that the harness sees what was not synced. */
export async function cutCareless(disk: CutDisk, mode: 'no-sync' | 'no-folder-sync'): Promise<{ acknowledged: number; lost: number }> {
  const writer = ChildScript.start(WRITER, [disk.folder, mode]);
  try {
    await writer.count(20);
    await stop(writer);
    return await disk.afterCut(async (folder) => {
      await writer.kill();
      const acknowledged = acknowledgedIn(writer.lines);
      return { acknowledged: acknowledged.length, lost: await lostOf(folder, mode, acknowledged) };
    });
  } finally {
    await writer.kill();
  }
}

/** SIGSTOP, and until every thread stands still: one may just be waiting for the disk. */
async function stop({ process: child, lines }: ChildScript): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the writer ended by itself: ${lines.at(-1) ?? ''}`);
  child.kill('SIGSTOP');
  const tasks = `/proc/${String(child.pid)}/task`;
  for (;;) {
    const states = await Promise.all((await readdir(tasks)).map((task) => readFile(join(tasks, task, 'stat'), 'utf8').catch(() => ') T')));
    if (states.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'))) break;
    await wait(2);
  }
  // What it had printed by then is in the pipe.
  await wait(20);
}

/** The clock has gone on while the machine was away; the lock of the writer is as old as that. */
export async function asAfterReboot(store: string): Promise<void> {
  const then = new Date(Date.now() - REBOOT_MS);
  await utimes(join(store, 'lock'), then, then).catch(() => undefined);
}
