import assert from 'node:assert/strict';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import sinon from 'sinon';
import { COLLECTIONS } from '../../nodes/credential/documents';
import { emptyTotals } from '../../nodes/credential/import/import-row';
import type { StoreWrite } from '../../nodes/credential/store-port';
import { Journal } from '../../nodes/store/journal';
import { anchorOf, serialOf } from '../../nodes/store/journal-entry';
import { lineOf } from '../../nodes/store/journal-line';
import type { NedbStore } from '../../nodes/store/nedb-store';
import { credential } from '../access/fixtures';
import { batchOf, Bench, change, contents, cursor, journalOf, withCode } from './fixtures';

describe('a store that is cut off or damaged', () => {
  const bench = new Bench();
  afterEach(() => { sinon.restore(); return bench.clear(); });

  /** A store of a few batches, closed; its file's lines, header first. */
  async function made(batches: number): Promise<{ folder: string; file: string; bytes: Buffer }> {
    const folder = await bench.folder();
    const store = await bench.open(folder);
    for (let i = 0; i < batches; i += 1) await store.write([cursor(`a${i}`, i), cursor(`b${i}`, i)]);
    await store.close();
    const file = await journalOf(folder);
    return { folder, file, bytes: await readFile(file) };
  }

  /** Not believed: it refuses to open, or opens for reading alone, with the reason, and takes no write. */
  async function untrusted(folder: string): Promise<NedbStore | null> {
    const store = await bench.open(folder).catch((error: unknown) => { withCode('STORE_CORRUPT')(error); return null; });
    if (store === null) return null;
    withCode('STORE_CORRUPT')(store.readOnly);
    await assert.rejects(store.write([cursor('late')]), withCode('STORE_CORRUPT'));
    assert.equal(store.get('cursors', 'late'), undefined);
    await store.close();
    return store;
  }

  it('loses nothing acknowledged to kill -9, and keeps batches whole, also while compacting', async function () {
    this.timeout(60_000);
    const folder = await bench.folder();
    for (let run = 0; run < 4; run += 1) {
      const child = bench.child(folder, 'many');
      await child.said('open');
      await new Promise((resolve) => setTimeout(resolve, 150 + 170 * run));
      const ended = new Promise((resolve) => child.process.once('close', resolve));
      child.process.kill('SIGKILL');
      await ended;
      const acknowledged = child.lines.filter((line) => /^\d+$/.test(line)).map(Number);
      assert.ok(acknowledged.length > 20, `only ${acknowledged.length} writes`);
      const store = await bench.open(folder);
      for (const number of acknowledged) assert.equal(store.get('cursors', `a${number}`)?.seq, number, `write ${number} of run ${run}`);
      for (const { _id } of store.all('cursors')) assert.ok(store.get('sites', _id.replace('a', 'b')), `${_id} is half there`);
      for (const { _id } of store.all('sites')) assert.ok(store.get('cursors', _id.replace('b', 'a')), `${_id} is half there`);
      await store.close();
    }
  });

  it('opens with a torn last line, however few lines there are, and drops that batch as a whole', async function () {
    this.timeout(30_000);
    for (const batches of [1, 2, 3, 12]) {
      const { folder, file, bytes } = await made(batches);
      const lastLine = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
      for (const length of [lastLine + 1, lastLine + 20, bytes.length - 2, bytes.length - 1]) {
        await writeFile(file, bytes.subarray(0, length));
        const store = await bench.open(folder);
        assert.equal([...store.all('cursors')].length, 2 * (batches - 1), `${batches} batches, cut at ${length}`);
        await store.write([cursor('after')]);
        await store.close();
        const again = await bench.open(folder);
        assert.equal(again.get('cursors', 'after')?.seq, 0, 'the next write is not glued to the torn one');
        await again.close();
      }
    }
  });

  it('opens with a last line that the power cut left as zeros, with or without an end', async () => {
    for (const tail of ['\0'.repeat(400), `${'\0'.repeat(400)}\n`, `0123\0\0\0`]) {
      const { folder, file, bytes } = await made(3);
      await writeFile(file, Buffer.concat([bytes, Buffer.from(tail)]));
      assert.equal([...(await bench.open(folder)).all('cursors')].length, 6);
    }
  });

  it('notices every flipped bit of every acknowledged line (property), and leaves the file alone', async function () {
    this.timeout(120_000);
    const { folder, file, bytes } = await made(4);
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] as number) ^ (1 << bit);
      await writeFile(file, flipped);
      await untrusted(folder);
      assert.ok((await readFile(file)).equals(flipped), 'nothing is mended on a guess');
    }), { numRuns: 120 });
    await writeFile(file, bytes);
    assert.equal([...(await bench.open(folder)).all('cursors')].length, 8);
  });

  it('does not start empty on a file that lost its content or its beginning', async () => {
    const { folder, file, bytes } = await made(3);
    for (const content of [Buffer.alloc(0), Buffer.alloc(4096), bytes.subarray(bytes.indexOf('\n') + 1), Buffer.from('{}\n'), Buffer.from('not a store')]) {
      await writeFile(file, content);
      await untrusted(folder);
    }
  });

  it('notices that a compacted file was cut off, also between two lines', async function () {
    this.timeout(30_000);
    const folder = await bench.folder();
    const store = await bench.open(folder);
    for (let i = 0; i < 300; i += 1) await store.write(batchOf(i));
    await store.close();
    const file = await journalOf(folder);
    const bytes = await readFile(file);
    assert.ok(!file.endsWith('store-000001.log'));
    await truncate(file, bytes.indexOf('\n', bytes.indexOf('\n') + 1) + 1);
    await untrusted(folder);
  });

  it('goes on with the newer file, and clears away what a crash in a compaction left', async () => {
    const { folder, bytes } = await made(2);
    await writeFile(join(folder, 'store-000002.log'), bytes);
    await writeFile(join(folder, 'store-000003.log.tmp'), 'half');
    const store = await bench.open(folder);
    assert.equal([...store.all('cursors')].length, 4);
    await store.close();
    assert.equal(await journalOf(folder), join(folder, 'store-000002.log'));
  });

  describe('on a full disk', () => {
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

    it('keeps and shows nothing of a write that failed, everything before and after it', async () => {
      const folder = join(disk as string, 'store');
      const store = await bench.open(folder);
      const seen: string[] = [];
      store.onWrite((batch) => seen.push(...batch.map((write) => ('put' in write ? write.put._id : ''))));
      await store.write([cursor('before')]);
      const large = { collection: 'lockdowns' as const, put: { _id: 'large', since: '', by: 'x'.repeat(400_000) } };
      const [refused, beside] = await Promise.allSettled([store.write([cursor('half'), large]), store.write([cursor('beside')])]);
      assert.equal(refused.status, 'rejected');
      withCode('STORE_FULL')((refused).reason);
      assert.equal(beside.status, 'fulfilled', 'a small write does not fail with a large one');
      assert.deepEqual([store.get('cursors', 'half'), store.get('lockdowns', 'large')], [undefined, undefined]);
      await store.write([cursor('after')]);
      assert.deepEqual(seen, ['before', 'beside', 'after']);
      await store.close();
      const again = await bench.open(folder);
      assert.deepEqual(contents(again), contents(store));
      await again.close();
    });

    it('starts no bulk work that could fill it', async () => {
      const store = await bench.open(join(disk as string, 'store'));
      await assert.rejects(store.ensureRoom(1000), withCode('STORE_FULL'));
      await store.close();
    });

    it('opens and reads with not a byte left, refuses writes, and writes again when there is room', async () => {
      const folder = join(disk as string, 'store');
      const first = await bench.open(folder);
      await first.write([cursor('a', 7)]);
      const filler = join(disk as string, 'filler');
      const file = await open(filler, 'w');
      await assert.rejects(async () => { for (;;) await file.write(Buffer.alloc(4096)); });
      await file.close();
      let refused = 0;
      for (let i = 0; i < 100; i += 1) await first.write([{ collection: 'lockdowns', put: { _id: `d${i}`, since: '', by: 'x'.repeat(200) } }]).catch((error: unknown) => { withCode('STORE_FULL')(error); refused += 1; });
      assert.ok(refused > 0);
      withCode('STORE_FULL')(first.health.problem);
      assert.equal(first.readOnly, null, 'a full disk is not a broken one');
      assert.equal(first.get('cursors', 'a')?.seq, 7);
      await rm(filler);
      await first.write([cursor('b')]);
      assert.equal(first.health.problem, null);
      await first.close();
      assert.deepEqual(contents(await bench.open(folder)), contents(first));
    });
  });

  it('answers what a damaged journal still holds, also of a compacted file, and nothing it does not', async function () {
    this.timeout(30_000);
    const folder = await bench.folder();
    const store = await bench.open(folder);
    for (let i = 0; i < 300; i += 1) await store.write(batchOf(i));
    await store.write([cursor('after', 1), { collection: 'cursors', remove: 'a7' }]);
    await store.close();
    const file = await journalOf(folder);
    const bytes = await readFile(file);
    // A digit in the first line of documents that the compaction has written.
    const at = bytes.indexOf('"seq":', bytes.indexOf('\n')) + 6;
    bytes[at] = (bytes[at] as number) ^ 1;
    await writeFile(file, bytes);
    const damaged = await untrusted(folder);
    assert.ok(damaged !== null, 'it opens for reading');
    assert.deepEqual(contents(damaged), contents(store), 'the generation before has what the line lost');
    await rm(file);
    const older = await untrusted(folder);
    assert.ok(older !== null && older.get('cursors', 'a0')?.seq === 0, 'without the newest file the one before is read');
  });

  describe('with every kind of record', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const event = { kind: 'block' as const, at, userId: 'u', cardId: '1', door: null, outcome: 'blocked', by: 'flow', detail: {} };
    const KINDS: StoreWrite[] = [
      credential({ cardId: '4711', userId: 'u' }),
      { collection: 'blacklist', put: { _id: 'card:1', cardId: '1', userId: null, since: at, by: 'flow', reason: '', site: 'none' } },
      { collection: 'readers', put: { _id: '1', readers: [{ device: 'R', name: null }], receivedAt: at } },
      { collection: 'operations', put: { _id: 'op', operation: 'issue', site: '1', cardId: '1', userId: 'u', formerCardId: null, state: 'unknown', attempts: 1, lastError: null, since: at, sentAt: at, at, credits: 1 } },
      change('4711', new Date().toISOString()),
      { collection: 'sites', put: { _id: '1', listAsOf: at, contactAsOf: at } },
      cursor('watch', 1),
      { collection: 'lockdowns', put: { _id: '*', since: at, by: 'flow' } },
      { collection: 'imports', put: { _id: 'plan', site: '1', at, conflict: 'preserve', mapping: {}, fromNode: false, headers: ['user_id'], rows: 0, piece: 250, totals: emptyTotals(), needed: 0, state: 'planned' } },
      { collection: 'importRows', put: { _id: 'plan/0', plan: 'plan', rows: [] } },
      { collection: 'configs', put: { _id: 'n', type: 'mc-door', digest: 'd' } },
      { collection: 'fires', put: { _id: '*', since: at, by: 'flow' } },
      { collection: 'presence', put: { _id: 'p', area: 'lab', site: '1', userId: 'u', inside: true, door: 'Lab', at } },
      { collection: 'lockouts', put: { _id: 'r', until: at } },
      { collection: 'freeAccess', put: { _id: 'f', node: 'n', door: 'Front', since: at } },
      { collection: 'rules', put: { _id: 'n', packed: 'eJyrrgUAAXUA+Q==', since: at, source: 'message', base: '' } },
      { collection: 'clocks', put: { _id: 'last', at } },
      { collection: 'audit', event },
      { collection: 'cursors', remove: 'gone' },
    ];
    const kindOf = (write: StoreWrite): string => `${write.collection}${'remove' in write ? ' removed' : ''}`;

    it('has all of them', () => {
      assert.deepEqual([...new Set(KINDS.map(({ collection }) => collection))].sort(), [...COLLECTIONS, 'audit'].sort());
    });

    for (const write of KINDS) {
      it(`${kindOf(write)}: a flipped line is named and left out, a torn one was never acknowledged`, async () => {
        const folder = await bench.folder();
        const store = await bench.open(folder);
        await store.write([cursor('gone')]);
        for (const other of KINDS) if (other !== write) await store.write([other]);
        const without = contents(store);
        await store.write([write]);
        await store.close();
        const file = await journalOf(folder);
        const bytes = await readFile(file);
        // Closing has added where the audit trail ended.
        const lineEnd = bytes.indexOf('"w":[]}') < 0 ? bytes.length - 1 : bytes.lastIndexOf('\n', bytes.length - 2);
        const lineStart = bytes.lastIndexOf('\n', lineEnd - 1) + 1;

        const flipped = Buffer.from(bytes);
        flipped[lineStart + 20] = (flipped[lineStart + 20] as number) ^ 4;
        await writeFile(file, flipped);
        const damaged = await untrusted(folder);
        assert.ok(damaged !== null);
        assert.match(damaged.readOnly?.message ?? '', /line \d+/);
        assert.deepEqual(contents(damaged), without);

        await writeFile(file, bytes.subarray(0, lineStart + 25));
        const torn = await bench.open(folder);
        assert.equal(torn.readOnly, null);
        assert.deepEqual(contents(torn), without);
        await torn.close();
      });
    }
  });

  it('does not take a folder whose journal is gone for a new store', async () => {
    const { folder, file } = await made(2);
    await rm(file);
    await assert.rejects(bench.open(folder), withCode('STORE_CORRUPT'));
  });

  it('opens for reading alone where it may not write', async function () {
    if (process.getuid?.() === 0) this.skip();
    const { folder, file } = await made(2);
    await chmod(file, 0o400);
    const store = await untrusted(folder);
    assert.equal([...(store as NedbStore).all('cursors')].length, 4);
  });

  it('holds in memory what takes access away where it cannot be kept, and says so', async () => {
    const { folder, file, bytes } = await made(3);
    bytes[bytes.length - 10] = 0x7e;
    await writeFile(file, bytes);
    const store = await bench.open(folder);
    await assert.rejects(store.writeOrHold([cursor('lock')]), withCode('STORE_CORRUPT'));
    assert.equal(store.get('cursors', 'lock')?.seq, 0);
  });

  it('goes on answering when the thread that keeps its files is gone, and says so', async () => {
    const store = await bench.open(await bench.folder());
    await store.write([cursor('a', 3)]);
    let told = 0;
    store.onHealth(() => { told += 1; });
    await (store as unknown as { files: { worker: Worker } }).files.worker.terminate();
    await assert.rejects(store.write([cursor('b')]), withCode('STORE_CORRUPT'));
    assert.equal(told, 1);
    withCode('STORE_CORRUPT')(store.readOnly);
    assert.equal(store.get('cursors', 'a')?.seq, 3);
  });

  describe('in the journal itself', () => {
    const failing = Object.assign(new Error('i/o error'), { code: 'EIO' });
    async function handles(folder: string): Promise<{ datasync: () => Promise<void>; truncate: () => Promise<void> }> {
      const file = await open(join(folder, 'probe'), 'w');
      await file.close();
      return Object.getPrototypeOf(file) as { datasync: () => Promise<void>; truncate: () => Promise<void> };
    }

    it('takes no more when a failed write could not be undone', async () => {
      const folder = await bench.folder();
      await Journal.create(folder);
      const journal = await Journal.open(folder, 1, () => undefined);
      const sync = sinon.stub(await handles(folder), 'datasync').rejects(failing);
      const cut = sinon.stub(await handles(folder), 'truncate').rejects(failing);
      await assert.rejects(journal.append(['[]'], null), withCode('STORE_CORRUPT'));
      sync.restore();
      cut.restore();
      await assert.rejects(journal.append(['[]'], null), withCode('STORE_CORRUPT'));
      withCode('STORE_CORRUPT')(journal.failure);
      await journal.close();
    });

    it('cuts a write off again whose sync failed', async () => {
      const folder = await bench.folder();
      await Journal.create(folder);
      const journal = await Journal.open(folder, 1, () => undefined);
      const sync = sinon.stub(await handles(folder), 'datasync').callThrough();
      sync.onFirstCall().rejects(failing);
      await assert.rejects(journal.append(['["b"]'], null), withCode('STORE_CORRUPT'));
      assert.equal(await journal.append(['["c"]'], null), 1);
      await journal.close();
      const lines: string[] = [];
      await (await Journal.open(folder, 1, (json) => { lines.push(json); })).close();
      assert.deepEqual(lines, ['{"n":1,"w":["c"]}']);
    });

    it('goes on numbering after a compaction, and takes writes while it runs', async () => {
      const folder = await bench.folder();
      await Journal.create(folder);
      const journal = await Journal.open(folder, 1, () => undefined);
      const put = (id: string): string => JSON.stringify([cursor(id)]);
      await journal.append([put('a'), put('a'), put('b')], null);
      const compacting = journal.compact(() => ({ seq: 9, hash: 'h' }), () => Promise.resolve());
      assert.equal(await journal.append([put('c')], { seq: 10, hash: 'i' }), 4);
      await compacting;
      assert.equal(await journal.append([put('d')], null), 5);
      await journal.close();
      const lines: string[] = [];
      const again = await Journal.open(folder, 2, (json) => { lines.push(json); });
      assert.equal(lines.length, 3, lines.join());
      assert.deepEqual([serialOf(lines[1] as string), anchorOf(lines[1] as string), serialOf(lines[2] as string)], [4, { seq: 10, hash: 'i' }, 5]);
      assert.deepEqual(again.startAnchor, { seq: 9, hash: 'h' });
      assert.equal(await again.append([put('e')], null), 6);
      await again.close();
    });

    it('reads the files of the first version', async () => {
      const folder = await bench.folder();
      await writeFile(join(folder, 'store-000001.log'), [{ journal: 1, batches: 1 }, [cursor('a')], [cursor('b')]].map((entry) => lineOf(JSON.stringify(entry))).join(''));
      const store = await bench.open(folder);
      await store.write([cursor('c')]);
      await store.close();
      assert.equal([...(await bench.open(folder)).all('cursors')].length, 3);
    });
  });
});
