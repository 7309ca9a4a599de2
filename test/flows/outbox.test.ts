import assert from 'node:assert/strict';
import { catchNodes, type FlowNode, inboxNode, removeUserDirs, runFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

const ann = { userId: '7', name: 'Ann', email: 'ann@plant.example' };

describe('pending operations of a flow', () => {
  let portal: PlainPortal;
  beforeEach(async () => {
    portal = new PlainPortal();
    await portal.start();
  });
  afterEach(async () => {
    await stopFlow();
    await removeUserDirs();
    await portal.stop();
  });

  const flow = (site: Partial<FlowNode> = {}): FlowNode[] => [
    ...siteNodes(portal.port, site), ...catchNodes(),
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: '', wires: [['out']] },
    { id: 'audit', z: 'flow', type: 'mc-audit', store: 'cfg-store', action: 'query', wires: [['out']] },
    inboxNode('out'),
  ];
  const account = (): Record<string, Record<string, string>> => ({ 'cfg-site': { email: portal.account.email, password: portal.account.password } });
  const outcomes = async (running: Awaited<ReturnType<typeof runFlow>>): Promise<string[]> =>
    ((await running.ask('audit', { payload: { kind: 'issue' } }, 'out')).payload as { outcome: string; by: string }[]).map(({ outcome, by }) => `${outcome} ${by}`);
  const until = async (fits: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 10_000; !await fits();) {
      assert.ok(Date.now() < end, 'within ten seconds');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it('are settled by themselves, without a status watch and without a second request', async () => {
    const running = await runFlow(flow(), account());
    portal.fault = (method, path) => (method === 'POST' && path === '/user/card' ? 'act-then-drop' : null);
    const failed = await running.ask('issue', { action: 'issue', payload: ann }, 'errors');
    assert.equal(failed.error?.code, 'OUTCOME_UNKNOWN');
    await until(async () => (await outcomes(running)).includes('confirmed site'));
    assert.deepEqual(await outcomes(running), ['sending flow', 'unknown flow', 'confirmed site']);
    assert.deepEqual([portal.count('POST', '/user/card'), portal.cards.length], [1, 1]);
    const again = await running.ask('issue', { action: 'issue', payload: ann }, 'out');
    assert.deepEqual(again['credits'], { spent: 0, left: portal.credits });
  });

  it('are settled first after a restart', async () => {
    const running = await runFlow(flow(), account());
    portal.fault = (method, path) => (method === 'POST' && path === '/user/card' ? 'act-then-drop' : method === 'GET' && portal.cards.length > 0 ? 'drop' : null);
    await running.ask('issue', { action: 'issue', payload: ann }, 'errors', 20_000);
    await stopFlow();
    portal.fault = () => null;
    const again = await runFlow(flow(), account(), running.userDir);
    await again.ask('issue', { action: 'issue', payload: { ...ann, userId: '8' } }, 'out');
    assert.deepEqual((await outcomes(again)).slice(2, 5), ['confirmed site', 'sending flow', 'confirmed flow']);
    assert.equal(portal.count('POST', '/user/card'), 2);
  });

  it('wait for a person where the site has no list to settle them by', async () => {
    const running = await runFlow(flow({ routes: '{"list": null}' }), account());
    portal.fault = (method, path) => (method === 'POST' && path === '/user/card' ? 'act-then-drop' : null);
    const failed = await running.ask('issue', { action: 'issue', payload: ann }, 'errors');
    const { pending } = failed['credential'] as { pending: { id: string }[] };
    await until(async () => (await outcomes(running)).includes('waiting outbox'));
    portal.fault = () => null;
    await running.ask('issue', { action: 'abandon', payload: '', operationId: pending[0]?.id }, 'out');
    assert.deepEqual(await outcomes(running), ['sending flow', 'unknown flow', 'waiting outbox', 'rejected person']);
  });
});
