import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withCode } from '../fixtures';
import { segmentFiles, TrailBench } from './trail-bench';

describe('the audit trail on a full disk', () => {
  const bench = new TrailBench();
  let disk: string | null = null;
  beforeEach(async function () {
    disk = await mkdtemp(join(tmpdir(), 'mc-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      // Mounting needs rights that not everybody has.
      await rm(disk, { recursive: true });
      disk = null;
      this.skip();
    }
  });
  afterEach(async () => {
    await bench.clear();
    if (disk === null) return;
    execFileSync('umount', [disk], { stdio: 'ignore' });
    await rm(disk, { recursive: true });
  });

  it('refuses an append as a whole and leaves no trace of it, takes what fits, and goes on when there is room', async () => {
    const folder = join(disk as string, 'audit');
    const trail = await bench.open(folder);
    await trail.append([bench.event()], '1');
    const large = Array.from({ length: 5000 }, (_, index) => bench.event({ userId: index === 0 ? 'refused' : null }));
    await assert.rejects(trail.append(large, '2'), withCode('STORE_FULL'));
    assert.deepEqual([trail.head?.seq, trail.lastMark], [1, '1']);
    assert.equal((await readFile(join(folder, 'persons.log'), 'utf8')).includes('refused'), false);
    await trail.append([bench.event({ userId: 'refused' })], '2');
    assert.deepEqual((await trail.query({})).map(({ seq }) => seq), [1, 2]);

    const filler = join(disk as string, 'filler');
    const file = await open(filler, 'w');
    await assert.rejects(async () => { for (;;) await file.write(Buffer.alloc(4096)); });
    await file.close();
    let [kept, refused] = [2, 0];
    for (let i = 0; i < 200; i += 1) {
      await trail.append([bench.event({ userId: `u${i}` })], String(i)).then(() => { kept += 1; }, (error: unknown) => { withCode('STORE_FULL')(error); refused += 1; });
    }
    assert.ok(refused > 0);
    const [segment] = await segmentFiles(folder) as [string];
    assert.equal((await readFile(segment)).at(-1), 0x0a, 'no half line');
    assert.equal((await trail.verify()).to, kept);
    await assert.rejects(trail.erasePerson('refused'), withCode('STORE_FULL'));

    await rm(filler);
    await trail.append([bench.event({ userId: 'room' })], 'room');
    assert.deepEqual(await trail.erasePerson('refused'), { erased: 1 });
    await trail.close();
    const again = await bench.open(folder);
    assert.deepEqual([(await again.verify()).reason, again.lastMark], [null, 'room']);
    assert.deepEqual(await again.query({ userId: 'refused' }), []);
  });
});
