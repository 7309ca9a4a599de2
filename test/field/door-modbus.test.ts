import assert from 'node:assert/strict';
import type { Read } from '../../nodes/access/decision';
import { isMcError, type McError } from '../../nodes/credential/mc-error';
import { Controller } from '../../nodes/field/controller';
import { Door } from '../../nodes/field/door';
import type { DoorEvent, DoorSettings } from '../../nodes/field/door-types';
import { Line } from '../../nodes/field/line';
import { resolveProfile } from '../../nodes/field/profile';
import { Reader, type ReaderSettings } from '../../nodes/field/reader';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';
import { SETTINGS } from './door-bench';

describeWithPymodbus('reader and door on a device that is not ours (pymodbus)', function () {
  this.timeout(15_000);
  let peer: ModbusPeer;
  let line: Line;
  let io: Controller;
  let inveo: Controller;
  const closers: (() => void | Promise<void>)[] = [];
  let events: string[];
  let reads: Read[];
  let troubles: (string | null)[];
  let errors: McError[];

  before(async () => { peer = await startModbusPeer(); });
  after(() => peer.stop());

  beforeEach(async () => {
    await peer.reset();
    await peer.setInput(1, 0, true);
    events = [];
    reads = [];
    troubles = [];
    errors = [];
    line = new Line({
      transport: 'tcp', host: '127.0.0.1', port: peer.port, path: '', baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1,
      timeoutMs: 200, gapMs: null, maxInFlight: 1,
    });
    line.open();
    io = new Controller(line, 1, resolveProfile('waveshare-io-8', undefined));
    inveo = new Controller(line, 2, resolveProfile('inveo-rfid-ind', undefined));
    await until(() => line.state === 'up');
  });

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    io.close();
    inveo.close();
    await line.close();
  });

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 5000; !(await holds());) {
      if (Date.now() > end) throw new Error(`not within 5 s: ${holds.toString()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async function startDoor(controller: Controller, settings: Partial<DoorSettings> = {}): Promise<Door> {
    let ready = false;
    const door = new Door(controller, { ...SETTINGS, tamper: null, pollMs: 20, debounceMs: 20, shuntMs: 50, ...settings }, {
      onEvent: (event: DoorEvent) => { events.push(`${event.event} ${event.cause}`); },
      onStatus: ({ state, open }) => { ready = state === 'locked' && open === false; },
      onError: (error) => { errors.push(error); },
    });
    door.start();
    closers.push(() => door.stop());
    await until(() => ready);
    return door;
  }

  /** Resolves when the reader was asked once: what is presented from then on counts. */
  async function startReader(settings: Partial<ReaderSettings> = {}): Promise<void> {
    const reader = new Reader(inveo, {
      reader: 1, door: 'Main entrance', direction: 'in', format: 'csn-64', byteOrder: 'msb', device: '', pollMs: 20, repeatMs: 500, ...settings,
    }, { onRead: (read) => { reads.push(read); }, onTrouble: (error) => { troubles.push(error && error.code); } });
    reader.start();
    closers.push(() => { reader.stop(); });
    await until(async () => (await peer.seen()).some(([unit, pdu]) => unit === 2 && pdu.startsWith('01')));
    await new Promise((resolve) => setTimeout(resolve, 30));
  }

  const decision = () => ({ granted: true, door: 'Main entrance', cardId: '998877665544', decidedAt: new Date().toISOString() });

  it('a card at the reader opens the strike by one pulse of the device', async () => {
    const door = await startDoor(io);
    await startReader();
    await peer.presentInveo(2, 998877665544n);
    await until(() => reads.length === 1);
    assert.equal(reads[0]?.cardId, '998877665544');
    assert.equal(await peer.coil(2, 1016), false, 'cleared before it was delivered');
    const answer = await door.handle(decision(), Date.now());
    assert.deepEqual([answer?.state, answer?.confirmed], ['granted', true]);
    assert.deepEqual(await peer.pulses(), [{ unit: 1, address: 0x200, value: 30 }]);
    await peer.setInput(1, 0, false);
    await until(() => events.includes('opened grant'));
    await peer.setInput(1, 0, true);
    await until(() => events.includes('closed grant'));
    assert.deepEqual([events.length, errors, troubles], [2, [], []]);
  });

  it('an echo that is wrong is no confirmation, and the strike is told to lock', async () => {
    const door = await startDoor(io);
    await peer.fault({ wrong_echo: true });
    await assert.rejects(door.handle(decision(), Date.now()), (error) => isMcError(error, 'ANSWER_INVALID'));
    await peer.fault({ wrong_echo: false });
    const written = (await peer.seen()).filter(([unit, pdu]) => unit === 1 && pdu === '0500000000').length;
    assert.ok(written >= 1);
    assert.equal((await peer.pulses()).length, 1, 'not sent again');
  });

  it('without a timed pulse a door is not armed; with hostPulse the host ends the opening', async () => {
    await peer.set(2, 'coil', 1010, [true]);
    const bare = { strike: 1, contact: 1, exit: 2 };
    const unarmed = await startDoor(inveo, bare);
    await assert.rejects(unarmed.handle('open', Date.now()), (error) => isMcError(error, 'DOOR_NOT_ARMED'));
    await unarmed.stop();
    const door = await startDoor(inveo, { ...bare, hostPulse: true, strikeMs: 200 });
    assert.equal((await door.handle('open', Date.now()))?.state, 'granted');
    assert.equal(await peer.coil(2, 1000), true);
    await until(async () => !(await peer.coil(2, 1000)));
  });

  it('forced open, exit request, lockdown', async () => {
    const door = await startDoor(io, { exitOpens: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await peer.setInput(1, 0, false);
    await until(() => events.includes('forced-open forced'));
    await peer.setInput(1, 0, true);
    await until(() => events.includes('forced-open-cleared forced'));
    const order = { door: 'Main entrance', command: 'lock', source: 'lockdown', at: new Date().toISOString() };
    assert.equal((await door.handle(order, Date.now()))?.state, 'locked');
    await assert.rejects(door.handle(decision(), Date.now()), (error) => isMcError(error, 'DOOR_LOCKED'));
    assert.deepEqual(await peer.pulses(), []);
    await peer.setInput(1, 1, true);
    await until(async () => (await peer.pulses()).length === 1);
    assert.equal(events.at(-1), 'exit-request exit');
  });

  it('a dropped connection: the door is told, the reader goes on, a lock given meanwhile holds', async () => {
    const door = await startDoor(io);
    await startReader();
    await peer.drop();
    await until(() => line.state !== 'up' || events.includes('line-down line'));
    await door.handle('lock', Date.now()).catch((error: unknown) => { assert.ok(isMcError(error, 'LINE_DOWN', 'LINE_TIMEOUT')); });
    await until(() => line.state === 'up' && events.includes('locked operator'));
    await assert.rejects(door.handle(decision(), Date.now()), (error) => isMcError(error, 'DOOR_LOCKED'));
    await peer.presentInveo(2, 4711n);
    await until(() => reads.some(({ cardId }) => cardId === '4711'));
  });

  it('a reader that heeds no clear is stuck, and says so once', async () => {
    await startReader();
    await peer.presentInveo(2, 5n);
    await until(() => reads.length === 1);
    // Nobody else may have the last word on the flag, so it is set again and again.
    let busy = true;
    const again = (async () => { while (busy) await peer.set(2, 'coil', 1016, [true]); })();
    await until(() => troubles.length > 0);
    busy = false;
    await again;
    await until(() => troubles.at(-1) === null);
    assert.deepEqual([troubles, reads.length], [['ANSWER_INVALID', null], 1]);
  });

  it('after stop the strike that the host held is locked', async () => {
    const door = await startDoor(io);
    await door.handle('unlock', Date.now());
    assert.equal(await peer.coil(1, 0), true);
    await door.stop();
    assert.equal(await peer.coil(1, 0), false);
  });
});
