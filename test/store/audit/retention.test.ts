import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf, DAY_MS, linesOf, putLines, segmentFiles, TrailBench } from './trail-bench';

describe('retention of the audit trail', () => {
  const bench = new TrailBench();
  afterEach(() => bench.clear());

  /** Two events a day, one of them by a person of that day. */
  async function days(count: number, retentionDays: number): Promise<{ folder: string; trail: Awaited<ReturnType<TrailBench['open']>> }> {
    const folder = await bench.folder();
    const trail = await bench.open(folder, retentionDays);
    for (let day = 0; day < count; day += 1) {
      await trail.append([bench.event({ userId: `of-day-${day}` }), bench.event({ userId: 'always' })], String(day));
      bench.now += DAY_MS;
    }
    return { folder, trail };
  }

  it('lets whole old segments go with their heads and persons; what stays verifies, and goes on', async () => {
    const { folder, trail } = await days(10, 4);
    await trail.prune();
    const { head } = trail;
    for (const open of [trail, null]) {
      const now = open ?? await bench.open(folder, 4);
      assert.equal((await segmentFiles(folder)).length, 4);
      const verdict = await now.verify();
      assert.deepEqual([verdict.reason, verdict.from, verdict.to], [null, 13, 20]);
      assert.deepEqual(now.head, head);
      assert.deepEqual((await now.query({})).map(({ seq }) => seq), [13, 14, 15, 16, 17, 18, 19, 20]);
      assert.equal((await now.query({ userId: 'always' })).length, 4);
      const bytes = await bytesOf(folder);
      assert.deepEqual([0, 5, 6, 9].map((day) => bytes.includes(`"of-day-${day}"`)), [false, false, true, true]);
      assert.ok((await linesOf(join(folder, 'heads.log'))).length <= 6);
      await now.close();
    }
    const again = await bench.open(folder, 4);
    await again.append([bench.event()], null);
    assert.equal((await again.verify()).ok, true);
  });

  it('keeps what is not older than the days, and can be asked at any time', async () => {
    const { folder, trail } = await days(3, 3);
    await trail.prune();
    assert.equal((await segmentFiles(folder)).length, 3);
    bench.now += DAY_MS;
    await trail.prune();
    await trail.prune();
    assert.equal((await segmentFiles(folder)).length, 2);
  });

  it('lets everything go that is old, and remembers number, mark and hash', async () => {
    const { folder, trail } = await days(3, 5);
    bench.now += 30 * DAY_MS;
    await trail.prune();
    assert.deepEqual(await segmentFiles(folder), []);
    assert.deepEqual(await trail.query({}), []);
    assert.equal((await trail.verify()).ok, true);
    await trail.close();
    const again = await bench.open(folder, 5);
    assert.deepEqual([again.lastMark, again.head?.seq], ['2', 6]);
    await again.append([bench.event()], '3');
    const verdict = await again.verify();
    assert.deepEqual([verdict.reason, verdict.from, verdict.to], [null, 7, 7]);
  });

  it('finishes on opening what a crash has cut off', async () => {
    const { folder, trail } = await days(4, 2);
    const [oldest, second] = await segmentFiles(folder) as [string, string];
    const bytes = await readFile(second);
    await trail.prune();
    await trail.close();
    await writeFile(second, bytes);
    const again = await bench.open(folder, 2);
    assert.deepEqual((await segmentFiles(folder)).includes(second), false);
    assert.equal((await segmentFiles(folder)).includes(oldest), false);
    assert.equal((await again.verify()).ok, true);
  });

  it('heals nothing: what was taken out of what stays is still missing', async () => {
    const { folder, trail } = await days(6, 3);
    await trail.close();
    const first = (await segmentFiles(folder))[3]!;
    await putLines(first, (await linesOf(first)).slice(1));
    const again = await bench.open(folder, 3);
    await again.prune();
    assert.deepEqual([(await again.verify()).from, (await again.verify()).firstBad], [8, 7]);
    await rm(first);
    assert.equal((await again.verify()).firstBad, 7);
  });

  it('is not held up by a clock that ran ahead, nor led to let go what is young by one that ran behind', async () => {
    const folder = await bench.folder();
    const trail = await bench.open(folder, 10);
    const begin = bench.now;
    for (const day of [0, 1, 4000, 2, 3, -9000, 20]) {
      bench.now = begin + day * DAY_MS;
      await trail.append([bench.event({ detail: { day } })], null);
    }
    const left = async (): Promise<unknown[]> => (await trail.query({})).map(({ detail }) => detail['day']);
    bench.now = begin + 13 * DAY_MS;
    await trail.prune();
    assert.deepEqual(await left(), [3, -9000, 20]);
    bench.now = begin + 21 * DAY_MS;
    await trail.prune();
    assert.deepEqual(await left(), [20]);
    assert.equal((await trail.verify()).ok, true);
  });

  it('can be asked while events come in, by persons that were about to be forgotten', async () => {
    const { folder, trail } = await days(8, 3);
    const pruning = trail.prune();
    for (let i = 0; i < 8; i += 1) await trail.append([bench.event({ userId: `of-day-${i}` })], null);
    await pruning;
    assert.deepEqual((await trail.verify()).reason, null);
    assert.equal((await trail.query({ userId: 'of-day-0' })).length, 1);
    await trail.close();
    assert.equal((await (await bench.open(folder, 3)).verify()).ok, true);
  });

  it('leaves one head of each former segment', async () => {
    const folder = await bench.folder();
    const trail = await bench.open(folder);
    for (let i = 0; i < 30; i += 1) {
      await trail.append([bench.event()], null);
      bench.now += DAY_MS / 10;
      await trail.sync();
    }
    await trail.prune();
    const heads = (await linesOf(join(folder, 'heads.log'))).map((line) => (JSON.parse(line.slice(9)) as { segment: number }).segment);
    assert.deepEqual(heads.filter((segment) => segment < 4), [1, 2, 3], heads.join());
    assert.equal((await trail.verify()).ok, true);
  });
});
