import assert from 'node:assert/strict';
import type { ImportReport } from '../../nodes/credential/import/import-commit';
import type { ImportPlan } from '../../nodes/credential/import/import-plan';
import { catchNodes, type FlowNode, inboxNode, type Message, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

const HEAD = 'user_id,name,email,csn_mobile';
const line = (id: number, card = ''): string => `${id},User ${id},u${id}@plant.example,${card}`;
const file = (count: number): string => [HEAD, ...Array.from({ length: count }, (_, index) => line(index + 1))].join('\r\n');

describe('mc-import', () => {
  let portal: PlainPortal;
  beforeEach(async () => {
    portal = new PlainPortal();
    portal.credits = 100;
    await portal.start();
  });
  afterEach(async () => {
    await stopFlow();
    await removeUserDirs();
    await portal.stop();
  });

  const flow = (settings: Partial<FlowNode> = {}, site: Partial<FlowNode> = {}): FlowNode[] => [
    ...siteNodes(portal.port, site), ...catchNodes(),
    { id: 'import', z: 'flow', type: 'mc-import', site: 'cfg-site', store: 'cfg-store', mode: '', conflict: '', mapping: '', concurrency: 4, maxRows: 100_000, wires: [['out'], ['progress']], ...settings },
    inboxNode('out'), inboxNode('progress'),
  ];
  const account = (): Record<string, Record<string, string>> => ({ 'cfg-site': { email: portal.account.email, password: portal.account.password } });
  const planned = async (running: RunningFlow, msg: Message): Promise<ImportPlan> =>
    (await running.ask('import', { mode: 'plan', ...msg }, 'out')).payload as ImportPlan;
  const committed = async (running: RunningFlow, plan: object): Promise<ImportReport> =>
    (await running.ask('import', { mode: 'commit', plan }, 'out', 30_000)).payload as ImportReport;
  const refused = async (running: RunningFlow, msg: Message): Promise<string> => {
    const { error } = await running.ask('import', { mode: 'plan', ...msg }, 'errors', 20_000);
    assert.ok(error !== undefined);
    return `${error.code} ${error.message}`;
  };

  it('plans a file, and carries the plan out to the last row, with progress', async () => {
    const running = await runFlow(flow(), account());
    const answer = await running.ask('import', { mode: 'plan', payload: `\ufeff${HEAD.replaceAll(',', ';')}\r\n1;"Ann\nLee";a@x.example;\r\n2;Ben;b@x.example;4711\r\n`, extra: 'travels' }, 'out');
    const plan = answer.payload as ImportPlan;
    assert.deepEqual(answer['plan'], { hash: plan.hash });
    assert.deepEqual(plan.rows.map(({ row, action, reason }) => [row, action, reason]), [[1, 'invalid', 'NAME_NOT_ALLOWED'], [2, 'create', null]]);
    assert.deepEqual(plan.credits, { before: 100, needed: 1, after: 99, shortfall: 0 });
    assert.ok(!portal.seen.some((request) => request.includes('card')), 'nothing but sign-in and figures');
    const report = await committed(running, plan);
    assert.deepEqual(report.rows.map(({ outcome }) => outcome), ['invalid', 'created']);
    assert.equal(portal.card('4711')?.userKey, '2');
    assert.deepEqual((await running.inbox('progress').next(({ payload }) => (payload as { done: number }).done === 1)).payload, { done: 1, total: 1 });
    await running.shows('import', 'mc-import.status.done');

    const failed = report.failedCsv.replace(/"Ann\nLee"/, 'Ann Lee');
    const second = await planned(running, { payload: Buffer.from(failed) });
    assert.deepEqual(second.rows.map(({ action, userId }) => [action, userId]), [['create', '1']]);
    assert.equal((await committed(running, second)).credits.spent, 1);
    assert.equal(portal.credits, 98);
  });

  it('takes its settings from the message only where the node leaves them open', async () => {
    const running = await runFlow(flow({ mode: 'plan', conflict: 'overwrite', mapping: '{"Staff":"user_id","Note":""}' }), account());
    const answer = await running.ask('import', { mode: 'commit', mapping: { Staff: 'name' }, payload: [{ Staff: 7, name: 'Ann', email: 'a@x.example', Note: 'x' }] }, 'out');
    assert.deepEqual((answer.payload as ImportPlan).rows.map(({ userId, action }) => [userId, action]), [['7', 'create']]);
    assert.match(await refused(running, { payload: [{ name: 'Ann' }] }), /^CONFIG_INVALID .*Staff/);
  });

  it('carries a plan on after a restart in the middle, and tells each row what became of it', async () => {
    const running = await runFlow(flow({ concurrency: 2 }), account());
    const plan = await planned(running, { payload: file(40) });
    portal.fault = () => (portal.cards.length >= 15 ? 'drop' : null);
    const report = await committed(running, plan);
    assert.ok(report.paused !== null);
    assert.equal(report.rows.filter(({ outcome }) => outcome === 'created').length, 15);
    assert.equal(report.credits.spent, report.rows.some(({ outcome }) => outcome === 'unknown') ? null : 15);
    await stopFlow();
    portal.fault = () => null;
    const again = await runFlow(flow(), account(), running.userDir);
    await again.shows('import', 'mc-import.status.interrupted');
    const rest = await committed(again, plan);
    const states = new Set(rest.rows.map(({ outcome }) => outcome));
    assert.ok([...states].every((state) => state === 'created' || state === 'unknown'), [...states].join());
    assert.equal(rest.rows.filter(({ outcome }) => outcome === 'created').length, portal.cards.length);
    assert.equal(portal.cards.length, 100 - portal.credits);
    assert.equal(new Set(portal.cards.map(({ userKey }) => userKey)).size, portal.cards.length);
  });

  it('signs in again where the token is refused in the middle', async () => {
    const running = await runFlow(flow(), account());
    const plan = await planned(running, { payload: file(30) });
    let forgotten = false;
    portal.fault = () => {
      if (!forgotten && portal.cards.length >= 10) {
        forgotten = true;
        portal.tokens.clear();
      }
      return null;
    };
    const report = await committed(running, plan);
    assert.ok(forgotten);
    assert.ok(report.rows.every(({ outcome }) => outcome === 'created'), JSON.stringify(report.rows.find(({ outcome }) => outcome !== 'created')));
    assert.deepEqual([portal.cards.length, portal.credits], [30, 70]);
  });

  it('refuses what is no plan any more, and what nobody has confirmed', async () => {
    const running = await runFlow(flow({ conflict: 'overwrite' }), account());
    const plan = await planned(running, { payload: [HEAD, line(1, '100')].join('\n') });
    await committed(running, plan);
    const stale = await planned(running, { payload: [HEAD, line(2, '200')].join('\n') });
    await committed(running, await planned(running, { payload: [HEAD, line(3, '200')].join('\n') }));
    assert.match(await refused(running, { mode: 'commit', plan: { hash: stale.hash } }), /^PLAN_STALE/);
    assert.match(await refused(running, { mode: 'commit', plan: {} }), /^INPUT_INVALID/);
    assert.match(await refused(running, { mode: 'commit', plan: { hash: 'f'.repeat(64) } }), /^PLAN_STALE/);
    portal.credits = 1;
    const poor = await planned(running, { payload: file(9) });
    assert.equal(poor.credits.shortfall, 6);
    assert.match(await refused(running, { mode: 'commit', plan: { hash: poor.hash } }), /^NO_CREDIT .*limitToCredits/);
    const report = await committed(running, { hash: poor.hash, limitToCredits: true });
    assert.equal(report.rows.filter(({ outcome }) => outcome === 'created').length, 1);
    assert.equal(portal.credits, 0);
  });

  it('plans though the portal is down, with figures left open', async () => {
    const running = await runFlow(flow(), account());
    portal.fault = () => 'drop';
    const plan = await planned(running, { payload: file(2) });
    assert.deepEqual(plan.credits, { before: null, needed: 2, after: null, shortfall: null });
  });

  it('has a word for each file that is none', async () => {
    const running = await runFlow(flow({ maxRows: 100 }), account());
    for (const [payload, expected] of [
      ['', /^INPUT_INVALID .*empty/],
      [file(5).replaceAll(',', '\t'), /^INPUT_INVALID .*user_id/],
      [Buffer.from([0x50, 0x4b, 3, 4, 0, 0xff, 0xfe]), /^INPUT_INVALID .*UTF-8/],
      [Buffer.from(file(2), 'utf16le'), /^INPUT_INVALID .*UTF-8/],
      [Buffer.from('user_id,name\n1,J\xfcrgen\n', 'latin1'), /^INPUT_INVALID .*UTF-8/],
      [file(101), /^ROW_LIMIT .*100 rows/],
      [Buffer.alloc(70_000_000, 65), /^ROW_LIMIT .*64 MB/],
      [`${HEAD}\n1,"Ann,a@x.example,\n2,Ben,b@x.example,\n`, /^INPUT_INVALID .*quotation/],
      [`${HEAD},email\n`, /^INPUT_INVALID .*email.*twice/],
      [42, /^INPUT_INVALID/], [[1], /^INPUT_INVALID/], [{}, /^INPUT_INVALID/],
    ] as const) assert.match(await refused(running, { payload }), expected);
    assert.match(await refused(running, { payload: file(1), conflict: 'merge' }), /^INPUT_INVALID .*conflict/);
    assert.match(await refused(running, { payload: file(1), mode: 'dry-run' }), /^INPUT_INVALID .*mode/);
    assert.match(await refused(running, { payload: file(1), mapping: [] }), /^INPUT_INVALID .*mapping/);
    assert.deepEqual(portal.cards, []);
  });

  it('does not hold up what else there is to do while it plans 100,000 rows', async function () {
    this.timeout(60_000);
    const running = await runFlow(flow(), account());
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const plan = (await running.ask('import', { mode: 'plan', payload: file(100_000) }, 'out', 50_000)).payload as ImportPlan;
    clearInterval(watch);
    assert.equal(plan.totals.create, 100_000);
    assert.ok(longest < 1000, `${longest} ms`);
    console.log(`      longest turn of the event loop: ${longest.toFixed(0)} ms`);
  });
});
