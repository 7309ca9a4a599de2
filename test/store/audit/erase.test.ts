import assert from 'node:assert/strict';
import { TrailBench, bytesOf, DAY_MS, segmentFiles } from './trail-bench';

describe('a person in the audit trail', () => {
  const bench = new TrailBench();
  afterEach(() => bench.clear());

  async function withTwo(): Promise<{ folder: string; trail: Awaited<ReturnType<TrailBench['open']>> }> {
    const folder = await bench.folder();
    const trail = await bench.open(folder);
    await trail.append([
      bench.event({ userId: 'erika.m', cardId: '5551234567', kind: 'issue', outcome: 'confirmed', door: null }),
      bench.event({ userId: null, cardId: '5551234567', outcome: 'UNKNOWN_CARD' }),
    ], '1');
    bench.now += DAY_MS;
    await trail.append([
      bench.event({ userId: 'erika.m', cardId: '5551234567' }),
      bench.event({ userId: 'max.s', cardId: '6660000001' }),
      bench.event({ userId: 'erika.m', cardId: '5557654321' }),
      bench.event({ userId: 'max.s', cardId: null, kind: 'suspend', outcome: 'confirmed' }),
    ], '2');
    return { folder, trail };
  }

  it('can be erased: nothing of them is left in any file, the chain verifies, others are answered', async () => {
    const { folder, trail } = await withTwo();
    const before = await bytesOf(folder);
    for (const word of ['erika.m', '5551234567', '5557654321']) assert.ok(before.includes(word), word);
    assert.deepEqual(await trail.erasePerson('erika.m'), { erased: 4 });
    for (const open of [trail, null]) {
      const now = open ?? await bench.open(folder);
      const bytes = await bytesOf(folder);
      for (const word of ['erika.m', '5551234567', '5557654321']) assert.ok(!bytes.includes(word), word);
      assert.deepEqual((await now.verify()).reason, null);
      assert.deepEqual(await now.query({ userId: 'erika.m' }), []);
      assert.deepEqual(await now.query({ cardId: '5551234567' }), []);
      assert.deepEqual((await now.query({ userId: 'max.s' })).map(({ seq, cardId }) => [seq, cardId]), [[4, '6660000001'], [6, null]]);
      const rows = await now.query({});
      assert.deepEqual(rows.map(({ userId, cardId }) => [userId, cardId]), [
        [null, null], [null, null], [null, null], ['max.s', '6660000001'], [null, null], ['max.s', null], [null, null],
      ]);
      assert.deepEqual([rows[0]?.outcome, rows[6]?.kind, rows[6]?.detail], ['confirmed', 'erase', { pseudonyms: 4 }]);
      await now.close();
    }
  });

  it('is not in the chain at all: no user ID and no card number, nor a plain hash of one', async () => {
    const { folder, trail } = await withTwo();
    await trail.close();
    const { createHash } = await import('node:crypto');
    const { readFile } = await import('node:fs/promises');
    for (const file of await segmentFiles(folder)) {
      const text = await readFile(file, 'utf8');
      for (const word of ['erika.m', 'max.s', '5551234567', '5557654321', '6660000001']) {
        assert.ok(!text.includes(word));
        for (const encoding of ['hex', 'base64', 'base64url'] as const) assert.ok(!text.includes(createHash('sha256').update(word).digest(encoding)));
      }
    }
  });

  it('comes back as somebody else', async () => {
    const { folder, trail } = await withTwo();
    await trail.erasePerson('erika.m');
    await trail.append([bench.event({ userId: 'erika.m', cardId: '5551234567' })], '3');
    assert.deepEqual((await trail.query({ userId: 'erika.m' })).map(({ seq }) => seq), [8]);
    assert.deepEqual((await trail.query({ cardId: '5551234567' })).map(({ seq }) => seq), [8]);
    assert.deepEqual(await trail.erasePerson('erika.m'), { erased: 1 });
    await trail.close();
    const again = await bench.open(folder);
    assert.equal(again.lastMark, '3');
    assert.equal((await again.verify()).ok, true);
  });

  it('takes nobody else along: a card that another person holds too stays theirs', async () => {
    const trail = await bench.open(await bench.folder());
    await trail.append([bench.event({ userId: 'a', cardId: '99' }), bench.event({ userId: 'b', cardId: '99' })], null);
    assert.deepEqual(await trail.erasePerson('a'), { erased: 1 });
    assert.deepEqual((await trail.query({ cardId: '99' })).map(({ seq, userId }) => [seq, userId]), [[2, 'b']]);
  });

  it('that is not in the trail leaves it as it is', async () => {
    const { trail } = await withTwo();
    const { head } = trail;
    assert.deepEqual(await trail.erasePerson('nobody'), { erased: 0 });
    assert.deepEqual(trail.head, head);
  });

  it('can be erased while events come in', async () => {
    const trail = await bench.open(await bench.folder());
    for (let i = 0; i < 20; i += 1) await trail.append([bench.event({ userId: `u${i}` })], null);
    const erasing = Promise.all([3, 4, 5].map((number) => trail.erasePerson(`u${number}`)));
    for (let i = 0; i < 40; i += 1) await trail.append([bench.event({ userId: `u${i}` })], null);
    await erasing;
    const verdict = await trail.verify();
    assert.deepEqual([verdict.reason, verdict.to], [null, 63]);
  });
});
