import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

describe('mc-access with rules, in a flow', function () {
  this.timeout(20_000);
  let portal: PlainPortal;
  let flow: RunningFlow;
  const start = async (rules: unknown): Promise<void> => {
    const nodes: FlowNode[] = [
      ...siteNodes(portal.port), { id: 'watch', z: 'flow', type: 'mc-watch', site: 'cfg-site', store: 'cfg-store', intervalSeconds: '3600', wires: [['watched'], []] },
      { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', rules, wires: [['out'], ['out'], []] }, inboxNode('out'), inboxNode('watched'), ...catchNodes(),
    ];
    flow = await runFlow(nodes, { 'cfg-site': portal.account });
    flow.send('watch', { _msgid: 'w' });
    await flow.inbox('watched').next(({ payload }) => Array.isArray(payload));
  };

  beforeEach(async () => {
    portal = new PlainPortal();
    portal.cards.push({ number: '998877665544', userKey: '4021', name: 'Rae', email: 'rae@plant.example', phone: undefined, status: 'ACTIVE' });
    await portal.start();
  });
  afterEach(async () => {
    await stopFlow();
    await portal.stop();
    await removeUserDirs();
  });

  it('keeps a door to its schedule, from text as from an object', async () => {
    const rules = { schedules: { never: {} }, doors: { Back: { schedule: 'never' } }, persons: { 4021: { extendedTime: true } } };
    for (const given of [rules, JSON.stringify(rules)]) {
      await start(given);
      const front = await flow.ask('access', { payload: { cardId: '998877665544', door: 'Front' } }, 'out');
      assert.deepEqual([(front.payload as any).reason, (front.payload as any).flags], ['GRANTED', ['extended-time']]);
      const back = await flow.ask('access', { payload: { cardId: '998877665544', door: 'Back' } }, 'out');
      assert.deepEqual([(back.payload as any).reason, (back.payload as any).rule], ['OUTSIDE_SCHEDULE', 'schedule "never" of door "Back"']);
      await stopFlow();
    }
  });

  it('refuses rules that are wrong as a whole, and opens nothing until they are right', async () => {
    await start({ schedules: { x: { monday: ['25:00-26:00'] } }, doors: { Front: { schedule: 'y' } } });
    flow.send('access', { _msgid: 'x', payload: { cardId: '998877665544', door: 'Front' } });
    const { error } = await flow.inbox('errors').next();
    assert.equal(error?.code, 'CONFIG_INVALID');
    assert.match(error?.message ?? '', /schedules\.x\.monday.*doors\.Front\.schedule/);
    await flow.shows('access', 'CONFIG_INVALID');
  });
});
