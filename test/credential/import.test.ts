import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SETTLE_GRACE_MS } from '../../nodes/credential/settle-grace';
import type { ImportReport } from '../../nodes/credential/import/import-commit';
import { mergeList } from '../../nodes/credential/site-truth';
import type { Fate } from './fake-site';
import { fileRow, ImportBench } from './import-bench';
import { withCode } from '../store/fixtures';

const outcomes = (report: ImportReport): string => report.rows.map(({ outcome }) => outcome).join(' ');

describe('a bulk import', () => {
  it('is planned without a request but one for the credits, and then carried out to the plan', async () => {
    const bench = new ImportBench(10);
    const plan = await bench.plan([fileRow(1), fileRow(2, { csn_mobile: '4711' }), fileRow(3, { email: '' }), fileRow(2)]);
    assert.deepEqual(plan.rows.map(({ row, action, credits, reason }) => [row, action, credits, reason]), [
      [1, 'create', 1, null], [2, 'create', 1, null], [3, 'invalid', 0, 'EMAIL_MISSING'], [4, 'conflict', 0, 'DUPLICATE'],
    ]);
    assert.deepEqual(plan.credits, { before: 10, needed: 2, after: 8, shortfall: 0 });
    assert.deepEqual([bench.site.reads, bench.site.sent], [{ info: 1, list: 0 }, []]);
    const report = await bench.commit(plan.hash);
    assert.equal(outcomes(report), 'created created invalid conflict');
    assert.deepEqual([bench.site.spent, report.credits.spent, report.credits.before, report.credits.after], [2, 2, 10, 8]);
    assert.equal(bench.site.cards.get('4711')?.userId, '2');
    assert.match(report.failedCsv, /^user_id,name,email,csn_mobile,error\r\n3,User 3,,,"EMAIL_MISSING: /);
    assert.deepEqual(bench.store.audit.filter(({ kind }) => kind === 'import').map(({ outcome }) => outcome), ['planned', 'started', 'finished']);
  });

  it('spends nothing for the same file again, nor for the same commit again', async () => {
    const bench = new ImportBench();
    const rows = [fileRow(1), fileRow(2)];
    const { hash } = await bench.plan(rows);
    const first = await bench.commit(hash);
    const again = await bench.commit(hash);
    assert.deepEqual(again.rows, first.rows);
    assert.equal(again.credits.spent, 0);
    const plan = await bench.plan(rows);
    assert.deepEqual(plan.rows.map(({ action }) => action), ['unchanged', 'unchanged']);
    assert.notEqual(plan.hash, hash);
    assert.equal(outcomes(await bench.commit(plan.hash)), 'unchanged unchanged');
    assert.equal(bench.site.spent, 2);
  });

  it('gives the same plan for the same file on the same state, and another for anything else', async () => {
    const bench = new ImportBench();
    const rows = [fileRow(1), fileRow(2)];
    const { hash } = await bench.plan(rows);
    bench.clock.pass(86_400_000);
    bench.site.spent = 40;
    assert.equal((await bench.plan(rows)).hash, hash, 'neither time nor balance');
    assert.notEqual((await bench.plan(rows, 'overwrite')).hash, hash);
    assert.notEqual((await bench.plan([...rows].reverse())).hash, hash);
    assert.notEqual((await bench.plan([fileRow(1), fileRow(2, { title: 'Guard' })])).hash, hash);
  });

  it('prices without a site that answers', async () => {
    const bench = new ImportBench();
    bench.site.info = () => Promise.reject(Object.assign(new Error('no'), {}));
    await assert.rejects(bench.plan([fileRow(1)]), /no/);
  });

  it('leaves a known user alone or changes it, and ends a phone only when that is confirmed', async () => {
    const bench = new ImportBench();
    await bench.commit((await bench.plan([fileRow(1, { csn_mobile: '100', title: 'Guard' }), fileRow(2, { csn_mobile: '200' })])).hash);
    bench.site.activate('200');
    await mergeList(bench.site, await later(bench), bench.store, { adopt: 'all-doors', maxRemovalPercent: 20, heldRemoval: null, clock: bench.clock });
    const changed = [fileRow(1, { csn_mobile: '100', title: 'Chief' }), fileRow(2, { csn_mobile: '201' })];
    const kept = await bench.plan(changed, 'preserve');
    assert.deepEqual(kept.rows.map(({ action }) => action), ['skip', 'skip']);
    assert.equal(outcomes(await bench.commit(kept.hash)), 'skipped skipped');
    const plan = await bench.plan(changed, 'overwrite');
    assert.deepEqual(plan.rows.map(({ action, credits }) => [action, credits]), [['update', 0], ['reissue', 1]]);
    await assert.rejects(bench.commit(plan.hash), withCode('CONFIRMATION_MISSING'));
    assert.equal(bench.site.spent, 2);
    const report = await bench.commit(plan.hash, { confirmReissues: true });
    assert.equal(outcomes(report), 'updated reissued');
    assert.equal(bench.store.get('credentials', '1001/100')?.title, 'Chief');
    assert.deepEqual([...bench.site.cards.keys()].sort(), ['100', '201']);
    assert.equal(outcomes(await bench.commit(plan.hash)), 'updated reissued');
    assert.equal(bench.site.spent, 3);
  });

  it('is stale when the store has changed beneath it, and not for what does not concern it', async () => {
    const bench = new ImportBench();
    const { hash } = await bench.plan([fileRow(1), fileRow(2)]);
    await bench.commit((await bench.plan([fileRow(9)])).hash);
    await bench.commit((await bench.plan([fileRow(2)])).hash);
    await assert.rejects(bench.commit(hash), withCode('PLAN_STALE'));
    assert.equal(bench.site.spent, 2);
    await assert.rejects(bench.commit('0'.repeat(64)), withCode('PLAN_STALE'));
  });

  it('does nothing when the credits do not reach, or as many as they reach for when that is asked', async () => {
    const bench = new ImportBench(5);
    bench.site.creditReserve = 2;
    const rows = [1, 2, 3, 4, 5, 6].map((id) => fileRow(id));
    const { hash, credits } = await bench.plan(rows);
    assert.deepEqual([credits.needed, credits.shortfall], [6, 1]);
    await assert.rejects(bench.commit(hash), withCode('CREDIT_LIMIT'));
    assert.deepEqual([bench.site.sent, bench.site.spent], [[], 0]);
    const report = await bench.commit(hash, { limitToCredits: true });
    assert.equal(outcomes(report), 'created created created skipped skipped skipped');
    assert.equal(report.failedCsv.trim().split('\r\n').length, 4);
    assert.equal(bench.site.spent, 3);
    bench.site.bought = 100;
    assert.equal(outcomes(await bench.commit(hash)), 'created created created created created created', 'the same commit goes on');
    assert.equal(bench.site.spent, 6);
    const poor = new ImportBench(1);
    await assert.rejects(poor.commit((await poor.plan(rows)).hash), withCode('NO_CREDIT'));
    poor.site.bought = 100;
    poor.site.dailyCreditLimit = 4;
    assert.equal(outcomes(await poor.commit((await poor.plan(rows)).hash, { limitToCredits: true })), 'created created created created skipped skipped');
  });

  it('stops when the site is gone, and goes on with the same commit', async () => {
    const bench = new ImportBench();
    const { hash } = await bench.plan([1, 2, 3, 4, 5, 6, 7, 8].map((id) => fileRow(id)));
    bench.site.fates = ['answer', 'answer', 'lose-after', 'answer', 'refuse'];
    const report = await bench.commit(hash, { concurrency: 1 });
    assert.equal(report.paused, 'PERMISSION_DENIED');
    // The row behind it was under way already.
    assert.equal(outcomes(report), 'created created unknown created failed created failed failed');
    assert.equal(report.credits.spent, null);
    assert.equal(bench.store.get('imports', hash)?.state, 'paused');
    assert.equal(bench.site.spent, 5);
    bench.clock.pass(1000);
    const rest = await bench.commit(hash);
    assert.equal(outcomes(rest), Array(8).fill('created').join(' '));
    assert.equal(bench.site.spent, 8);
    assert.equal(rest.failedCsv, '');
  });

  it('starts no further row once it is told to stop', async () => {
    const bench = new ImportBench();
    const { hash } = await bench.plan([1, 2, 3, 4].map((id) => fileRow(id)));
    let done = 0;
    const report = await bench.commit(hash, { concurrency: 1, onProgress: (now) => { done = now; }, stopped: () => done >= 2 });
    assert.equal(report.paused, 'CLOSED');
    assert.match(outcomes(report), /^created created (created|failed) failed$/);
  });

  describe('refuses', () => {
    const bench = new ImportBench();
    const cases: [string, Record<string, unknown>, Record<string, string>, string][] = [
      ['a column that nobody knows', fileRow(1, { csn_mobil: '1' }), {}, 'csn_mobil'],
      ['the physical card taken for the mobile one', fileRow(1, { csn: '1' }), { csn: 'csn_mobile' }, 'cannot be undone'],
      ['two columns for one field', fileRow(1, { userId: '1' }), {}, 'twice'],
      ['a file without user IDs', { name: 'Ann' }, {}, 'user_id'],
      ['a file with another separator', { 'user_id\tname': '1' }, {}, 'not known'],
      ['a mapping to a column that is none', fileRow(1, { x: '1' }), { x: 'csnmobile' }, 'no column'],
      ['a mapping of a column that is not there', fileRow(1), { Mail: 'email' }, 'does not have'],
    ];
    for (const [what, row, mapping, word] of cases) {
      it(what, async () => {
        await assert.rejects(bench.plan([row], 'preserve', mapping), (error: Error) => {
          withCode('INPUT_INVALID')(error);
          assert.ok(error.message.includes(word), error.message);
          return true;
        });
      });
    }
  });

  describe('answers a row with', () => {
    const cases: [string, Record<string, unknown>, string, string | null][] = [
      ['a spreadsheet\'s number', { csn_mobile: '1.23457E+15' }, 'invalid', 'CARD_ID_INVALID'],
      ['a number that is no text', { csn_mobile: 4711 }, 'invalid', 'CARD_ID_INVALID'],
      ['a leading zero', { csn_mobile: '0123' }, 'invalid', 'CARD_ID_INVALID'],
      ['33 digits', { csn_mobile: '1'.repeat(33) }, 'invalid', 'CARD_ID_INVALID'],
      ['a name the site does not take', { name: 'Ann (night)' }, 'invalid', 'NAME_NOT_ALLOWED'],
      ['a date that may be two', { mobile_start_datetime: '03/04/2026' }, 'invalid', 'INPUT_INVALID'],
      ['BioStar\'s time', { mobile_start_datetime: '2026-03-04 08:30:00', mobile_expiry_datetime: '2026-03-05' }, 'create', null],
      ['a phone as our own files guard it', { phone: '\'+447700900123' }, 'create', null],
      ['columns that say nothing here', { user_group: 'All', pin: '1234', qr: 'x', csn: '99' }, 'create', null],
      ['doors', { doors: 'Front | Store' }, 'create', null],
    ];
    for (const [what, more, action, reason] of cases) {
      it(`${what}: ${action}`, async () => {
        const [row] = (await new ImportBench().plan([fileRow(1, more)])).rows;
        assert.deepEqual([row?.action, row?.reason], [action, reason], row?.message);
      });
    }
  });

  it('spends a credit for each card and never two, whatever is lost, repeated or restarted (property)', async function () {
    this.timeout(60_000);
    const fate: fc.Arbitrary<Fate> = fc.constantFrom('answer', 'answer', 'answer', 'answer', 'refuse', 'lose-before', 'lose-after', 'late', 'hang-before', 'hang-after');
    const rows = fc.array(fc.record({ id: fc.integer({ min: 1, max: 6 }), number: fc.option(fc.integer({ min: 1, max: 8 })), bad: fc.nat(9) }), { minLength: 1, maxLength: 8 });
    const step = fc.record({ fates: fc.array(fate, { maxLength: 8 }), passMs: fc.constantFrom(1000, SETTLE_GRACE_MS + 1000), restart: fc.boolean(), replan: fc.nat(3) });
    await fc.assert(fc.asyncProperty(rows, fc.constantFrom('preserve' as const, 'overwrite' as const), fc.array(step, { maxLength: 4 }), async (table, conflict, steps) => {
      const bench = new ImportBench();
      const file = table.map(({ id, number, bad }) => fileRow(id, { csn_mobile: number === null ? '' : String(number), ...bad === 0 ? { email: 'x' } : {} }));
      let { hash } = await bench.plan(file, conflict);
      for (const { fates, passMs, restart, replan } of steps) {
        bench.site.fates = [...fates];
        const report = await Promise.race([bench.commit(hash, { confirmReissues: true }).catch(() => null), ticks(3000)]);
        if (report !== null) assert.equal(report.rows.length, file.length);
        if (restart || report === null) await bench.restart();
        bench.site.fates = [];
        bench.clock.pass(passMs);
        bench.site.arrive(bench.clock.now() - SETTLE_GRACE_MS);
        if (replan === 0) ({ hash } = await bench.plan(file, conflict));
        check(bench);
      }
      bench.site.arrive();
      bench.clock.pass(SETTLE_GRACE_MS + 1000);
      await mergeList(bench.site, await later(bench), bench.store, { adopt: 'all-doors', maxRemovalPercent: 100, heldRemoval: null, clock: bench.clock });
      bench.clock.pass(1000);
      const plan = await bench.plan(file, conflict);
      const last = await bench.commit(plan.hash, { confirmReissues: true });
      check(bench);
      for (const row of last.rows) {
        if (row.outcome === 'created' || row.outcome === 'reissued') assert.equal(bench.site.cards.get(row.cardId ?? '')?.userId, row.userId);
      }
      const spent = bench.site.spent;
      bench.clock.pass(1000);
      const again = await bench.plan(file, conflict);
      assert.equal(again.credits.needed, 0, JSON.stringify(again.rows));
      assert.equal((await bench.commit(again.hash)).credits.spent, 0);
      assert.equal(bench.site.spent, spent, 'the same file again spends nothing');
    }), { numRuns: Number(process.env['IMPORT_RUNS'] ?? 300) });
  });
});

/** The books: a credit for each card that was made, and one card for each user. */
function check({ site }: ImportBench): void {
  assert.equal(site.spent, site.created);
  const holders = [...site.cards.values()].map(({ userId }) => userId);
  assert.equal(new Set(holders).size, holders.length, `two cards for one user: ${site.sent.join(', ')}`);
}

/** A list that began after everything that was done. */
async function later(bench: ImportBench): ReturnType<ImportBench['site']['list']> {
  bench.clock.pass(1000);
  return bench.site.list();
}

async function ticks(count: number): Promise<null> {
  for (let tick = 0; tick < count; tick += 1) await Promise.resolve();
  return null;
}
