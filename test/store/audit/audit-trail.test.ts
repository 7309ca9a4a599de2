import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRow } from '../../../nodes/credential/audit-event';
import type { AuditFilter } from '../../../nodes/store/audit/audit-filter';
import { withCode } from '../fixtures';
import { DAY_MS, linesOf, modesOf, numbered, segmentFiles, TrailBench } from './trail-bench';

const seqs = (rows: readonly AuditRow[]): number[] => rows.map(({ seq }) => seq);

describe('the audit trail', () => {
  const bench = new TrailBench();
  afterEach(() => bench.clear());

  it('answers what it was told, in its order, before and after it is closed', async () => {
    const folder = await bench.folder();
    const trail = await bench.open(folder);
    assert.equal(trail.head, null);
    assert.deepEqual(await trail.query({}), []);
    const events = [
      bench.event({ kind: 'issue', outcome: 'confirmed', door: null, detail: { attempts: 2, error: null, 'ü"\n': true } }),
      bench.event({ userId: null, cardId: null, kind: 'door', outcome: 'forced-open' }),
      bench.event({ userId: null, cardId: '123456', outcome: 'UNKNOWN_CARD' }),
    ];
    await trail.append(events, '7');
    const rows = events.map((event, index) => ({ seq: index + 1, ...event }));
    assert.deepEqual(await trail.query({}), rows);
    await trail.close();
    const again = await bench.open(folder);
    assert.deepEqual(await again.query({}), rows);
    assert.equal(again.lastMark, '7');
    assert.equal(again.head?.seq, 3);
  });

  it('finds rows by each field, and by all of them together', async () => {
    const trail = await bench.open(await bench.folder());
    const at = (hour: number): string => `2026-03-01T${String(hour).padStart(2, '0')}:00:00.000Z`;
    await trail.append([
      bench.event({ at: at(1), userId: 'a', cardId: '11', door: 'Front', kind: 'decision', outcome: 'GRANTED' }),
      bench.event({ at: at(2), userId: 'b', cardId: '22', door: 'Front', kind: 'decision', outcome: 'EXPIRED' }),
      bench.event({ at: at(3), userId: 'a', cardId: '33', door: 'Back', kind: 'decision', outcome: 'GRANTED' }),
      bench.event({ at: at(4), userId: null, cardId: '11', door: 'Back', kind: 'decision', outcome: 'UNKNOWN_CARD' }),
      bench.event({ at: at(5), userId: 'a', cardId: '11', door: null, kind: 'reissue', outcome: 'confirmed' }),
      bench.event({ at: at(6), userId: null, cardId: null, door: 'Front', kind: 'door', outcome: 'forced-open' }),
    ], null);
    const cases: [AuditFilter, number[]][] = [
      [{ userId: 'a' }, [1, 3, 5]],
      [{ cardId: '11' }, [1, 4, 5]],
      [{ userId: 'a', cardId: '11' }, [1, 5]],
      [{ door: 'Back' }, [3, 4]],
      [{ kind: 'reissue' }, [5]],
      [{ outcome: 'GRANTED' }, [1, 3]],
      [{ from: at(3) }, [3, 4, 5, 6]],
      [{ to: at(3) }, [1, 2, 3]],
      [{ from: at(2), to: at(4) }, [2, 3, 4]],
      [{ userId: 'a', door: 'Back', from: at(2), to: '2026-03-01T04:00:00+01:00' }, [3]],
      [{ limit: 2 }, [5, 6]],
      [{ userId: 'a', limit: 1 }, [5]],
      [{ userId: 'nobody' }, []],
      [{ cardId: '1' }, []],
    ];
    for (const [filter, expected] of cases) assert.deepEqual(seqs(await trail.query(filter)), expected, JSON.stringify(filter));
  });

  it('begins a segment each day, and finds rows across them', async () => {
    const folder = await bench.folder();
    bench.now = Date.parse('2026-03-01T23:59:59.900Z');
    const trail = await bench.open(folder);
    for (let day = 0; day < 4; day += 1) {
      await trail.append([1, 2, 3].map((number) => bench.event({ userId: `u${number}`, cardId: null })), String(day));
      bench.now += day === 0 ? 200 : DAY_MS;
    }
    assert.equal((await segmentFiles(folder)).length, 4);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(seqs(await trail.query({ userId: 'u2' })), [2, 5, 8, 11]);
      assert.deepEqual(seqs(await trail.query({ limit: 5 })), [8, 9, 10, 11, 12]);
      assert.deepEqual(seqs(await trail.query({ from: '2026-03-02T00:00:00Z', to: '2026-03-03T12:00:00Z' })), [4, 5, 6, 7, 8, 9]);
      assert.deepEqual(seqs(await trail.query({ to: '2026-03-01T23:59:59.999Z' })), [1, 2, 3]);
    }
    const verdict = await trail.verify();
    assert.deepEqual(verdict, { ok: true, from: 1, to: 12, firstBad: null, reason: null, head: trail.head });
  });

  it('goes on with the chain after a restart, on the same day and on a later one, and when the clock was set back', async () => {
    const folder = await bench.folder();
    for (const skip of [0, 0, DAY_MS, 0, -30 * DAY_MS]) {
      bench.now += skip;
      const trail = await bench.open(folder);
      await trail.append([bench.event(), bench.event({ userId: 'again' })], null);
      await trail.close();
    }
    const trail = await bench.open(folder);
    assert.deepEqual(seqs(await trail.query({})), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal((await trail.verify()).ok, true);
    assert.equal((await segmentFiles(folder)).length, 3);
  });

  it('remembers the last mark, also when what came after it had none and another day has begun', async () => {
    const folder = await bench.folder();
    let trail = await bench.open(folder);
    assert.equal(trail.lastMark, null);
    await trail.append([bench.event()], null);
    await trail.append([bench.event(), bench.event()], '41');
    bench.now += DAY_MS;
    await trail.append([bench.event()], null);
    assert.equal(trail.lastMark, '41');
    await trail.close();
    trail = await bench.open(folder);
    assert.equal(trail.lastMark, '41');
    await trail.append([], '99');
    assert.equal(trail.lastMark, '41', 'no event, no record, no mark');
  });

  it('verifies while it is written to', async () => {
    const trail = await bench.open(await bench.folder());
    await trail.append(Array.from({ length: 3000 }, (_, index) => numbered(index)), null);
    let [over, writes] = [false, 0];
    const writing = (async () => {
      while (!over) {
        await trail.append(Array.from({ length: 600 }, () => bench.event({ userId: `new-${writes}` })), String(writes));
        await trail.sync();
        writes += 1;
      }
    })();
    for (let i = 0; i < 5; i += 1) assert.deepEqual((await trail.verify()).reason, null);
    over = true;
    await writing;
    assert.ok(writes > 0);
    assert.equal((await trail.verify()).ok, true);
  });

  it('signs a head at the end, after many events and after a minute, not with every sync', async () => {
    const folder = await bench.folder();
    const heads = async (): Promise<number> => (await linesOf(join(folder, 'heads.log'))).length;
    const trail = await bench.open(folder);
    assert.equal(await heads(), 1);
    await trail.append([bench.event()], null);
    await trail.sync();
    assert.equal(await heads(), 1);
    bench.now += 60_000;
    await trail.sync();
    await trail.sync();
    assert.equal(await heads(), 2);
    await trail.append(Array.from({ length: 500 }, () => bench.event()), null);
    await trail.sync();
    assert.equal(await heads(), 3);
    await trail.append([bench.event()], null);
    await trail.close();
    assert.equal(await heads(), 4);
  });

  it('is for nobody else to read', async () => {
    const folder = await bench.folder();
    const trail = await bench.open(folder);
    await trail.append([bench.event()], null);
    await trail.erasePerson(bench.event().userId as string);
    await trail.prune();
    const modes = await modesOf(folder);
    assert.equal(modes['.'], 0o700);
    assert.deepEqual(Object.keys(modes).sort(), ['.', 'audit-000001-2026-03-01.log', 'heads.log', 'key.pem', 'persons.log']);
    for (const [name, mode] of Object.entries(modes)) if (name !== '.') assert.equal(mode, 0o600, name);
  });

  it('takes nothing more once it is closed', async () => {
    const trail = await bench.open(await bench.folder());
    await trail.close();
    await assert.rejects(trail.append([bench.event()], null), withCode('STORE_CLOSED'));
    await assert.rejects(trail.query({}), withCode('STORE_CLOSED'));
    await trail.close();
  });

  it('takes a hundred thousand events in far less than a minute', async function () {
    this.timeout(30_000);
    const trail = await bench.open(await bench.folder());
    const before = performance.now();
    for (let i = 0; i < 50; i += 1) {
      await trail.append(Array.from({ length: 2000 }, (_, index) => bench.event({ userId: `u${index}`, cardId: `7${i % 10}${index}` })), String(i));
    }
    await trail.sync();
    const seconds = (performance.now() - before) / 1000;
    assert.ok(seconds < 20, `${seconds} s`);
    assert.equal((await trail.query({ userId: 'u1999' })).length, 50);
  });

  describe('after a crash', () => {
    it('drops what was not wholly written: a torn line, an append of which a part is there', async () => {
      const folder = await bench.made(6);
      const [file] = await segmentFiles(folder) as [string];
      const closedBytes = await readFile(file);
      let trail = await bench.open(folder);
      await trail.append([bench.event(), bench.event(), bench.event()], 'three');
      await trail.sync();
      const bytes = await readFile(file);
      const third = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
      const second = bytes.lastIndexOf('\n', third - 2) + 1;
      for (const length of [bytes.length - 1, third + 10, third, second + 1, second, closedBytes.length + 1]) {
        // A copy of the folder as a crash leaves it: no head signed at the end.
        const copy = await bench.made(6);
        const [copied] = await segmentFiles(copy) as [string];
        await copyTrail(folder, copy);
        await writeFile(copied, bytes.subarray(0, length));
        trail = await bench.open(copy);
        assert.deepEqual([trail.head?.seq, trail.lastMark], [6, '6'], `cut at ${length}`);
        await trail.append([bench.event()], 'after');
        assert.equal((await trail.verify()).ok, true);
        assert.equal((await readFile(copied)).at(-1), 0x0a);
      }
    });

    it('drops the records at the end whose persons did not get to the disk', async () => {
      const folder = await bench.made(4);
      const vault = await readFile(join(folder, 'persons.log'));
      const crashed = await bench.open(folder);
      await crashed.append([numbered(1)], 'known');
      await crashed.append([numbered(2), bench.event({ userId: 'new' })], 'lost');
      const copy = await bench.folder();
      await bench.open(copy).then((trail) => trail.close());
      await copyTrail(folder, copy);
      await writeFile(join(copy, 'persons.log'), vault);
      const trail = await bench.open(copy);
      assert.deepEqual([trail.head?.seq, trail.lastMark], [5, 'known']);
      assert.equal((await trail.verify()).ok, true);
    });

    it('finishes an erasure that was cut off', async () => {
      const folder = await bench.made(8);
      const vault = await readFile(join(folder, 'persons.log'));
      const trail = await bench.open(folder);
      await trail.erasePerson('person-1');
      await trail.close();
      await writeFile(join(folder, 'persons.log'), vault);
      await writeFile(join(folder, 'persons.log.tmp'), 'half of person-1');
      const again = await bench.open(folder);
      assert.deepEqual(await again.query({ userId: 'person-1' }), []);
      assert.equal((await readFile(join(folder, 'persons.log'), 'utf8')).includes('person-1'), false);
      assert.deepEqual((await again.verify()).reason, null);
    });

    it('opens what lost the end of its file of heads or persons half-way through a line', async () => {
      const folder = await bench.made(3);
      for (const name of ['heads.log', 'persons.log']) await appendFile(join(folder, name), '01234567 {"half');
      const trail = await bench.open(folder);
      assert.equal((await trail.verify()).ok, true);
      await trail.append([bench.event({ userId: 'next' })], null);
      await trail.close();
      assert.equal((await (await bench.open(folder)).verify()).ok, true);
      await truncate(join(folder, 'key.pem'), 0);
      const keyless = await bench.open(folder);
      assert.equal((await keyless.verify()).ok, false, 'a new key does not speak for what the former one signed');
    });
  });
});

async function copyTrail(from: string, to: string): Promise<void> {
  for (const name of ['heads.log', 'persons.log', 'key.pem']) await writeFile(join(to, name), await readFile(join(from, name)));
  const [segment] = await segmentFiles(from) as [string];
  await writeFile(join(to, segment.slice(from.length + 1)), await readFile(segment));
}
