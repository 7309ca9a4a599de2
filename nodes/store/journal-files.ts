import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './sync-folder';

const JOURNAL = /^store-(\d+)\.log$/;
const FORMER = /^store-(\d+)\.old$/;

/** The generations of a store's journal in a folder, oldest first. `former`: what a compaction has replaced. */
export interface JournalFiles {
  present: number[];
  former: number[];
  /** Left over from a compaction that a crash cut off. */
  unfinished: string[];
}

export async function journalFiles(folder: string): Promise<JournalFiles> {
  const names = await readdir(folder);
  const numbers = (pattern: RegExp): number[] => names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number).sort((a, b) => a - b);
  return { present: numbers(JOURNAL), former: numbers(FORMER), unfinished: names.filter((name) => name.endsWith('.tmp')) };
}

/** True where a folder holds a journal, whole or not. */
export async function holdsJournal(folder: string): Promise<boolean> {
  const files = await journalFiles(folder).catch(() => null);
  return files !== null && files.present.length + files.former.length > 0;
}

export function journalPath(folder: string, generation: number): string {
  return join(folder, `store-${String(generation).padStart(6, '0')}.log`);
}

/** The file that a compaction replaced is kept until the next: what damage takes from the new one is still in it. */
export function formerPath(folder: string, generation: number): string {
  return join(folder, `store-${String(generation).padStart(6, '0')}.old`);
}

/** Keeps the generation before `generation` as the former one and removes everything older, and what is unfinished. */
export async function clearUp(folder: string, generation: number): Promise<void> {
  const { present, former, unfinished } = await journalFiles(folder);
  const older = present.filter((number) => number < generation);
  const last = older.at(-1);
  if (last !== undefined) await rename(journalPath(folder, last), formerPath(folder, last));
  const kept = last ?? former.at(-1);
  await Promise.all([
    ...older.slice(0, -1).map((number) => rm(journalPath(folder, number), { force: true })),
    ...former.filter((number) => number !== kept).map((number) => rm(formerPath(folder, number), { force: true })),
    ...unfinished.map((name) => rm(join(folder, name), { force: true })),
  ]);
  await syncFolder(folder);
}
