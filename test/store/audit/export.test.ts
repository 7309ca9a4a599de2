import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { AuditRow } from '../../../nodes/credential/audit-event';
import { TrailBench } from './trail-bench';

const HEADER = ['seq', 'at', 'kind', 'userId', 'cardId', 'door', 'outcome', 'by', 'detail'];

describe('an export of the audit trail', () => {
  const bench = new TrailBench();
  afterEach(() => bench.clear());

  it('is JSON lines, one row each', async () => {
    const trail = await bench.open(await bench.folder());
    await trail.append([bench.event({ door: 'Tür "A"\n', detail: { a: 1, b: null } }), bench.event({ userId: null, cardId: null })], null);
    const lines = (await trail.export({}, 'jsonl')).split('\n');
    assert.equal(lines.pop(), '');
    assert.deepEqual(lines.map((line) => JSON.parse(line) as AuditRow), await trail.query({}));
    assert.equal((await trail.export({ userId: 'nobody' }, 'jsonl')), '');
  });

  it('is CSV with a header, and no spreadsheet runs a cell of it', async () => {
    const trail = await bench.open(await bench.folder());
    const dangerous = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '=HYPERLINK("x","y")', '=a,b'];
    await trail.append(dangerous.map((text) => bench.event({ userId: text, cardId: text, door: text, outcome: text, by: text })), null);
    await trail.append([bench.event({ userId: '007', door: 'plain, "quoted"\r\nand long', detail: { n: 1 } }), bench.event({ userId: null, cardId: null, door: null })], null);
    const rows: string[][] = parse(await trail.export({}, 'csv'), { record_delimiter: '\r\n' });
    assert.deepEqual(rows.shift(), HEADER);
    dangerous.forEach((text, index) => { assert.deepEqual(rows[index]?.slice(3, 8), Array(5).fill(`'${text}`)); });
    assert.deepEqual(rows[dangerous.length]?.slice(3), ['007', '770000000', 'plain, "quoted"\r\nand long', 'GRANTED', 'door-node', '{"n":1}']);
    assert.deepEqual(rows.at(-1)?.slice(3, 6), ['', '', '']);
    assert.equal(await trail.export({ userId: 'nobody' }, 'csv'), `${HEADER.join(',')}\r\n`);
  });

  it('gives every text back as it was, but for the apostrophe (property)', async () => {
    const trail = await bench.open(await bench.folder());
    let seq = 0;
    await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', '=', '-', '\t', ' ', "'", 'ß', '😀'), minLength: 1 }), { minLength: 1, maxLength: 5 }), async (texts) => {
      await trail.append(texts.map((door) => bench.event({ door, by: `run-${seq}` })), null);
      const rows = (await trail.query({ limit: texts.length }));
      assert.deepEqual(rows.map(({ door }) => door), texts);
      const csv: string[][] = parse(await trail.export({ limit: texts.length }, 'csv'), { record_delimiter: '\r\n' });
      csv.slice(1).forEach((row, index) => {
        assert.equal(row.length, HEADER.length);
        assert.equal(row[5]?.replace(/^'(?=[=+\-@\t\r\n])/, ''), texts[index]?.replace(/^'(?=[=+\-@\t\r\n])/, ''));
        assert.doesNotMatch(row[5] as string, /^[=+\-@\t\r\n]/);
      });
      seq += 1;
    }), { numRuns: 60 });
  });
});
