/** What a flow gets that asks something of a line, a device or a reader that cannot be. */
import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, stopFlow } from '../support/flow';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';

describeWithPymodbus('flows at the line, the device and the reader', function () {
  this.timeout(20_000);
  let peer: ModbusPeer;

  before(async () => { peer = await startModbusPeer(); });
  after(() => peer.stop());
  beforeEach(() => peer.reset());
  afterEach(async () => {
    await stopFlow();
    await removeUserDirs();
  });

  const line = (over: Record<string, unknown> = {}): FlowNode => ({ id: 'cfg-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: String(peer.port), timeoutMs: '500', ...over });
  const device = (id: string, over: Record<string, unknown> = {}): FlowNode => ({ id, type: 'mc-controller', line: 'cfg-line', unit: '1', profile: 'waveshare-io-8', ...over });
  const door = (id: string, over: Record<string, unknown> = {}): FlowNode =>
    ({ id, z: 'flow', type: 'mc-door', via: 'controller', door: id, controller: 'cfg-device', strike: '1', ...over, wires: [['strike'], ['events']] });
  const reader = (id: string, over: Record<string, unknown> = {}): FlowNode =>
    ({ id, z: 'flow', type: 'mc-reader', controller: 'cfg-device', reader: '1', door: 'Front', format: 'csn-64', repeatMs: '300', ...over, wires: [['reads']] });
  const run = (nodes: FlowNode[]): Promise<RunningFlow> => runFlow([...nodes, inboxNode('strike'), inboxNode('events'), inboxNode('reads'), ...catchNodes()]);
  const codeOf = async (flow: RunningFlow, to: string): Promise<string> => {
    const { error } = await flow.ask(to, { payload: 'open' }, 'errors');
    return `${error?.code ?? ''} ${error?.message ?? ''}`;
  };

  it('names the nearest time where the device counts in steps (Moxa)', async () => {
    const flow = await run([line(), device('cfg-device', { profile: 'moxa-e1214' }), door('Front', { strikeMs: '2000' })]);
    assert.match(await codeOf(flow, 'Front'), /^CONFIG_INVALID .*2000 ms.*1500/);
  });

  it('opens by the device\'s own pulse where registers have to be set up first (Moxa)', async () => {
    const flow = await run([line(), device('cfg-device', { profile: 'moxa-e1214' }), door('Front', { strikeMs: '3000' })]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { payload } = await flow.ask('Front', { payload: 'open' }, 'strike');
    assert.deepEqual([(payload as { confirmed: boolean }).confirmed, (payload as { state: string }).state], [true, 'granted']);
    assert.deepEqual((await peer.seen()).map(([, pdu]) => pdu).filter((pdu) => pdu === '050010ff00').length, 1);
  });

  it('refuses one strike for two doors, also by way of two controllers of one device', async () => {
    const flow = await run([line(), device('cfg-device'), device('cfg-twin'), door('Front'), door('Back', { controller: 'cfg-twin' })]);
    assert.match(await codeOf(flow, 'Back'), /^STRIKE_SHARED .*"Front"/);
  });

  it('refuses two nodes for one reader that is cleared', async () => {
    const flow = await run([line(), device('cfg-device', { profile: 'inveo-rfid-ind' }), reader('first'), reader('second')]);
    assert.equal(flow.statuses('second').at(-1)?.fill, 'red');
    // A card from before the first look opens nothing.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await peer.presentInveo(1, 4711n);
    const read = await flow.inbox('reads').next();
    assert.equal((read.payload as { cardId: string }).cardId, '4711');
  });

  it('refuses a strike on the coil of a reader, and names both', async () => {
    const flow = await run([line(), device('cfg-device', { profile: 'inveo-rfid-ind', overrides: '{ "outputs": { "address": 1016 } }' }), door('Front')]);
    assert.match(await codeOf(flow, 'Front'), /^CONFIG_INVALID .*profile\.outputs and profile\.readers\[0\]\.flag/);
  });

  it('refuses unit 0 on a serial bus', async () => {
    const flow = await run([line({ transport: 'rtu-tcp', port: String(peer.rtuPort) }), device('cfg-device', { unit: '0' }), door('Front')]);
    assert.match(await codeOf(flow, 'Front'), /^CONFIG_INVALID .*Unit 0/);
  });

  it('arms a device with a watchdog only while it is as demanded, and says in the status why not', async () => {
    const flow = await run([line(), device('cfg-device', { profile: 'wago-750' }), door('Front')]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.match(await codeOf(flow, 'Front'), /^DOOR_NOT_ARMED .*register 4096 holds 0/);
    assert.equal(flow.statuses('Front').at(-1)?.fill, 'red');
    await peer.set(1, 'holding', 0x1000, [10]);
    await peer.set(1, 'holding', 0x1006, [1]);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const { payload } = await flow.ask('Front', { payload: 'open' }, 'strike');
    assert.equal((payload as { confirmed: boolean }).confirmed, true);
  });

  it('says in words that nothing but this computer ends an opening', async () => {
    const flow = await run([line(), device('cfg-device', { profile: 'advantech-adam-6060' }), door('Front', { hostPulse: true })]);
    const until = Date.now() + 5000;
    while (!String(flow.statuses('Front').at(-1)?.text).includes('locked-host-timed') && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(flow.statuses('Front').at(-1), { fill: 'green', shape: 'ring', text: 'mc-door.status.locked-host-timed' });
  });

  it('opens for longer for who needs it, and announces held open', async () => {
    await peer.setInput(1, 0, true);
    const flow = await run([line(), device('cfg-device'), door('Front', { contact: '1', extendedStrikeMs: '8000', heldOpenMs: '400', preAlarmMs: '200', relock: 'onOpen' })]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await flow.ask('Front', { payload: { granted: true, door: 'Front', decidedAt: new Date().toISOString(), flags: ['extended-time'] } }, 'strike');
    assert.deepEqual((await peer.pulses()).map(({ value }) => value), [80]);
    await peer.setInput(1, 0, false);
    const events: string[] = [];
    for (const count of [1, 2, 3]) events.push(`${count} ${((await flow.inbox('events').next()).payload as { event: string }).event}`);
    assert.deepEqual(events, ['1 opened', '2 held-open-soon', '3 held-open']);
  });
});
