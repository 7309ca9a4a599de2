import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lineOf } from '../../../nodes/store/journal-line';
import type { AuditVerdict } from '../../../nodes/store/audit/audit-trail';
import { DAY_MS, linesOf, putLines, segmentFiles, TrailBench } from './trail-bench';

const COUNT = 20;

/** A line with other JSON and a checksum that fits it. */
function line(json: string): string {
  return lineOf(json).trimEnd();
}

/** A line of the chain changed as one does it who knows the format: hash and checksum fit again. */
function rehashed(text: string, change: (record: Record<string, unknown>) => void): string {
  const { hash: _, ...record } = JSON.parse(text.slice(9)) as Record<string, unknown>;
  change(record);
  const json = JSON.stringify(record);
  const hash = createHash('sha256').update(`mobile-credential audit record 1\n${json}`).digest('hex');
  return line(`${json.slice(0, -1)},"hash":"${hash}"}`);
}

describe('an audit trail that was tampered with', () => {
  const bench = new TrailBench();
  afterEach(() => bench.clear());

  async function verdictOf(folder: string, expected?: { seq: number; hash: string }): Promise<AuditVerdict> {
    const trail = await bench.open(folder);
    try {
      return await trail.verify(expected);
    } finally {
      await trail.close();
    }
  }

  /** A trail of twenty records with heads at 0, 10 and 20, whose lines of a file are changed. */
  async function changed(file: 'segment' | 'heads.log' | 'persons.log', change: (lines: string[]) => string[]): Promise<string> {
    const folder = await bench.made(COUNT, 10);
    const [segment] = await segmentFiles(folder) as [string];
    const path = file === 'segment' ? segment : join(folder, file);
    await putLines(path, change(await linesOf(path)));
    return folder;
  }

  const swap = (lines: string[], a: number, b: number): string[] => lines.map((text, index) => (index === a ? lines[b] : index === b ? lines[a] : text) as string);
  const put = (lines: string[], at: number, text: string): string[] => lines.with(at, text);
  const edit = (lines: string[], at: number, from: string | RegExp, to: string): string[] => put(lines, at, lines[at]!.replace(from, to));

  const tamperings: [string, number, (lines: string[]) => string[]][] = [
    ['a flipped byte', 7, (lines) => edit(lines, 6, 'GRANTED', 'GRANTEE')],
    ['a flipped byte in a checksum', 7, (lines) => put(lines, 6, `${lines[6]!.startsWith('0') ? '1' : '0'}${lines[6]!.slice(1)}`)],
    ['a changed field', 7, (lines) => put(lines, 6, line(lines[6]!.slice(9).replace('GRANTED', 'EXPIRED')))],
    ['a changed field with a hash that fits', 7, (lines) => put(lines, 6, rehashed(lines[6]!, (record) => { record['outcome'] = 'EXPIRED'; }))],
    ['a changed first record with a hash that fits', 1, (lines) => put(lines, 0, rehashed(lines[0]!, (record) => { record['outcome'] = 'EXPIRED'; }))],
    ['a changed last record with a hash that fits', 20, (lines) => put(lines, 19, rehashed(lines[19]!, (record) => { record['outcome'] = 'EXPIRED'; }))],
    ['a record that follows on another', 7, (lines) => put(lines, 6, rehashed(lines[6]!, (record) => { record['prev'] = '0'.repeat(64); }))],
    ['a record that follows on another, behind a head', 11, (lines) => put(lines, 10, rehashed(lines[10]!, (record) => { record['prev'] = '0'.repeat(64); }))],
    ['a deleted record', 7, (lines) => lines.toSpliced(6, 1)],
    ['a deleted first record', 1, (lines) => lines.slice(1)],
    ['several deleted records', 4, (lines) => lines.toSpliced(3, 9)],
    ['a repeated record', 8, (lines) => lines.toSpliced(7, 0, lines[6]!)],
    ['an inserted line', 8, (lines) => lines.toSpliced(7, 0, line('{"seq":8}'))],
    ['a reordered pair', 7, (lines) => swap(lines, 6, 7)],
    ['a truncated end', 17, (lines) => lines.slice(0, 16)],
    ['an emptied segment', 1, () => []],
  ];
  for (const [what, firstBad, change] of tamperings) {
    it(`names the first bad record: ${what}`, async () => {
      const folder = await changed('segment', change);
      // Changed beyond repair, head and all, is bad from behind the last head that holds.
      const expected = what.startsWith('a changed last') ? 11 : firstBad;
      const verdict = await verdictOf(folder);
      assert.deepEqual([verdict.ok, verdict.firstBad], [false, expected], verdict.reason ?? '');
      assert.equal(verdict.head, null, 'nothing to be kept elsewhere');
      // It goes on, and still tells.
      const trail = await bench.open(folder);
      await trail.append([bench.event()], 'later');
      assert.equal((await trail.query({ limit: 1 }))[0]?.detail['number'], 0);
      await trail.close();
      assert.equal((await verdictOf(folder)).firstBad, expected);
    });
  }

  it('names the first record of a chain that was rewritten from somewhere on, behind the last head that holds', async () => {
    const folder = await changed('segment', (lines) => {
      let prev: string | null = null;
      return lines.map((text, index) => {
        if (index < 13) return text;
        const made = rehashed(text, (record) => {
          if (prev !== null) record['prev'] = prev;
          record['door'] = 'Cellar';
        });
        prev = (JSON.parse(made.slice(9)) as { hash: string }).hash;
        return made;
      });
    });
    const verdict = await verdictOf(folder);
    assert.deepEqual([verdict.ok, verdict.firstBad], [false, 11]);
  });

  it('tells the loss of what no head spoke for by one that was kept elsewhere', async () => {
    const folder = await bench.made(6);
    const trail = await bench.open(folder);
    await trail.append([1, 2, 3, 4].map(() => bench.event()), null);
    const head = trail.head!;
    await trail.close();
    const [segment] = await segmentFiles(folder) as [string];
    await putLines(segment, (await linesOf(segment)).slice(0, 8));
    const heads = join(folder, 'heads.log');
    await putLines(heads, (await linesOf(heads)).slice(0, -1));
    // Cut in the middle of an append, it loses all of it.
    const unaware = await verdictOf(folder);
    assert.equal(unaware.ok, true);
    const verdict = await verdictOf(folder, head);
    assert.deepEqual([verdict.ok, verdict.firstBad, verdict.to], [false, 7, 6]);
    // The heads in the folder say that record 6 is right: their key has been used by somebody else.
    assert.deepEqual((await verdictOf(folder, { seq: 6, hash: '0'.repeat(64) })).firstBad, 1);
    assert.equal((await verdictOf(folder, unaware.head!)).ok, true);
  });

  it('names the first record of a segment that is gone, wherever it was', async () => {
    for (const [gone, firstBad] of [[0, 1], [1, 4], [3, 10]] as const) {
      const folder = await bench.folder();
      const trail = await bench.open(folder);
      for (let day = 0; day < 4; day += 1) {
        await trail.append([bench.event(), bench.event(), bench.event()], null);
        bench.now += DAY_MS;
      }
      const files = await segmentFiles(folder);
      const whole = await trail.verify();
      assert.equal(whole.ok, true);
      await rm(files[gone]!);
      assert.equal((await trail.verify()).firstBad, firstBad, 'while it is open');
      await trail.close();
      assert.equal((await verdictOf(folder)).firstBad, firstBad);
    }
  });

  it('tells a forged head, a damaged one, one by another key, and heads that are missing', async () => {
    const forged = (lines: string[]): string => {
      const { privateKey } = generateKeyPairSync('ed25519');
      const { signature: _, ...head } = JSON.parse(lines[1]!.slice(9)) as Record<string, unknown>;
      const json = JSON.stringify({ ...head, seq: 12, hash: 'f'.repeat(64) });
      return line(`${json.slice(0, -1)},"signature":"${sign(null, Buffer.from(`mobile-credential audit head 1\n${json}`), privateKey).toString('base64')}"}`);
    };
    const cases: [string, number, (lines: string[]) => string[]][] = [
      ['one more', 12, (lines) => [...lines, forged(lines)]],
      ['one in the place of another', 12, (lines) => put(lines, 1, forged(lines))],
      ['another number', 11, (lines) => put(lines, 1, line(lines[1]!.slice(9).replace('"seq":10', '"seq":11')))],
      ['another hash', 10, (lines) => put(lines, 1, line(lines[1]!.slice(9).replace(/"hash":"./, '"hash":"_')))],
      ['damaged', 1, (lines) => edit(lines, 1, '"seq"', '"sfq"')],
      ['all gone', 1, () => []],
    ];
    for (const [what, firstBad, change] of cases) {
      const verdict = await verdictOf(await changed('heads.log', change));
      assert.deepEqual([verdict.ok, verdict.firstBad], [false, firstBad], `${what}: ${verdict.reason}`);
    }
  });

  it('tells heads that were taken away while the trail was open', async () => {
    const folder = await bench.made(COUNT, 10);
    const trail = await bench.open(folder);
    const heads = join(folder, 'heads.log');
    await putLines(heads, (await linesOf(heads)).slice(0, 2));
    assert.deepEqual((await trail.verify()).firstBad, 11);
  });

  it('does not heal when its heads are lost: a new one does not begin where the thief has left off', async () => {
    const folder = await bench.made(COUNT, 10);
    const [segment] = await segmentFiles(folder) as [string];
    await putLines(segment, (await linesOf(segment)).slice(5));
    await rm(join(folder, 'heads.log'));
    const trail = await bench.open(folder);
    await trail.append([bench.event()], null);
    await trail.close();
    assert.equal((await verdictOf(folder)).firstBad, 1);
  });

  it('names the first record that concerns somebody else by now, or nobody', async () => {
    const other = (text: string): string => line(text.slice(9).replace(/person-3|770000003/, 'somebody'));
    const cases: [string, number, (lines: string[]) => string[]][] = [
      // Person 1 and card 1 come first, person 3 is in the records 3, 8, 13 and 18.
      ['a replaced person', 3, (lines) => lines.map((text) => (text.includes('"userId":"person-3"') ? other(text) : text))],
      ['a replaced card', 3, (lines) => lines.map((text) => (text.includes('"cardId":"770000003"') ? line(text.slice(9).replace('770000003', '770000004')) : text))],
      ['a second meaning', 3, (lines) => [...lines, other(lines.find((text) => text.includes('"userId":"person-3"'))!)]],
      ['a removed person', 3, (lines) => lines.filter((text) => !text.includes('"userId":"person-3"'))],
      ['a damaged line', 3, (lines) => lines.map((text) => text.replace('"userId":"person-3"', '"userId":"person-4"'))],
      ['everybody removed', 1, () => []],
    ];
    for (const [what, firstBad, change] of cases) {
      const verdict = await verdictOf(await changed('persons.log', change));
      assert.deepEqual([verdict.ok, verdict.firstBad], [false, firstBad], `${what}: ${verdict.reason}`);
    }
  });

  it('notices every flipped byte of every segment (property), opened again or still open', async function () {
    this.timeout(120_000);
    const folder = await bench.folder();
    let trail = await bench.open(folder);
    for (let day = 0; day < 3; day += 1) {
      for (let i = 0; i < 3; i += 1) await trail.append([bench.event({ userId: `u${i}` }), bench.event({ detail: { day } })], `${day}-${i}`);
      bench.now += DAY_MS;
    }
    const files = await segmentFiles(folder);
    const contents = await Promise.all(files.map((path) => readFile(path)));
    const places = contents.flatMap((bytes, file) => [...bytes.keys()].map((at) => ({ file, at })));
    const recordOf = ({ file, at }: { file: number; at: number }): number => 1 + 6 * file + bytesUpTo(contents[file]!, at);
    const place = fc.oneof(fc.constantFrom(...places), fc.constantFrom(...places.filter(({ file, at }) => contents[file]![at] === 0x0a || contents[file]![at + 1] === 0x0a)));
    for (const open of [true, false]) {
      await fc.assert(fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (hit, mask) => {
        const flipped = Buffer.from(contents[hit.file]!);
        flipped[hit.at] = flipped[hit.at]! ^ mask;
        await writeFile(files[hit.file]!, flipped);
        if (!open) trail = await bench.open(folder);
        const verdict = await trail.verify();
        assert.equal(verdict.ok, false);
        assert.equal(verdict.firstBad, recordOf(hit), verdict.reason ?? '');
        if (!open) await trail.close();
        await Promise.all(files.map((path, index) => writeFile(path, contents[index]!)));
      }), { numRuns: 150 });
      assert.equal((await (open ? trail : await bench.open(folder)).verify()).ok, true);
      await trail.close();
    }
  });

  it('notices every flipped byte of whom the records concern, and of a head while it is open (property)', async function () {
    this.timeout(60_000);
    const folder = await bench.made(10, 5);
    for (const [name, open] of [['persons.log', true], ['persons.log', false], ['heads.log', true]] as const) {
      const path = join(folder, name);
      const bytes = await readFile(path);
      let trail = await bench.open(folder);
      await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const flipped = Buffer.from(bytes);
        flipped[at] = flipped[at]! ^ mask;
        await writeFile(path, flipped);
        if (!open) trail = await bench.open(folder);
        const verdict = await trail.verify();
        assert.ok(!verdict.ok && verdict.firstBad !== null && verdict.firstBad >= 1 && verdict.firstBad <= 10);
        if (!open) await trail.close();
        await writeFile(path, bytes);
      }), { numRuns: 100 });
      assert.equal((await (open ? trail : await bench.open(folder)).verify()).ok, true);
      await trail.close();
    }
  });

  function bytesUpTo(bytes: Buffer, at: number): number {
    return bytes.subarray(0, at).filter((byte) => byte === 0x0a).length;
  }
});
