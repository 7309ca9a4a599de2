import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { credentialId, type CredentialDocument } from '../../nodes/credential/documents';
import type { StoreWrite } from '../../nodes/credential/store-port';
import { credential } from '../access/fixtures';
import { batchOf, Bench, change, contents, cursor, journalOf, withCode } from './fixtures';

describe('NedbStore', () => {
  const bench = new Bench();
  afterEach(() => bench.clear());

  it('keeps what it acknowledged, and answers from memory', async () => {
    const folder = await bench.folder();
    const first = await bench.open(folder);
    await first.write([credential(), cursor('c', 5)]);
    assert.equal(first.get('cursors', 'c')?.seq, 5);
    assert.equal(first.credentialsOf('1', 'patrick').length, 1);
    await first.close();
    const second = await bench.open(folder);
    assert.equal(second.get('credentials', credentialId('1', '998877665544'))?.userId, 'patrick');
    assert.equal(second.credentialsWith('998877665544').length, 1);
    assert.deepEqual(contents(second), contents(first));
  });

  it('shows a batch all at once, after it is kept, to readers and then to listeners, in order', async () => {
    const store = await bench.open(await bench.folder());
    const seen: string[] = [];
    const stop = store.onWrite((batch) => {
      seen.push(batch.map((write) => ('put' in write ? write.put._id : 'remove' in write ? write.remove : 'audit')).join('+'));
      assert.ok(store.get('cursors', 'b') !== undefined && store.get('cursors', 'a') !== undefined);
    });
    const written = store.write([cursor('a'), cursor('b')]);
    assert.equal(store.get('cursors', 'a'), undefined);
    await Promise.all([written, store.write([cursor('c')])]);
    stop();
    await store.write([cursor('d')]);
    assert.deepEqual(seen, ['a+b', 'c']);
  });

  it('keeps a write whatever a listener throws, and tells the others', async () => {
    const store = await bench.open(await bench.folder());
    const warned = new Promise((resolve) => process.once('warning', resolve));
    let told = 0;
    store.onWrite(() => { throw new Error('listener'); });
    store.onWrite(() => { told += 1; });
    await store.write([cursor('a')]);
    assert.equal(told, 1);
    await warned;
  });

  it('is out of reach of who wrote: a document changed afterwards is not changed in the store', async () => {
    const store = await bench.open(await bench.folder());
    const doc = { _id: 'c', seq: 1 };
    const written = store.write([{ collection: 'cursors', put: doc }]);
    doc.seq = 99;
    await written;
    doc.seq = 100;
    assert.equal(store.get('cursors', 'c')?.seq, 1);
  });

  it('numbers changes without gaps in the order of the writes, and goes on after a restart and after retention', async () => {
    const folder = await bench.folder();
    const old = new Date(Date.now() - 400 * 86_400_000).toISOString();
    let store = await bench.open(folder);
    assert.equal(store.lastChange(), 0);
    await Promise.all(['1', '2', '3'].map((cardId) => store.write([change(cardId, old), change(`${cardId}0`, old)])));
    assert.deepEqual([...store.all('changes')].map(({ seq, cardId }) => [seq, cardId]), [[1, '1'], [2, '10'], [3, '2'], [4, '20'], [5, '3'], [6, '30']]);
    const ids = [...store.all('changes')].map(({ _id }) => _id);
    assert.deepEqual([...ids].sort(), ids);
    assert.ok(ids.every((id) => id.length === ids[0]?.length));
    await store.close();
    store = await bench.open(folder, { retentionDays: 365 });
    assert.equal(store.lastChange(), 6);
    await store.write([change('4')]);
    assert.equal(store.lastChange(), 7);
  });

  it('forgets finished operations and changes past their time, and nothing that is open or owed', async () => {
    const folder = await bench.folder();
    const [old, young] = [new Date(Date.now() - 11 * 86_400_000).toISOString(), new Date(Date.now() - 9 * 86_400_000).toISOString()];
    const operation = (id: string, state: 'confirmed' | 'rejected' | 'unknown' | 'waiting', at: string, owed?: boolean): StoreWrite => ({
      collection: 'operations', put: { _id: id, operation: 'issue', site: '1', cardId: '1', userId: 'u', formerCardId: null, state, attempts: 1, lastError: null, since: at, sentAt: at, at, credits: 1, owed },
    });
    const first = await bench.open(folder);
    await first.write([
      operation('done', 'confirmed', old), operation('refused', 'rejected', old), operation('owed', 'confirmed', old, true),
      operation('lost', 'unknown', old), operation('waits', 'waiting', old), operation('young', 'confirmed', young), change('1', old), change('2', young), change('3', young),
    ]);
    await first.close();
    const second = await bench.open(folder, { retentionDays: 10 });
    assert.deepEqual([...second.all('operations')].map(({ _id }) => _id), ['owed', 'lost', 'waits', 'young']);
    assert.deepEqual([...second.all('changes')].map(({ seq }) => seq), [2, 3]);
  });

  it('writes its files for the owner alone', async () => {
    const folder = join(await bench.folder(), 'deep', 'store');
    await mkdir(folder, { recursive: true, mode: 0o755 });
    const store = await bench.open(folder);
    await store.write([cursor('a')]);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    for (const name of await readdir(folder)) assert.equal((await stat(join(folder, name))).mode & 0o777, name === 'audit' ? 0o700 : 0o600, name);
  });

  it('answers STORE_CLOSED after close, which waits for what is under way and may be called again', async () => {
    const folder = await bench.folder();
    const store = await bench.open(folder);
    const under = Array.from({ length: 50 }, (_, i) => store.write([cursor(`c${i}`)]));
    await Promise.all([store.close(), store.close()]);
    await Promise.all(under);
    await assert.rejects(store.write([cursor('late')]), withCode('STORE_CLOSED'));
    assert.equal([...(await bench.open(folder)).all('cursors')].length, 50);
  });

  it('loses nothing that is written while the journal is compacted', async function () {
    this.timeout(30_000);
    const folder = await bench.folder();
    const store = await bench.open(folder);
    let next = 0;
    const writer = async (): Promise<void> => { while (next < 1200) await store.write(batchOf(next++)); };
    await Promise.all(Array.from({ length: 8 }, writer));
    await store.close();
    assert.notEqual(await journalOf(folder), join(folder, 'store-000001.log'), 'it was compacted');
    assert.deepEqual(contents(await bench.open(folder)), contents(store));
  });

  it('is the same after reopening, whatever was written (property)', async function () {
    this.timeout(120_000);
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u2028', '\u0085\n\r\v', '"\\', '\ud800', '__proto__', '\0'));
    const write: fc.Arbitrary<StoreWrite> = fc.oneof(
      fc.tuple(id, text).map(([_id, by]): StoreWrite => ({ collection: 'lockdowns', put: { _id, since: '', by } })),
      id.map((remove): StoreWrite => ({ collection: 'lockdowns', remove })),
      fc.tuple(id, id, text).map(([cardId, userId, name]) => credential({ cardId, userId, name })),
      id.map((cardId): StoreWrite => ({ collection: 'credentials', remove: credentialId('1', cardId) })),
      id.map((cardId) => change(cardId)),
    );
    await fc.assert(fc.asyncProperty(fc.array(fc.array(write, { maxLength: 5 }), { maxLength: 8 }), async (batches) => {
      const folder = await bench.folder();
      const first = await bench.open(folder);
      await Promise.all(batches.map((batch) => first.write(batch)));
      await first.close();
      const second = await bench.open(folder);
      assert.deepEqual(contents(second), contents(first));
      assert.equal(second.lastChange(), first.lastChange());
      for (const key of ['a', 'b', 'c', 'd']) {
        const ids = (docs: readonly Readonly<CredentialDocument>[]): string[] => docs.map(({ _id }) => _id).sort();
        const all = [...second.all('credentials')];
        assert.deepEqual(ids(second.credentialsWith(key)), ids(all.filter(({ cardId }) => cardId === key)));
        assert.deepEqual(ids(second.credentialsOf('1', key)), ids(all.filter(({ userId }) => userId === key)));
      }
      await second.close();
    }), { numRuns: 40 });
  });

  it('tells a new store beside others from one that was there', async () => {
    const parent = await bench.folder();
    const first = await bench.open(join(parent, 'one'));
    assert.equal(first.openedEmptyBesideOthers, false);
    await first.write([cursor('a')]);
    assert.equal((await bench.open(join(parent, 'two'))).openedEmptyBesideOthers, true);
    await first.close();
    assert.equal((await bench.open(join(parent, 'one'))).openedEmptyBesideOthers, false);
    await writeFile(join(parent, 'no-store.txt'), '');
  });

  it('runs exclusive work under one key one after the other, also after a failure; other keys beside it', async () => {
    const store = await bench.open(await bench.folder());
    const log: string[] = [];
    const work = (name: string, fails = false) => async (): Promise<string> => {
      log.push(`${name}>`);
      await new Promise((resolve) => setImmediate(resolve));
      log.push(`<${name}`);
      if (fails) throw new Error(name);
      return name;
    };
    const results = await Promise.allSettled([store.exclusive('k', work('a', true)), store.exclusive('k', work('b')), store.exclusive('other', work('c'))]);
    assert.deepEqual(results.map(({ status }) => status), ['rejected', 'fulfilled', 'fulfilled']);
    assert.deepEqual(log.filter((entry) => !entry.includes('c')), ['a>', '<a', 'b>', '<b']);
    assert.ok(log.indexOf('c>') < log.indexOf('b>'));
  });

  it('holds 100,000 credentials written as one batch, and opens them again', async function () {
    this.timeout(30_000);
    const folder = await bench.folder();
    const store = await bench.open(folder);
    await store.write(Array.from({ length: 100_000 }, (_, i) => credential({ cardId: String(1_000_000_000_000_000 + i), userId: `u${i}` })));
    await store.close();
    const again = await bench.open(folder);
    assert.equal(again.credentialsWith('1000000000099999')[0]?.userId, 'u99999');
    assert.equal([...again.all('credentials')].length, 100_000);
  });

  it('names no person in a damaged file\'s error', async () => {
    const folder = await bench.folder();
    const store = await bench.open(folder);
    await store.write([credential(), cursor('a')]);
    await store.close();
    const file = await journalOf(folder);
    await writeFile(file, (await readFile(file, 'utf8')).replace('Patrick', 'Patrice'));
    // Both were in the one line: there is nothing left to answer from.
    await assert.rejects(bench.open(folder), (error: Error) => {
      withCode('STORE_CORRUPT')(error);
      assert.ok(error.message.includes('store-000001.log') && !/Patric|998877/.test(error.message) && !error.message.includes(dirname(folder)), error.message);
      return true;
    });
  });
});
