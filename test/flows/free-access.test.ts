import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, deployNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';

/** A door on a pymodbus device (waveshare-io-8), unlocked by the schedule of an mc-access that is then deployed otherwise. */
describeWithPymodbus('a door in free access, whatever is deployed', function () {
  this.timeout(30_000);
  let peer: ModbusPeer;
  let flow: RunningFlow;
  const RULES = JSON.stringify({ schedules: { always: { everyday: ['00:00-24:00'] } }, doors: { Front: { freeAccess: { schedule: 'always' } } } });
  const nodes = (access: Record<string, unknown> | null): FlowNode[] => [
    ...siteNodes(1),
    { id: 'cfg-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: String(peer.port), timeoutMs: '500' },
    { id: 'cfg-relay', type: 'mc-controller', line: 'cfg-line', unit: '1', profile: 'waveshare-io-8' },
    ...access === null ? [] : [{ id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', ...access, wires: [[], [], ['door'], []] }],
    { id: 'beside', z: 'flow', type: 'mc-access', store: 'cfg-store', wires: [[], [], [], []] },
    { id: 'door', z: 'flow', type: 'mc-door', via: 'controller', door: 'Front', controller: 'cfg-relay', strike: '1', wires: [[], ['events']] },
    inboxNode('events'), ...catchNodes(),
  ];
  const event = (name: string) => flow.inbox('events').next(({ payload }) => (payload as { event: string }).event === name);

  before(async () => { peer = await startModbusPeer(); });
  after(async () => { await peer.stop(); });
  beforeEach(async () => {
    await peer.reset();
    flow = await runFlow(nodes({ rules: RULES }));
    await event('unlocked');
    assert.equal(await peer.coil(1, 0), true);
  });
  afterEach(async () => {
    await stopFlow();
    await removeUserDirs();
  });

  for (const [what, access] of [['removed', null], ['disabled', { rules: RULES, d: true }], ['given other rules', { rules: '{}' }], ['given rules that no longer name the door', { rules: '' }]] as const) {
    it(`locks when its mc-access is ${what} and the door itself is not touched`, async () => {
      await deployNodes(nodes(access));
      await event('locked').catch(async () => { assert.equal(await peer.coil(1, 0), false); });
      assert.equal(await peer.coil(1, 0), false);
    });
  }

  it('is unlocked again when its mc-access is started anew', async () => {
    await deployNodes(nodes({ rules: RULES, name: 'renamed' }));
    for (let tries = 0; tries < 100 && !(await peer.coil(1, 0)); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(await peer.coil(1, 0), true);
  });
});
