import assert from 'node:assert/strict';
import { mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Bench, cursor, withCode } from './fixtures';

describe('the owner of a store folder', () => {
  const bench = new Bench();
  afterEach(() => bench.clear());

  it('is one in this runtime, also through another name of the folder', async () => {
    const folder = await bench.folder();
    const other = join(await bench.folder(), 'link');
    await symlink(folder, other);
    await bench.open(folder);
    await assert.rejects(bench.open(folder), withCode('STORE_LOCKED'));
    await assert.rejects(bench.open(other, { waitMs: 150 }), withCode('STORE_LOCKED'));
  });

  it('is waited for while it closes', async () => {
    const folder = await bench.folder();
    const first = await bench.open(folder);
    await first.write([cursor('a', 1)]);
    const second = bench.open(folder, { waitMs: 10_000 });
    setTimeout(() => { void first.close(); }, 50);
    assert.equal((await second).get('cursors', 'a')?.seq, 1);
  });

  it('is only one of several that wait', async () => {
    const folder = await bench.folder();
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => bench.open(folder, { waitMs: 300 })));
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  it('is one among processes; a killed one is replaced at once', async function () {
    this.timeout(30_000);
    const folder = await bench.folder();
    const child = bench.child(folder, 'hold');
    await child.said('open');
    await assert.rejects(bench.open(folder), withCode('STORE_LOCKED'));
    const ended = new Promise((resolve) => child.process.once('close', resolve));
    child.process.kill('SIGKILL');
    await ended;
    await bench.open(folder);
  });

  it('keeps the folder however silent, as long as it is known to live', async function () {
    this.timeout(30_000);
    const folder = await bench.folder();
    const child = bench.child(folder, 'hold');
    await child.said('open');
    child.process.kill('SIGSTOP');
    await utimes(join(folder, 'lock'), new Date(0), new Date(0));
    await assert.rejects(bench.open(folder, { waitMs: 300 }), withCode('STORE_LOCKED'));
    child.process.kill('SIGCONT');
  });

  describe('that is not there any more', () => {
    const lock = async (holder: object, at = new Date()): Promise<string> => {
      const folder = await bench.folder();
      await writeFile(join(folder, 'lock'), JSON.stringify({ token: 'former', ...holder }));
      await utimes(join(folder, 'lock'), at, at);
      return folder;
    };
    /** What this machine says of a living owner. */
    const here = async (): Promise<{ pid: number; started: string; boot: string; space: string }> => {
      const folder = await bench.folder();
      const store = await bench.open(folder);
      const holder = JSON.parse(await readFile(join(folder, 'lock'), 'utf8')) as { pid: number; started: string; boot: string; space: string };
      await store.close();
      return holder;
    };

    it('because the machine was started again', async () => {
      await bench.open(await lock({ ...await here(), pid: 1, boot: 'another', token: 'former' }));
    });

    it('because its process ID belongs to another process now', async () => {
      await bench.open(await lock({ ...await here(), started: '1', token: 'former' }));
    });

    it('because nothing has been heard of it from another container', async function () {
      this.timeout(10_000);
      const elsewhere = { ...await here(), space: 'pid:[1]', token: 'former' };
      await assert.rejects(bench.open(await lock(elsewhere)), withCode('STORE_LOCKED'));
      await bench.open(await lock(elsewhere, new Date(Date.now() - 60_000)));
    });

    it('because it never finished writing its lock', async function () {
      this.timeout(10_000);
      const folder = await lock({}, new Date(Date.now() - 60_000));
      await writeFile(join(folder, 'lock'), '');
      await utimes(join(folder, 'lock'), new Date(0), new Date(0));
      await bench.open(folder);
    });
  });

  it('writes nothing more once another has taken the folder over', async function () {
    this.timeout(10_000);
    const folder = await bench.folder();
    const store = await bench.open(folder);
    await writeFile(join(folder, 'lock'), JSON.stringify({ pid: 1, started: null, boot: null, space: null, token: 'other' }));
    for (;;) {
      const lost = await store.write([cursor('a')]).then(() => false, withCode('STORE_LOCKED'));
      if (lost) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await store.close();
    assert.match(await readFile(join(folder, 'lock'), 'utf8'), /other/, 'and leaves the other its lock');
  });

  it('needs a folder, not a file', async () => {
    const folder = await bench.folder();
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(bench.open(join(folder, 'file')), withCode('STORE_CORRUPT'));
    await mkdir(join(folder, 'ok'));
    await bench.open(join(folder, 'ok'));
  });
});
