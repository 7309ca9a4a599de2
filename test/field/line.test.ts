import assert from 'node:assert/strict';
import { isMcError } from '../../nodes/credential/mc-error';
import { Controller } from '../../nodes/field/controller';
import { Line } from '../../nodes/field/line';
import { readBits, readRegisters, writeSingle } from '../../nodes/field/modbus-pdu';
import { PROFILE_IDS, resolveProfile } from '../../nodes/field/profile';
import { nearestPulse } from '../../nodes/field/nearest-pulse';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';

const soon = () => ({ priority: 'door' as const, deadlineAt: Date.now() + 2000 });

describeWithPymodbus('a line to a pymodbus device', function () {
  this.timeout(15_000);
  let peer: ModbusPeer;
  let line: Line;

  const open = async (over: Partial<ConstructorParameters<typeof Line>[0]> = {}): Promise<void> => {
    line = new Line({
      transport: 'tcp', host: '127.0.0.1', port: peer.port, path: '', baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1,
      timeoutMs: 200, gapMs: null, maxInFlight: 1, ...over,
    });
    line.open();
    await until(() => line.state === 'up');
  };
  const code = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'fine', (error: unknown) => isMcError(error) ? error.code : String(error));

  before(async () => { peer = await startModbusPeer(); });
  after(async () => { await peer.stop(); });
  beforeEach(() => peer.reset());
  afterEach(() => line.close());

  it('reads bits and registers and writes both, each answer checked', async () => {
    await open();
    await peer.set(1, 'input', 3, [true, false, true]);
    await peer.set(2, 'register', 5, [0x1234, 0xffff]);
    assert.deepEqual(await line.request(1, readBits(2, 0, 8), soon()), [false, false, false, true, false, true, false, false]);
    assert.deepEqual(await line.request(2, readRegisters(4, 5, 2), soon()), [0x1234, 0xffff]);
    await line.request(1, writeSingle(5, 4, 0xff00), soon());
    await line.request(2, writeSingle(6, 9, 77), soon());
    assert.equal(await peer.coil(1, 4), true);
    assert.deepEqual(await peer.get(2, 'holding', 9), [77]);
  });

  it('puts the timed pulse on the wire exactly, and compares the echo', async () => {
    await open();
    const controller = new Controller(line, 1, resolveProfile('waveshare-io-8', undefined));
    assert.deepEqual(await controller.pulse(1, 3000, Date.now() + 1000), { confirmed: true });
    assert.equal((await peer.seen()).at(-1)?.[1], '050200001e');
    await peer.fault({ wrong_echo: true });
    assert.equal(await code(controller.pulse(1, 3000, Date.now() + 1000)), 'ANSWER_INVALID');
    assert.equal(await code(controller.pulse(1, 3050, Date.now() + 1000)), 'CONFIG_INVALID');
    controller.close();
  });

  it('names exceptions, silence and a wrong unit', async () => {
    await open();
    await peer.fault({ exception: 2 });
    assert.equal(await code(line.request(1, readBits(2, 0, 8), soon())), 'LINE_EXCEPTION');
    await peer.fault({ exception: 0, wrong_unit: true });
    assert.equal(await code(line.request(1, readBits(2, 0, 8), soon())), 'ANSWER_INVALID');
    await peer.fault({ wrong_unit: false });
    assert.equal(await code(line.request(9, readBits(2, 0, 8), soon())), 'LINE_EXCEPTION');
    await peer.fault({ silent: true });
    assert.equal(await code(line.request(1, readBits(2, 0, 8), soon())), 'LINE_TIMEOUT');
  });

  it('settles what is open when the line is cut, and is back at once', async () => {
    await open({ timeoutMs: 5000 });
    await peer.fault({ silent: true });
    const from = Date.now();
    const pending = [line.request(1, readBits(2, 0, 8), soon()), line.request(1, readBits(2, 0, 8), soon())];
    setTimeout(() => { void peer.drop(); }, 50);
    assert.deepEqual(await Promise.all(pending.map(code)), ['LINE_DOWN', 'LINE_DOWN']);
    assert.ok(Date.now() - from < 1000);
    await peer.fault({ silent: false });
    await until(() => line.state === 'up');
    assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
  });

  it('takes a line that says nothing three times for dead, and connects anew', async () => {
    await open({ timeoutMs: 60 });
    await peer.fault({ silent: true });
    for (let i = 0; i < 3; i += 1) assert.match(await code(line.request(1, readBits(2, 0, 8), soon())), /LINE_TIMEOUT|LINE_DOWN/);
    await peer.fault({ silent: false });
    await until(() => line.stats().connects === 2);
    assert.equal((await line.request(1, readBits(2, 0, 8), soon())).length, 8);
  });

  it('lets a command pass everything that waits, and never sends one that is too old', async () => {
    await open({ timeoutMs: 1000 });
    await peer.fault({ late: 0.05 });
    const order: string[] = [];
    const polls = Array.from({ length: 5 }, (_, index) => line.request(1, readBits(2, index, 1), { priority: 'other', deadlineAt: Date.now() + 3000 }).then(() => order.push('poll')));
    const command = line.request(1, writeSingle(5, 3, 0xff00), { priority: 'command', deadlineAt: Date.now() + 3000 }).then(() => order.push('command'));
    const old = code(line.request(1, writeSingle(5, 6, 0xff00), { priority: 'other', deadlineAt: Date.now() + 20 }));
    await Promise.all([...polls, command]);
    assert.equal(order.indexOf('command'), 1, 'after the one that was out already');
    assert.equal(await old, 'COMMAND_EXPIRED');
    assert.equal(await peer.coil(1, 6), false);
  });

  it('runs a poll that waits twice once', async () => {
    await open({ timeoutMs: 1000 });
    await peer.fault({ late: 0.03 });
    await Promise.all(Array.from({ length: 10 }, () => line.request(1, readBits(2, 0, 8), { ...soon(), key: 'inputs' })));
    assert.ok((await peer.seen()).length <= 2);
  });

  it('bounds what waits', async () => {
    await open({ timeoutMs: 1000 });
    await peer.fault({ silent: true });
    const all = Array.from({ length: 400 }, (_, index) => code(line.request(1, readBits(2, index, 1), soon())));
    const close = line.close();
    const codes = await Promise.all(all);
    assert.ok(codes.includes('QUEUE_FULL'));
    assert.ok(codes.every((one) => one === 'QUEUE_FULL' || one === 'LINE_DOWN'));
    await close;
  });

  it('closes quickly towards a peer that says nothing', async () => {
    await open();
    await peer.fault({ silent: true });
    void line.request(1, readBits(2, 0, 8), soon()).catch(() => undefined);
    const from = Date.now();
    await line.close();
    assert.ok(Date.now() - from < 2000);
  });
});

describe('device profiles', () => {
  it('are all there, each valid', () => {
    assert.deepEqual([...PROFILE_IDS].sort(), [
      'advantech-adam-6060', 'barix-x8', 'beckhoff-bk9000', 'eletechsup-r421a08', 'generic', 'icpdas-et-2260', 'inveo-rfid-ind',
      'inveo-rfid-mb-10', 'moxa-e1214', 'rfideas-wave-id', 'simulator', 'wago-750', 'waveshare-io-8', 'waveshare-relay-8',
    ]);
    for (const id of PROFILE_IDS) assert.equal(resolveProfile(id, undefined).id, id);
  });

  it('take overrides field by field, and name what is wrong in them', () => {
    assert.deepEqual(resolveProfile('advantech-adam-6060', { inputs: { fc: 2 } }).inputs, { fc: 2, address: 0, count: 6 });
    assert.throws(() => resolveProfile('waveshare-io-8', { outputs: { cuont: 3 } }), /outputs\.cuont/);
    assert.throws(() => resolveProfile('waveshare-io-8', { inputs: { address: -1 } }), /inputs\.address/);
    assert.throws(() => resolveProfile('nonsense', undefined), { code: 'PROFILE_UNKNOWN' });
  });

  it('name the nearest time that a device can keep', () => {
    const pulse = { kind: 'fc5-value' as const, address: 0, unitMs: 1500, minMs: 1500, maxMs: 9000 };
    assert.equal(nearestPulse(pulse, 2000), 1500);
    assert.equal(nearestPulse(pulse, 3000), 3000);
    assert.equal(nearestPulse(pulse, 100_000), 9000);
  });
});

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('did not come about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
