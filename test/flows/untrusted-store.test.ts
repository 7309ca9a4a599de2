import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catchNodes, type FlowNode, inboxNode, removeUserDirs, runFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

const READ = { format: 'decimal', bits: 64, facilityCode: null, cardNumber: null, parityOk: null, door: 'Front', direction: 'in', reader: 1, device: '', readAt: '2026-03-02T09:00:00Z' };

describe('a flow on a store that cannot be trusted', () => {
  const portal = new PlainPortal();
  before(() => portal.start());
  after(() => portal.stop());
  afterEach(async () => {
    await stopFlow();
    await removeUserDirs();
  });

  const flow = (offlineLimitHours = 168): FlowNode[] => [
    ...siteNodes(portal.port).map((node) => (node.type === 'mc-store' ? { ...node, offlineLimitHours } : node)), ...catchNodes(),
    { id: 'watch', z: 'flow', type: 'mc-watch', site: 'cfg-site', store: 'cfg-store', intervalSeconds: 60, statuses: [], initial: false, adopt: 'all-doors', maxRemovalPercent: 20, wires: [['out'], []] },
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: 'issue', wires: [['out']] },
    { id: 'block', z: 'flow', type: 'mc-blacklist', store: 'cfg-store', action: 'block', wires: [['out']] },
    { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', rules: '', wires: [['granted'], ['denied'], ['orders']] },
    ...['out', 'granted', 'denied', 'orders'].map(inboxNode),
  ];
  const account = { 'cfg-site': { email: portal.account.email, password: portal.account.password } };

  async function damagedStore(): Promise<string> {
    portal.cards = [{ number: '700', userKey: 'ann', name: 'Ann', email: 'a@x.example', phone: undefined, status: 'ACTIVE' }];
    const running = await runFlow(flow(), account);
    await running.ask('watch', {}, 'out');
    await running.ask('block', { payload: { cardId: '900' } }, 'out');
    await running.ask('block', { payload: { cardId: '901' } }, 'out');
    await stopFlow();
    const [name = ''] = (await readdir(running.userDir, { recursive: true })).filter((path) => /store-\d+\.log$/.test(path));
    const file = join(running.userDir, name);
    const text = await readFile(file, 'utf8');
    assert.ok(text.includes('card:900'));
    await writeFile(file, text.replace('card:900', 'card:90O'));
    return running.userDir;
  }

  it('is red, lets in who was let in, keeps out who was kept out, and spends nothing', async () => {
    const running = await runFlow(flow(), account, await damagedStore());
    await running.ask('access', { payload: { ...READ, cardId: '700' } }, 'granted');
    const denied = (await running.ask('access', { payload: { ...READ, cardId: '901' } }, 'denied')).payload as { reason: string };
    assert.equal(denied.reason, 'BLACKLISTED');
    await running.shows('issue', 'STORE_CORRUPT');
    const posts = portal.count('POST', '/user/card');
    assert.equal((await running.ask('issue', { payload: { userId: '8', name: 'Ben', email: 'b@x.example' } }, 'errors')).error?.code, 'STORE_CORRUPT');
    assert.equal(portal.count('POST', '/user/card'), posts);
  });

  it('still locks down and blocks, and says that it lasts until the next start', async () => {
    const running = await runFlow(flow(), account, await damagedStore());
    running.send('block', { payload: { cardId: '700' }, mine: true });
    assert.equal((await running.inbox('errors').next((msg) => msg['mine'] === true)).error?.code, 'STORE_CORRUPT');
    const blocked = (await running.ask('access', { payload: { ...READ, cardId: '700' } }, 'denied')).payload as { reason: string };
    assert.equal(blocked.reason, 'BLACKLISTED');
    const order = (await running.ask('access', { command: 'lockdown', payload: '' }, 'orders')).payload as { command: string };
    assert.equal(order.command, 'lock');
    const locked = (await running.ask('access', { payload: { ...READ, cardId: '701' } }, 'denied')).payload as { reason: string };
    assert.equal(locked.reason, 'LOCKDOWN');
    assert.equal((await running.ask('access', { command: 'release', payload: '' }, 'orders')).payload !== undefined, true);
  });

  it('grows too old for its doors, since nothing new is kept', async () => {
    const userDir = await damagedStore();
    const running = await runFlow(flow(0.0003), account, userDir);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const denied = (await running.ask('access', { payload: { ...READ, cardId: '700' } }, 'denied')).payload as { reason: string };
    assert.equal(denied.reason, 'DATA_TOO_OLD');
  });
});
