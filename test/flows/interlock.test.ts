import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';
import { PlainPortal } from '../support/plain-portal';

/** Two doors on a pymodbus device (waveshare-io-8): outputs 1 and 2, contacts 1 and 2, closed while on. */
describeWithPymodbus('doors that keep each other shut, and who ranks above whom, on a device that is not ours', function () {
  this.timeout(40_000);
  let portal: PlainPortal;
  let peer: ModbusPeer;
  let flow: RunningFlow;

  const RULES = { doors: { Outer: {}, Inner: {} }, interlocks: [{ doors: ['Outer', 'Inner'], seconds: 2 }], persons: { bob: { passesLockdown: true } } };
  const door = (id: string, name: string, channel: number): FlowNode => ({
    id, z: 'flow', type: 'mc-door', via: 'controller', door: name, controller: 'cfg-relay', strike: String(channel), contact: String(channel), strikeMs: '1000', relock: 'onOpen',
    wires: [['strike'], ['events']],
  });
  const reason = async (cardId: string, at: string): Promise<unknown> =>
    ((await flow.ask('access', { payload: { cardId, door: at, readAt: String(Math.random()) } }, 'decided')).payload as { reason: string }).reason;
  const event = (name: string, at: string) => flow.inbox('events').next(({ payload }) => (payload as { event: string }).event === name && (payload as { door: string }).door === at, 8000);

  before(async () => { peer = await startModbusPeer(); });
  after(async () => { await peer.stop(); });
  beforeEach(async () => {
    portal = new PlainPortal();
    for (const [userKey, number] of [['ann', '1001'], ['bob', '1002']] as const) portal.cards.push({ number, userKey, name: userKey, email: `${userKey}@plant.example`, phone: undefined, status: 'ACTIVE' });
    await portal.start();
    await peer.reset();
    for (const input of [0, 1]) await peer.setInput(1, input, true);
    flow = await runFlow([
      ...siteNodes(portal.port),
      { id: 'cfg-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: String(peer.port), timeoutMs: '500' },
      { id: 'cfg-relay', type: 'mc-controller', line: 'cfg-line', unit: '1', profile: 'waveshare-io-8' },
      { id: 'watch', z: 'flow', type: 'mc-watch', site: 'cfg-site', store: 'cfg-store', intervalSeconds: '3600', wires: [['watched'], []] },
      { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', rules: JSON.stringify(RULES), wires: [['outer', 'inner', 'decided'], ['decided'], ['outer', 'inner', 'ordered'], []] },
      door('outer', 'Outer', 1), door('inner', 'Inner', 2),
      ...['strike', 'events', 'watched', 'decided', 'ordered'].map(inboxNode), ...catchNodes(),
    ], { 'cfg-site': portal.account });
    flow.send('watch', { _msgid: 'w' });
    await flow.inbox('watched').next(({ payload }) => Array.isArray(payload));
    for (const id of ['outer', 'inner']) await flow.shows(id, 'mc-door.status.locked');
    await new Promise((resolve) => setTimeout(resolve, 150));
  });
  afterEach(async () => {
    await stopFlow();
    await portal.stop();
    await removeUserDirs();
  });

  it('a door is not granted while another was granted just now, stands open, or is held unlocked', async () => {
    assert.equal(await reason('1001', 'Outer'), 'GRANTED');
    assert.equal(await reason('1001', 'Inner'), 'INTERLOCK');
    await peer.setInput(1, 0, false);
    await event('opened', 'Outer');
    await new Promise((resolve) => setTimeout(resolve, 2100));
    assert.equal(await reason('1001', 'Inner'), 'INTERLOCK', 'longer than the time, because it stands open');
    await peer.setInput(1, 0, true);
    await event('closed', 'Outer');
    assert.equal(await reason('1001', 'Inner'), 'GRANTED');
    await peer.setInput(1, 1, false);
    await event('opened', 'Inner');
    await peer.setInput(1, 1, true);
    await event('closed', 'Inner');
    // Closed again: the time since the grant need not pass. The strike has to be back, too.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.equal(await reason('1001', 'Outer'), 'GRANTED');
    await flow.ask('inner', { payload: 'unlock' }, 'strike');
    await event('unlocked', 'Inner');
    assert.equal(await reason('1001', 'Outer'), 'INTERLOCK');
  });

  it('a lockdown stops all but who passes it, an operator stops these too, and a fire opens over both', async () => {
    flow.send('access', { _msgid: 'l', command: 'lockdown' });
    await event('locked', 'Outer');
    await event('locked', 'Inner');
    assert.equal(await reason('1001', 'Outer'), 'LOCKDOWN');
    assert.equal(await reason('1002', 'Outer'), 'GRANTED');
    await flow.inbox('strike').next(({ payload }) => (payload as { state: string }).state === 'granted');
    await flow.ask('inner', { payload: 'lock' }, 'strike');
    await new Promise((resolve) => setTimeout(resolve, 2100));
    assert.equal(await reason('1002', 'Inner'), 'GRANTED');
    assert.equal((await flow.inbox('errors').next()).error?.code, 'DOOR_LOCKED', 'the operator has locked it, too');
    flow.send('access', { _msgid: 'f', command: 'fire' });
    assert.equal(((await event('unlocked', 'Inner')).payload as { cause: string }).cause, 'fire');
    assert.deepEqual([await peer.coil(1, 0), await peer.coil(1, 1)], [true, true]);
    flow.send('access', { _msgid: 'c', command: 'fire-clear' });
    assert.equal(((await event('locked', 'Inner')).payload as { cause: string }).cause, 'lockdown');
    await event('locked', 'Outer');
    assert.deepEqual([await peer.coil(1, 0), await peer.coil(1, 1)], [false, false]);
  });
});
