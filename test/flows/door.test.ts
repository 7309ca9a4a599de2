import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';

/**
 * The main job with nothing of ours on the other side: a portal from the public description, and a pymodbus device
 * with the register maps of waveshare-io-8 (unit 1) and inveo-rfid-ind (unit 2).
 */
describeWithPymodbus('from portal to door, with a portal and a device that are not ours', function () {
  this.timeout(40_000);
  let portal: PlainPortal;
  let peer: ModbusPeer;
  let flow: RunningFlow;

  const nodes = (door: Record<string, unknown> = {}): FlowNode[] => [
    ...siteNodes(portal.port),
    { id: 'cfg-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: String(peer.port), timeoutMs: '500' },
    { id: 'cfg-relay', type: 'mc-controller', line: 'cfg-line', unit: '1', profile: 'waveshare-io-8' },
    { id: 'cfg-rfid', type: 'mc-controller', line: 'cfg-line', unit: '2', profile: 'inveo-rfid-ind' },
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: 'issue', wires: [['issued']] },
    { id: 'watch', z: 'flow', type: 'mc-watch', site: 'cfg-site', store: 'cfg-store', intervalSeconds: '3600', statuses: [], wires: [['changes'], []] },
    { id: 'block', z: 'flow', type: 'mc-blacklist', store: 'cfg-store', action: '', wires: [['blocked']] },
    { id: 'reader', z: 'flow', type: 'mc-reader', controller: 'cfg-rfid', reader: '1', door: 'Front', direction: 'in', format: 'csn-64', device: 'R1', repeatMs: '300', wires: [['access', 'reads']] },
    { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', wires: [['door', 'granted'], ['denied'], ['door', 'orders']] },
    { id: 'door', z: 'flow', type: 'mc-door', via: 'controller', door: 'Front', controller: 'cfg-relay', strike: '3', contact: '1', exit: '2', strikeMs: '3000', ...door, wires: [['strike'], ['events']] },
    ...['issued', 'changes', 'reads', 'granted', 'denied', 'strike', 'events', 'blocked', 'orders'].map(inboxNode), ...catchNodes(),
  ];
  const present = async (cardId: string): Promise<void> => { await peer.presentInveo(2, BigInt(cardId)); };

  before(async () => { peer = await startModbusPeer(); });
  after(async () => { await peer.stop(); });
  beforeEach(async () => {
    portal = new PlainPortal();
    portal.devices.push({ id: 'R1', name: 'Front reader' });
    await portal.start();
    await peer.reset();
    await peer.setInput(1, 0, true);
    flow = await runFlow(nodes(), { 'cfg-site': portal.account });
  });
  afterEach(async () => {
    await stopFlow();
    await portal.stop();
    await removeUserDirs();
  });

  it('opens for an activated credential, refuses it when blocked, and opens while the portal is down', async () => {
    await flow.ask('issue', { payload: { userId: '4021', name: 'Patrick Johnson', email: 'p@x.example', cardId: '998877665544' } }, 'issued');
    (portal.card('998877665544') as { status: string }).status = 'ACTIVE';
    flow.send('watch', { payload: '' });
    await flow.inbox('changes').next((msg) => Array.isArray(msg.payload), 15_000);
    await portal.stop();

    await present('998877665544');
    const read = await flow.inbox('reads').next();
    assert.equal((read.payload as { cardId: string }).cardId, '998877665544');
    const decision = (await flow.inbox('granted').next()).payload as Record<string, unknown>;
    assert.equal(decision['reason'], 'GRANTED');
    assert.equal(decision['registrationChecked'], true);
    const answer = (await flow.inbox('strike').next()).payload as Record<string, unknown>;
    assert.equal(answer['confirmed'], true);
    assert.equal(answer['state'], 'granted');
    assert.ok((answer['latencyMs'] as number) >= 0);
    const pulses = await peer.pulses();
    assert.deepEqual(pulses, [{ unit: 1, address: 0x0202, value: 30 }]);
    assert.equal(await peer.coil(2, 1016), false, 'the reader may read again');

    const blocked = await flow.ask('block', { payload: '998877665544', action: 'block' }, 'blocked');
    assert.equal((blocked.payload as { blacklisted: boolean }).blacklisted, true);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await present('998877665544');
    const refused = (await flow.inbox('denied').next()).payload as Record<string, unknown>;
    assert.equal(refused['reason'], 'BLACKLISTED');
    assert.equal((await peer.pulses()).length, 1);
  });

  it('a door that is opened without a grant is forced; the exit button shunts that; operators rank above grants', async () => {
    await flow.shows('door', 'mc-door.status.locked');
    // The first look at a door is no event: it was like that before.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await peer.setInput(1, 0, false);
    const forced = await flow.inbox('events').next((msg) => (msg.payload as { event: string }).event === 'forced-open');
    assert.equal((forced.payload as { cause: string }).cause, 'forced');
    await peer.setInput(1, 0, true);
    await flow.inbox('events').next((msg) => (msg.payload as { event: string }).event === 'closed');
    await peer.setInput(1, 1, true);
    await flow.inbox('events').next((msg) => (msg.payload as { event: string }).event === 'exit-request');
    const locked = await flow.ask('door', { payload: 'lock' }, 'strike');
    assert.equal((locked.payload as { state: string }).state, 'locked');
    const decision = { granted: true, door: 'Front', decidedAt: new Date().toISOString(), cardId: '1', readAt: 'x' };
    assert.equal((await flow.ask('door', { payload: decision }, 'errors')).error?.code, 'DOOR_LOCKED');
    await flow.ask('door', { payload: { command: 'release' } }, 'strike');
    await flow.ask('door', { payload: { ...decision, decidedAt: new Date().toISOString() } }, 'strike');
    assert.equal((await flow.ask('door', { payload: { ...decision, decidedAt: '2020-01-01T00:00:00Z' } }, 'errors')).error?.code, 'COMMAND_EXPIRED');
  });

  it('locks all doors down, over a restart, and releases them', async () => {
    flow.send('access', { command: 'lockdown', door: '' });
    assert.equal(((await flow.inbox('orders').next()).payload as { command: string }).command, 'lock');
    await flow.inbox('events').next((msg) => (msg.payload as { event: string; cause: string }).event === 'locked');
    const { userDir } = flow;
    await stopFlow();
    flow = await runFlow(nodes(), { 'cfg-site': portal.account }, userDir);
    await flow.inbox('orders').next();
    const opened = await flow.ask('door', { payload: 'open' }, 'errors');
    assert.equal(opened.error?.code, 'DOOR_LOCKED');
    assert.equal((await flow.ask('access', { command: 'release', door: 5 }, 'errors')).error?.code, 'INPUT_INVALID');
    flow.send('access', { command: 'release', door: '' });
    await flow.inbox('orders').next((msg) => (msg.payload as { command: string }).command === 'release');
    await flow.inbox('strike').next((msg) => (msg.payload as { command: string }).command === 'release');
    flow.send('door', { payload: 'open' });
    const open = await flow.inbox('strike').next((msg) => (msg.payload as { command: string }).command === 'open');
    assert.equal((open.payload as { state: string }).state, 'granted');
  });

  it('a lockdown that outlived a restart is heard before anything opens', async () => {
    flow.send('access', { command: 'lockdown', door: '' });
    await flow.inbox('orders').next();
    const { userDir } = flow;
    await stopFlow();
    flow = await runFlow(nodes(), { 'cfg-site': portal.account }, userDir);
    const decision = { granted: true, door: 'Front', decidedAt: new Date().toISOString(), cardId: '1', readAt: 'x' };
    for (let i = 0; i < 3; i += 1) flow.send('door', { payload: { ...decision, readAt: String(i) } });
    for (let i = 0; i < 3; i += 1) {
      const refused = await flow.inbox('errors').next();
      assert.ok(['DOOR_LOCKED', 'LINE_DOWN'].includes(String(refused.error?.code)), refused.error?.code);
    }
    assert.deepEqual(await peer.pulses(), []);
  });

  it('a door that an operator holds unlocked is locked when the flow stops', async () => {
    await flow.shows('door', 'mc-door.status.locked');
    await flow.ask('door', { payload: 'unlock' }, 'strike');
    assert.equal(await peer.coil(1, 2), true);
    const from = Date.now();
    await stopFlow();
    assert.equal(await peer.coil(1, 2), false);
    assert.ok(Date.now() - from < 1500, `${Date.now() - from} ms`);
  });

  it('trouble of the device goes from the status when it answers again', async () => {
    await flow.shows('door', 'mc-door.status.locked');
    await peer.fault({ exception: 4 });
    await flow.inbox('errors').next((msg) => msg.error?.code === 'LINE_EXCEPTION');
    await peer.fault({ exception: 0 });
    await flow.shows('door', 'mc-door.status.locked');
  });
});
