/** Power cuts in a record of what a writer did: as many moments as wanted, and at each what may be on the disk. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildScript } from './child-script';
import { asAfterReboot, type CutResult, WRITER } from './power-cut';
import { acknowledgedIn, checkStore, lostOf } from './power-cut-check';
import type { Keep } from './power-cut-files';
import { Replay } from './power-cut-replay';
import { type Moment, momentsOf, recording } from './power-cut-trace';

export type WriterMode = 'store' | 'no-sync' | 'no-folder-sync';
/** Two levels below what is there: both must be on the disk before anything is acknowledged. */
const FOLDER: Readonly<Record<WriterMode, string>> = { store: 'store', 'no-sync': '.', 'no-folder-sync': '.' };
/** So many openings after a cut meet the lock of the writer as it is: each waits some seconds to see that it is silent. */
const WITH_LOCK = 0.03;

/** What a writer did until it had printed so many lines, and the folder it did it in. */
export interface Recorded { root: string; mode: WriterMode; moments: Moment[] }

export async function record(mode: WriterMode, lines: number): Promise<Recorded> {
  const base = await mkdtemp(join(tmpdir(), 'mc-record-'));
  try {
    const [root, calls] = [join(base, 'disk'), join(base, 'calls')];
    await mkdir(root);
    const writer = ChildScript.start(WRITER, [join(root, FOLDER[mode]), mode], { under: recording(calls), env: { UV_USE_IO_URING: '0' } });
    try {
      await writer.count(lines);
    } finally {
      await endWriter(writer);
    }
    return { root, mode, moments: momentsOf(await readFile(calls, 'latin1')) };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

/**
 * `cuts` cuts at random moments; fails where a store has lost anything acknowledged. `pages`: also with pages of one
 * append that reach the disk in any order.
 */
export async function cutRecorded(recorded: Recorded, cuts: number, random: () => number, { pages = false } = {}): Promise<CutResult> {
  let acknowledged = 0;
  const kinds = [...keeps(random), ...(pages ? [somePages(random)] : [])];
  await eachCut(recorded, cuts, random, kinds, async (folder, keep, printed, moment) => {
    const done = acknowledgedIn(printed);
    acknowledged = done.length;
    const store = join(folder, FOLDER.store);
    if (random() < WITH_LOCK) await asAfterReboot(store);
    else await rm(join(store, 'lock'), { force: true });
    await checkStore(store, done, `cut at call ${moment}, ${keep} kept`);
  });
  return { cuts, acknowledged };
}

/** The most that a cut with nothing unsynced kept takes of what a careless writer had acknowledged. */
export async function mostLost(recorded: Recorded, cuts: number, random: () => number): Promise<number> {
  let most = 0;
  await eachCut(recorded, cuts, random, keeps(random), async (folder, keep, printed) => {
    if (keep === 'nothing unsynced') most = Math.max(most, await lostOf(folder, recorded.mode, acknowledgedIn(printed)));
  });
  return most;
}

/** What a cut keeps of what was not synced, and what it is called. */
type Kind = [string, Keep];
type Look = (folder: string, keep: string, printed: readonly string[], moment: number) => Promise<void>;

async function eachCut({ root, moments }: Recorded, cuts: number, random: () => number, kinds: readonly Kind[], look: Look): Promise<void> {
  const first = moments.findIndex(({ call }) => call.strings.some((text) => text.toString().startsWith(`${root}/`)));
  const at = Array.from({ length: cuts }, () => first + Math.floor(random() * (moments.length - first))).sort((a, b) => a - b);
  const replay = new Replay(root);
  let next = 0;
  for (const [cut, moment] of at.entries()) {
    for (; next <= moment; next += 1) replay.step(moments[next]!);
    const folder = await mkdtemp(join(tmpdir(), 'mc-replay-'));
    try {
      const [name, keep] = kinds[cut % kinds.length]!;
      await replay.restore(folder, keep);
      await look(folder, name, replay.printed, moment);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** Nothing that was not synced is there, all of it, or any part of it. */
function keeps(random: () => number): Kind[] {
  const none = (): { changes: number; bytes: number } => ({ changes: 0, bytes: 0 });
  return [
    ['nothing unsynced', { ofFile: none, ofFolder: () => false }],
    ['everything', { ofFile: all, ofFolder: () => true }],
    ['every name', { ofFile: none, ofFolder: () => true }],
    ['every byte', { ofFile: all, ofFolder: () => false }],
    ['some of it', { ofFile: (changes) => ({ changes: Math.ceil(random() * changes), bytes: Math.floor(random() * 30_000) }), ofFolder: () => random() < 0.5 }],
  ];
}

function somePages(random: () => number): Kind {
  return ['some pages', { ofFile: all, ofFolder: () => random() < 0.5, ofPage: () => random() < 0.5 }];
}

function all(): { changes: number; bytes: number } {
  return { changes: Infinity, bytes: Infinity };
}

/** strace ends when what it watches has; ended itself, it would let go of it. */
async function endWriter(writer: ChildScript): Promise<void> {
  const pid = Number(writer.lines.find((line) => line.startsWith('open '))?.slice('open '.length));
  if (writer.runs && pid > 0) process.kill(pid, 'SIGKILL');
  else writer.process.kill();
  await writer.ended;
}
