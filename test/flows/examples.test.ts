/** The shipped examples as somebody gets them from the import menu, on ports that are free here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AuditRow } from '../../nodes/credential/audit-event';
import type { ImportReport } from '../../nodes/credential/import/import-commit';
import type { ImportPlan } from '../../nodes/credential/import/import-plan';
import type { AuditVerdict } from '../../nodes/store/audit/verify-trail';
import { type FlowNode, type Message, removeUserDirs, runFlow, type RunningFlow, stopFlow, type TestNode } from '../support/flow';

const core = createRequire(require.resolve('node-red'));
const CORE = ['common/20-inject', 'common/90-comment', 'function/15-change', 'function/80-template']
  .map((path) => core(`@node-red/nodes/core/${path}`) as TestNode);

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

/** Of the simulator that runs. */
let page = '';

/** Runs an example as it is, but for its ports, and with an inbox in place of each debug node. */
async function runExample(file: string, prefix: string): Promise<RunningFlow> {
  const nodes = JSON.parse(readFileSync(join('flows', file), 'utf8')) as (FlowNode & { credentials?: Record<string, string> })[];
  const [httpPort, modbusPort] = [await freePort(), await freePort()];
  const ports: Record<string, object> = { 'mc-site': { port: httpPort }, 'mc-line': { port: modbusPort }, 'mc-simulator': { httpPort, modbusPort } };
  const accounts = Object.fromEntries(nodes.flatMap(({ id, credentials }) => (credentials === undefined ? [] : [[id, credentials]])));
  const moved = nodes.map(({ credentials: _account, ...node }) => ({ ...node, ...ports[node.type], ...(node.type === 'debug' ? { type: 'helper' } : {}) }));
  const flow = await runFlow(moved, accounts, undefined, CORE);
  await flow.shows(`${prefix}-simulator`, `127.0.0.1:${httpPort}`);
  page = `http://127.0.0.1:${httpPort}/sim`;
  return flow;
}

describe('the example "bulk issue with approval"', function () {
  this.timeout(30_000);
  let flow: RunningFlow;
  before(async () => { flow = await runExample('02-bulk-issue-with-approval.json', 'bulk'); });
  after(async () => {
    await stopFlow();
    await removeUserDirs();
  });

  const press = async (button: string, inbox: string): Promise<Message> => {
    flow.inbox(inbox).clear();
    return flow.ask(`bulk-inject-${button}`, {}, `bulk-debug-${inbox.replace('bulk-debug-', '')}`, 15_000);
  };
  const outcomes = ({ rows }: ImportReport): unknown[] => rows.map(({ userId, outcome }) => [userId, outcome]);

  it('refuses an approval before there is a plan', async () => {
    assert.equal((await press('approve', 'bulk-debug-errors')).error?.code, 'INPUT_INVALID');
  });

  it('prices every row and spends nothing', async () => {
    const plan = (await press('plan', 'bulk-debug-plan')).payload as ImportPlan;
    assert.deepEqual(plan.rows.map(({ userId, action, reason }) => [userId, action, reason]), [
      ['5001', 'create', null], ['5002', 'create', null], ['5003', 'create', null], ['5004', 'invalid', 'EMAIL_MISSING'], ['5001', 'conflict', 'DUPLICATE'],
    ]);
    assert.deepEqual(plan.credits, { before: 5, needed: 3, after: 2, shortfall: 0 });
    assert.deepEqual(flow.inbox('bulk-debug-simulator').messages.filter(({ topic }) => topic === 'simulator/issued'), []);
  });

  it('carries out what was approved, once', async () => {
    const report = (await press('approve', 'bulk-debug-report')).payload as ImportReport;
    const expected = [['5001', 'created'], ['5002', 'created'], ['5003', 'created'], ['5004', 'invalid'], ['5001', 'conflict']];
    assert.deepEqual(outcomes(report), expected);
    assert.deepEqual([report.credits.spent, report.credits.after, report.paused], [3, 2, null]);
    assert.match(report.failedCsv, /^Personnel number,.*,error\r\n5004,.*EMAIL_MISSING/);
    const again = (await press('approve', 'bulk-debug-report')).payload as ImportReport;
    assert.deepEqual([outcomes(again), again.credits.spent], [expected, 0]);
    assert.deepEqual(flow.inbox('bulk-debug-progress').messages.at(0)?.payload, { done: 0, total: 3 });
    assert.ok(flow.inbox('bulk-debug-progress').messages.some(({ payload }) => (payload as { done: number }).done === 3));
  });

  it('needs no credit for the same file again', async () => {
    const plan = (await press('plan', 'bulk-debug-plan')).payload as ImportPlan;
    assert.deepEqual([plan.credits.needed, plan.totals.unchanged], [0, 3]);
  });

  it('tells who was given what, and that nobody has changed it since', async () => {
    const rows = (await press('query', 'bulk-debug-audit')).payload as AuditRow[];
    assert.ok(rows.length <= 20 && rows.some(({ kind, outcome }) => kind === 'import' && outcome === 'finished'), JSON.stringify(rows));
    const own = (await press('person', 'bulk-debug-audit')).payload as AuditRow[];
    assert.ok(own.some(({ kind, outcome }) => kind === 'issue' && outcome === 'confirmed') && own.every(({ userId }) => userId === '5001'), JSON.stringify(own));
    const verdict = (await press('verify', 'bulk-debug-audit')).payload as AuditVerdict;
    assert.deepEqual([verdict.ok, verdict.firstBad, verdict.from], [true, null, 1]);
    assert.ok(verdict.head !== null);
    await flow.shows('bulk-audit', 'mc-audit.status.verified');
  });
});

describe('the example "BioStar"', function () {
  this.timeout(30_000);
  const CARD = '70310044120018';
  let flow: RunningFlow;
  before(async () => { flow = await runExample('03-biostar.json', 'biostar'); });
  after(async () => {
    await stopFlow();
    await removeUserDirs();
  });

  const next = (inbox: string, fits: (payload: any) => boolean = () => true): Promise<Message> => flow.inbox(`biostar-debug-${inbox}`).next(({ payload }) => fits(payload), 10_000);
  const press = async (button: string, inbox: string, fits?: (payload: any) => boolean): Promise<any> => {
    flow.inbox(`biostar-debug-${inbox}`).clear();
    flow.send(`biostar-inject-${button}`, {});
    return next(inbox, fits);
  };
  const onPage = async (action: string, body: object): Promise<void> => {
    const answer = await fetch(`${page}/${action}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${action}: ${answer.status} ${await answer.text()}`);
  };

  it('3 · says that the server belongs to the portal site beside it', async () => {
    const { payload } = await press('login', 'login');
    assert.deepEqual(payload.mobile, { configured: true, siteId: '1001', siteType: 'REGULAR', matches: true });
    assert.deepEqual([payload.provider, payload.credits.card], ['biostar', 5]);
  });

  it('4, 5 · creates a user, issues a credential for a credit, and none for the second press', async () => {
    assert.equal((await press('user', 'user')).payload.userId, '4021');
    const first = await press('issue', 'issue');
    assert.deepEqual([first.payload.cardId, first.credits], [CARD, { spent: 1, left: 4 }]);
    assert.deepEqual((await press('issue', 'issue')).credits, { spent: 0, left: 4 });
  });

  it('6 to 9 · tells Before Activation, and Activation once the phone opened its link', async () => {
    const { messages } = await (await fetch(`${page}/state`)).json() as { messages: { link: string }[] };
    assert.equal((await press('watch', 'watch', (payload) => Array.isArray(payload)))['asked'], 'portal');
    assert.ok((await fetch(messages[0]?.link ?? '')).ok);
    flow.send('biostar-inject-watch', {});
    const isActivation = (change: any): boolean => [change].flat().some(({ toText }: { toText: string }) => toText === 'Activation');
    await next('watch', isActivation);
  });

  it('10 · opens BioStar\'s door for the phone, and hears of it from BioStar', async () => {
    await onPage('present', { reader: 1, cardId: CARD });
    const payload = (await next('door')).payload as Record<string, unknown>;
    assert.deepEqual([payload['door'], payload['state'], payload['confirmed']], ['Door 1', 'granted', true]);
    await next('events', ({ kind, userId }) => kind === 'granted' && userId === '4021');
    await next('events', ({ kind }) => kind === 'door-unlocked');
  });

  it('blocks at the doors and at the server, and unblocks both', async () => {
    assert.equal((await press('block', 'blacklist')).payload.site, 'confirmed');
    // Held to the reader again within two seconds it would be the same read.
    await pause(2100);
    await onPage('present', { reader: 1, cardId: CARD });
    await next('denied', ({ reason }) => reason === 'BLACKLISTED');
    await next('events', ({ kind }) => kind === 'blacklisted');
    assert.equal((await press('unblock', 'blacklist')).payload.blacklisted, false);
  });

  it('imports people, lists them, deletes one with the card, and keeps the Administrator', async () => {
    assert.equal((await press('csv', 'people')).payload.outcome, 'imported');
    assert.deepEqual((await press('list', 'people')).payload.map(({ userId }: { userId: string }) => userId), ['1', '4021', '4022', '4023']);
    assert.deepEqual((await press('delete', 'people')).payload.cards, [CARD]);
    assert.equal((await press('administrator', 'errors')).error?.code, 'ADMINISTRATOR_KEPT');
    const { credentials } = await (await fetch(`${page}/state`)).json() as { credentials: unknown[] };
    assert.deepEqual(credentials, []);
  });
});
