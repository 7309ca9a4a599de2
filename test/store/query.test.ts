import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { blocked } from '../access/fixtures';
import { Bench, withCode } from './fixtures';

describe('a query in NeDB\'s language', () => {
  const bench = new Bench();
  afterEach(() => bench.clear());

  it('finds documents by every operator', async () => {
    const store = await bench.open(await bench.folder());
    await store.write([blocked({ cardId: '11' }), blocked({ cardId: '22' }), blocked({ userId: 'eve' })]);
    const found = async (query: unknown): Promise<string[]> => (await store.query('blacklist', query)).map(({ _id }) => _id).sort();
    assert.deepEqual(await found({}), ['card:11', 'card:22', 'user:eve']);
    assert.deepEqual(await found({ cardId: '11' }), ['card:11']);
    assert.deepEqual(await found({ cardId: { $in: ['22', '33'] } }), ['card:22']);
    assert.deepEqual(await found({ $or: [{ userId: 'eve' }, { cardId: { $gt: '11', $lte: '22' } }] }), ['card:22', 'user:eve']);
    assert.deepEqual(await found({ $not: { cardId: null } }), ['card:11', 'card:22']);
    assert.deepEqual(await found({ cardId: { $regex: '^1' } }), ['card:11']);
    assert.deepEqual(await found({ cardId: /^2/ }), ['card:22']);
    assert.deepEqual(await found({ cardId: { $regex: runInNewContext('/^2/') as RegExp } }), ['card:22'], 'a regular expression of a Function node');
    assert.deepEqual(await found({ other: { $exists: true } }), []);
  });

  it('refuses code and what is not understood, also in an empty collection', async () => {
    const store = await bench.open(await bench.folder());
    const cyclic: Record<string, unknown> = {};
    cyclic['$not'] = cyclic;
    const queries: unknown[] = [
      { $where: () => true }, { $where: 'true' }, { $or: [{ a: 1 }, { $where: () => true }] }, { a: { b: { $where: 1 } } }, { a: { $elemMatch: { $where: 1 } } },
      { a: { $near: 1 } }, { $nor: [] }, { a: { $in: 'x' } }, { $or: {} }, { a: { $regex: '(' } }, { a: { $regex: 5 } }, { a: { $size: 1.5 } }, { a: { $gt: 1, b: 2 } },
      { a: [() => true] }, null, 'text', 5, [], [{ a: 1 }], cyclic, { a: { $lt: { $gt: 1 } } },
    ];
    for (const query of queries) await assert.rejects(store.query('blacklist', query), withCode('INPUT_INVALID'));
    await store.write([blocked({ cardId: '11' })]);
    for (const query of queries) await assert.rejects(store.query('blacklist', query), withCode('INPUT_INVALID'));
  });

  it('hands out copies', async () => {
    const store = await bench.open(await bench.folder());
    await store.write([blocked({ cardId: '11' })]);
    const [entry] = await store.query('blacklist', {});
    (entry as { reason: string }).reason = 'changed';
    assert.equal(store.get('blacklist', 'card:11')?.reason, '');
  });
});
