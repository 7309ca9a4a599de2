/** Devices that end an opening by a pulse that is set up, or by their watchdog: as pymodbus sees them. */
import assert from 'node:assert/strict';
import { isMcError } from '../../nodes/credential/mc-error';
import { Controller } from '../../nodes/field/controller';
import { Door, type DoorStatus } from '../../nodes/field/door';
import type { DoorSettings } from '../../nodes/field/door-types';
import { Line } from '../../nodes/field/line';
import { resolveProfile } from '../../nodes/field/profile';
import { describeWithPymodbus, type ModbusPeer, startModbusPeer } from '../support/modbus-peer';
import { SETTINGS } from './door-bench';
import { codeOf, LINE, until } from './line-fixture';

describeWithPymodbus('a device that is to end openings by itself', () => {
  let peer: ModbusPeer;
  let line: Line;
  let controller: Controller;

  before(async () => { peer = await startModbusPeer(); });
  after(() => peer.stop());

  async function open(id: string, overrides?: unknown): Promise<void> {
    line = new Line({ ...LINE, port: peer.port, timeoutMs: 500 });
    controller = new Controller(line, 1, resolveProfile(id, overrides));
    line.open();
    await until(() => line.state === 'up');
  }

  beforeEach(() => peer.reset());
  afterEach(async () => {
    controller.close();
    await line.close();
  });

  const writes = async (): Promise<string[]> => (await peer.seen()).map(([, pdu]) => pdu).filter((pdu) => pdu.startsWith('05') || pdu.startsWith('06'));
  let atReturn: string | null;

  /** Ends the connection at the device, and waits for the next one. */
  async function reconnected(): Promise<void> {
    let back = false;
    let down = false;
    const unfollow = line.onState((state) => {
      down ||= state === 'down';
      if (!down || state !== 'up' || back) return;
      back = true;
      atReturn = controller.whyNotArmed(1, false);
    });
    await peer.drop();
    await until(() => back);
    unfollow();
  }

  const soon = (): number => Date.now() + 2000;
  const armed = (output = 1): Promise<void> => until(() => controller.whyNotArmed(output, false) === null, 'arming');

  describe('by a pulse (Moxa, Inveo RFID-MB-10)', () => {
    it('is set up when it connects, so that an opening is one write', async () => {
      await open('moxa-e1214');
      assert.match(controller.whyNotArmed(2, false) ?? '', /pulse/);
      const release = controller.claimOutput(2, 'Front', 3000);
      await armed(2);
      // Count 1 in two words from 36 + 2 × channel on, width 2 × 1.5 s at 52 + channel, start at coil 16 + channel.
      assert.deepEqual(await writes(), ['0600260000', '0600270001', '0600350002']);
      await controller.pulse(2, 3000, soon());
      assert.deepEqual((await writes()).slice(3), ['050011ff00']);
      await controller.pulse(2, 3000, soon());
      assert.deepEqual((await writes()).slice(4), ['050011ff00']);
      release();
    });

    it('is set up again for another time, and after the line was away', async () => {
      await open('moxa-e1214');
      controller.claimOutput(1, 'Front', 3000);
      await armed();
      await controller.pulse(1, 4500, soon());
      assert.deepEqual((await writes()).slice(3), ['0600240000', '0600250001', '0600340003', '050010ff00']);
      await reconnected();
      await armed();
      assert.deepEqual((await writes()).slice(7), ['0600240000', '0600250001', '0600340002']);
    });

    it('names the nearest time where it cannot keep one', async () => {
      await open('moxa-e1214');
      await assert.rejects(controller.pulse(1, 2000, soon()), (error: unknown) => isMcError(error, 'CONFIG_INVALID') && error.message.includes('1500'));
      assert.deepEqual(await writes(), []);
    });

    it('has its mode switched where an output pulses or is held', async () => {
      await open('inveo-rfid-mb-10');
      controller.claimOutput(1, 'Front', 3000);
      await armed();
      await controller.pulse(1, 3000, soon());
      await controller.setOutput(1, true, soon());
      await controller.setOutput(1, false, soon());
      await controller.pulse(1, 3000, soon());
      const [mode3, time, mode1, start, off] = ['0603f30003', '0603f4001e', '0603f30001', '0503e8ff00', '0503e80000'];
      assert.deepEqual(await writes(), [mode3, time, start, mode1, start, off, mode3, time, start]);
    });

    it('does not mix two orders that come at once', async () => {
      await open('inveo-rfid-mb-10');
      await Promise.all([controller.pulse(1, 3000, soon()), controller.setOutput(1, false, soon()), controller.pulse(1, 1000, soon())]);
      assert.deepEqual(await writes(), ['0603f30003', '0603f4001e', '0503e8ff00', '0503e80000', '0603f30003', '0603f4000a', '0503e8ff00']);
    });
  });

  describe('by its watchdog (WAGO, Beckhoff, ICP DAS)', () => {
    const WAGO = { time: 0x1000, state: 0x1006 };

    it('is not armed before it was read back, nor while it is off, and is armed once it is as demanded', async () => {
      await open('wago-750');
      controller.claimOutput(1, 'Front');
      assert.match(controller.whyNotArmed(1, false) ?? '', /not read back/);
      await until(() => /is off: register 4096 holds 0/.test(controller.whyNotArmed(1, false) ?? ''));
      assert.equal(controller.whyNotArmed(1, true), null, 'hostPulse waives it');
      await peer.set(1, 'holding', WAGO.time, [10]);
      await until(() => /must be running/.test(controller.whyNotArmed(1, false) ?? ''));
      await peer.set(1, 'holding', WAGO.state, [1]);
      await armed();
    });

    it('refuses a watchdog that waits too long', async () => {
      await peer.set(1, 'holding', WAGO.time, [3000]);
      await peer.set(1, 'holding', WAGO.state, [1]);
      await open('wago-750');
      controller.claimOutput(1, 'Front');
      await until(() => /waits 300000 ms, more than the 10000 ms/.test(controller.whyNotArmed(1, false) ?? ''));
    });

    it('reads it back at every connect', async () => {
      await peer.set(1, 'holding', WAGO.time, [10]);
      await peer.set(1, 'holding', WAGO.state, [1]);
      await open('wago-750');
      controller.claimOutput(1, 'Front');
      await armed();
      await peer.set(1, 'holding', WAGO.state, [2]);
      await reconnected();
      assert.match(atReturn ?? '', /not read back since/);
      await until(() => /must be running/.test(controller.whyNotArmed(1, false) ?? ''));
    });

    it('is fed by writing again what was ordered last, and only that', async () => {
      await peer.set(1, 'holding', 0x1120, [600]);
      await open('beckhoff-bk9000');
      controller.claimOutput(1, 'Front');
      await armed();
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.deepEqual(await writes(), [], 'nothing was ordered yet');
      await controller.setOutput(1, true, soon());
      await new Promise((resolve) => setTimeout(resolve, 700));
      const on = await writes();
      assert.ok(on.length >= 3 && on.every((pdu) => pdu === '050000ff00'), String(on));
      await controller.setOutput(1, false, soon());
      await new Promise((resolve) => setTimeout(resolve, 500));
      const off = (await writes()).slice(on.length).filter((pdu) => pdu === '0500000000');
      assert.ok(off.length >= 2);
      assert.equal((await writes()).at(-1), '0500000000');
    });

    it('is started again where it ran out and refuses writes', async () => {
      await peer.set(1, 'holding', 0x1120, [1000]);
      await open('beckhoff-bk9000');
      controller.claimOutput(1, 'Front');
      await armed();
      await peer.fault({ exception: 4 });
      assert.equal(await codeOf(controller.setOutput(1, true, soon())), 'LINE_EXCEPTION');
      await peer.fault({ exception: 0 });
      await controller.setOutput(1, true, soon());
      assert.equal((await writes()).at(-1), '050000ff00');
      assert.ok((await peer.seen()).some(([, pdu]) => pdu === '061121becf'), 'the restart was tried');
    });

    it('refuses to arm where a register is not known, and invents none', async () => {
      await open('icpdas-et-2260');
      controller.claimOutput(1, 'Front');
      await until(() => /register that is not known/.test(controller.whyNotArmed(1, false) ?? ''));
      assert.deepEqual(await peer.seen(), []);
      controller.close();
      await line.close();
      await peer.set(1, 'holding', 257, [5]);
      await open('icpdas-et-2260', { watchdog: { time: { address: 257 } } });
      controller.claimOutput(3, 'Back');
      await armed(3);
      await peer.set(1, 'coil', 269, [true]);
      await reconnected();
      await until(() => /safe value/.test(controller.whyNotArmed(3, false) ?? ''));
    });
  });

  it('lets a door open only then, and says so in its status', async () => {
    await open('wago-750');
    const shown: DoorStatus[] = [];
    const settings: DoorSettings = { ...SETTINGS, door: 'Front', contact: null, exit: null, tamper: null, strikeMs: 200 };
    const door = new Door(controller, settings, { onEvent: () => undefined, onStatus: (status) => { shown.push(status); }, onError: () => undefined });
    door.start();
    await until(() => shown.at(-1)?.whyNotArmed?.includes('is off') === true);
    assert.equal(await codeOf(door.handle('open', Date.now())), 'DOOR_NOT_ARMED');
    await peer.set(1, 'holding', 0x1000, [10]);
    await peer.set(1, 'holding', 0x1006, [1]);
    await until(() => shown.at(-1)?.armed === true);
    assert.deepEqual([shown.at(-1)?.text, shown.at(-1)?.hostTimed], ['locked', false], 'the watchdog would end it');
    assert.equal((await door.handle('open', Date.now()))?.confirmed, true);
    await until(() => shown.at(-1)?.text === 'locked');
    const coils = (await writes()).filter((pdu) => pdu.startsWith('05'));
    assert.ok(coils.includes('050000ff00') && coils.at(-1) === '0500000000');
    await door.stop();
  });
});
