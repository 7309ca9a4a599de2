import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NedbStore } from '../../nodes/store/nedb-store';
import { checkStore, cutBatch } from '../support/power-cut-check';
import { seededRandom, seedOfRun } from '../support/seeded-random';
import { SmallDisk } from '../support/small-disk';
import { withCode } from './fixtures';

const DISK_BYTES = 64 * 1024 * 1024;
const MOST_ROOM = 7 * 1024 * 1024;
const ROUNDS = 6;

describe('a store whose disk fills up', () => {
  const seed = seedOfRun();
  let disk: SmallDisk | null = null;
  let store: NedbStore | null = null;
  beforeEach(async function () {
    disk = await SmallDisk.make(DISK_BYTES);
    // Mounting needs rights that not everybody has.
    if (disk === null) this.skip();
  });
  afterEach(async () => {
    await store?.close();
    store = null;
    await disk?.remove();
  });

  it(`loses nothing it acknowledged and keeps nothing it refused, time after time (seed ${seed})`, async function () {
    this.timeout(60_000);
    const random = seededRandom(seed);
    const folder = join(disk!.folder, 'store');
    store = await NedbStore.open(folder, { id: 'full' });
    const acknowledged: number[] = [];
    let [next, refusals] = [0, 0];
    /** Eight at a time; returns how many were refused. */
    const write = async (batches: number): Promise<number> => {
      const numbers = Array.from({ length: batches }, () => next++);
      const results = await Promise.allSettled(numbers.map((number) => store!.write(cutBatch(number))));
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled') acknowledged.push(numbers[index]!);
        else withCode('STORE_FULL')(result.reason);
      }
      return results.filter(({ status }) => status === 'rejected').length;
    };
    for (let round = 1; round <= ROUNDS; round += 1) {
      // Room for a few lines, for half of a file that is written anew, or for several of them.
      await disk!.fill(random() ** 2 * MOST_ROOM);
      let refused = 0;
      // A store that writes its file anew makes room by itself: somebody else takes that.
      for (let turn = 0; turn < 400 && refused === 0; turn += 1) {
        refused += await write(8);
        if (turn % 8 === 7) await disk!.fill(await disk!.room() - 300_000);
      }
      assert.ok(refused > 0, 'the disk never filled up');
      refusals += refused + await write(20);
      assert.deepEqual(shown(store), sorted(acknowledged), `round ${round}: what is shown is not what was acknowledged`);
      await openCopy(folder, acknowledged, `full, round ${round}`);
      await disk!.free();
      assert.equal(await write(40), 0, `round ${round}: writes are still refused though there is room again`);
      if (round % 2 === 0) {
        await store.close();
        store = await NedbStore.open(folder, { id: 'full' });
      }
      assert.deepEqual(shown(store), sorted(acknowledged));
      await openCopy(folder, acknowledged, `free again, round ${round}`);
    }
    console.log(`      tmpfs: ${ROUNDS} times full, ${refusals} writes refused, ${acknowledged.length} acknowledged and there`);
  });
});

function shown(store: NedbStore): number[] {
  return sorted([...store.all('cursors')].map(({ seq }) => seq));
}

function sorted(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** As after a crash now: nothing is closed, the files are read elsewhere. */
async function openCopy(folder: string, acknowledged: readonly number[], where: string): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'mc-full-'));
  try {
    // A file that is just being replaced goes while it is copied.
    for (let attempt = 1; ; attempt += 1) {
      const done = await cp(folder, join(copy, 'store'), { recursive: true }).then(() => true, (error: unknown) => {
        if (attempt > 20 || (error as { code?: unknown }).code !== 'ENOENT') throw error;
        return false;
      });
      if (done) break;
      await rm(join(copy, 'store'), { recursive: true, force: true });
    }
    await rm(join(copy, 'store', 'lock'), { force: true });
    await checkStore(join(copy, 'store'), acknowledged, where, { exact: true });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
