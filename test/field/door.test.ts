import assert from 'node:assert/strict';
import sinon from 'sinon';
import { McError, type ErrorCode } from '../../nodes/credential/mc-error';
import { Door, type DoorStatus } from '../../nodes/field/door';
import type { DoorEvent, DoorSettings } from '../../nodes/field/door-types';
import { SETTINGS } from './door-bench';
import { FakeController } from './fake-controller';

describe('door', () => {
  let clock: sinon.SinonFakeTimers;
  let controller: FakeController;
  let events: DoorEvent[];
  let statuses: DoorStatus[];
  let errors: McError[];
  let doors: Door[];

  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: Date.UTC(2026, 5, 1, 8), toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
    controller = new FakeController({ pulse: { kind: 'fc5-value', address: 0x200, unitMs: 100, minMs: 100, maxMs: 6553500 } });
    controller.inputs[0] = true;
    events = [];
    statuses = [];
    errors = [];
    doors = [];
  });

  afterEach(async () => {
    for (const door of doors) {
      const stopped = door.stop();
      await clock.tickAsync(3000);
      await stopped;
    }
    assert.equal(controller.leftovers, 0, 'listeners, timers and claims are given back');
    assert.equal(clock.countTimers(), 0);
    clock.restore();
  });

  async function started(settings: Partial<DoorSettings> = {}): Promise<Door> {
    const door = new Door(controller, { ...SETTINGS, ...settings }, {
      onEvent: (event) => { events.push(event); },
      onStatus: (status) => { statuses.push(status); },
      onError: (error) => { errors.push(error); },
    });
    door.start();
    doors.push(door);
    await clock.tickAsync(200);
    controller.log.length = 0;
    return door;
  }

  const decision = (more: object = {}) => ({
    granted: true, door: 'Main entrance', cardId: '998877665544', readAt: new Date().toISOString(), decidedAt: new Date().toISOString(), ...more,
  });

  async function settled<T>(work: Promise<T>, ms = 20): Promise<T> {
    work.catch(() => {});
    await clock.tickAsync(ms);
    return work;
  }

  async function refused(work: Promise<unknown>, code: ErrorCode): Promise<McError> {
    let caught: unknown;
    await settled(work.catch((error: unknown) => { caught = error; }));
    assert.ok(caught instanceof McError, `expected ${code}`);
    assert.equal(caught.code, code);
    return caught;
  }

  describe('decisions', () => {
    it('opens with one pulse and says so', async () => {
      const door = await started();
      controller.latencyMs = 7;
      const answer = await settled(door.handle(decision(), Date.now()));
      assert.deepEqual(answer, {
        door: 'Main entrance', command: 'open', state: 'granted', confirmed: true, at: new Date(Date.now() - 13).toISOString(), latencyMs: 7,
      });
      assert.deepEqual(controller.writes, ['pulse 1 3000']);
    });

    it('ignores a denial, another door and anything but granted === true', async () => {
      const door = await started();
      for (const more of [{ granted: false }, { granted: 'true' }, { granted: 1 }, { granted: undefined }, { door: 'Gate' }, { door: undefined }]) {
        assert.equal(await settled(door.handle(decision(more), Date.now())), null);
      }
      assert.deepEqual(controller.writes, []);
    });

    it('refuses a decision that is too old, from the future, or without a usable time', async () => {
      const door = await started();
      const at = (ms: number) => new Date(Date.now() + ms).toISOString();
      for (const decidedAt of [at(-5001), at(5100), undefined, null, 'soon', '', 0, Date.now(), '2026-06-01T08:00:00', {}]) {
        await refused(door.handle(decision({ decidedAt }), Date.now()), 'COMMAND_EXPIRED');
      }
      assert.deepEqual(controller.writes, []);
      assert.ok(await settled(door.handle(decision({ decidedAt: at(-4900) }), Date.now())));
      assert.ok(await settled(door.handle(decision({ decidedAt: at(4000) }), Date.now())));
    });

    it('the same decision opens once, whenever and however often it comes', async () => {
      const door = await started();
      const one = decision();
      const first = door.handle(one, Date.now());
      const second = door.handle({ ...one }, Date.now());
      assert.equal((await settled(first))?.state, 'granted');
      assert.equal((await settled(second))?.state, 'granted');
      await clock.tickAsync(3500);
      await settled(door.handle({ ...one }, Date.now()));
      assert.deepEqual(controller.writes, ['pulse 1 3000']);
      await clock.tickAsync(2000);
      await refused(door.handle({ ...one }, Date.now()), 'COMMAND_EXPIRED');
      assert.deepEqual(controller.writes, ['pulse 1 3000']);
    });

    it('two cards, or one card twice, are two decisions', async () => {
      const door = await started();
      await settled(door.handle(decision(), Date.now()));
      await settled(door.handle(decision({ cardId: '1' }), Date.now()));
      await clock.tickAsync(10);
      await settled(door.handle(decision(), Date.now()));
      assert.equal(controller.writes.length, 3);
    });

    it('a decision whose pulse may have gone out is not carried out again; one that certainly did not is', async () => {
      const door = await started();
      const one = decision();
      controller.writeErrors = [new McError('LINE_TIMEOUT', 'no answer')];
      await refused(door.handle(one, Date.now()), 'LINE_TIMEOUT');
      await refused(door.handle(one, Date.now()), 'LINE_TIMEOUT');
      assert.equal(controller.writes.filter((write) => write.startsWith('pulse')).length, 1);
      const two = decision({ cardId: '2' });
      controller.writeErrors = [new McError('QUEUE_FULL', 'full')];
      await refused(door.handle(two, Date.now()), 'QUEUE_FULL');
      assert.ok(await settled(door.handle(two, Date.now())));
    });
  });

  describe('commands', () => {
    it('takes strings and objects; holds by source', async () => {
      const door = await started();
      assert.equal((await settled(door.handle('unlock', Date.now())))?.state, 'unlocked');
      assert.equal((await settled(door.handle({ command: 'lock' }, Date.now())))?.state, 'locked');
      const order = { door: 'Main entrance', command: 'lock', source: 'lockdown', at: new Date().toISOString() };
      assert.equal((await settled(door.handle(order, Date.now())))?.state, 'locked');
      assert.equal((await settled(door.handle('unlock', Date.now())))?.state, 'locked', 'lockdown outranks');
      await refused(door.handle(decision(), Date.now()), 'DOOR_LOCKED');
      await refused(door.handle('open', Date.now()), 'DOOR_LOCKED');
      assert.equal((await settled(door.handle({ ...order, command: 'release' }, Date.now())))?.state, 'unlocked');
      assert.equal((await settled(door.handle('release', Date.now())))?.state, 'locked');
      assert.equal((await settled(door.handle('open', Date.now())))?.state, 'granted');
      assert.deepEqual(events.map(({ event, cause }) => `${event} ${cause}`), [
        'unlocked operator', 'locked operator', 'unlocked operator', 'locked operator',
      ]);
    });

    it('an order for another door is none of its business', async () => {
      const door = await started();
      assert.equal(await settled(door.handle({ door: 'Gate', command: 'lock', source: 'lockdown' }, Date.now())), null);
      assert.ok(await settled(door.handle(decision(), Date.now())));
    });

    it('status reads back', async () => {
      const door = await started();
      assert.deepEqual(
        await settled(door.handle('status', Date.now())),
        { door: 'Main entrance', command: 'status', state: 'locked', confirmed: true, at: new Date(Date.now() - 20).toISOString(), latencyMs: 0 });
      controller.outputs[0] = true; // by another hand
      assert.equal((await settled(door.handle('status', Date.now())))?.confirmed, false);
      await clock.tickAsync(50);
      assert.equal(controller.outputs[0], false, 'and puts right what is not as wanted');
      controller.setUp(false);
      const down = await settled(door.handle('status', Date.now()));
      assert.deepEqual([down?.state, down?.confirmed], ['unknown', false]);
    });

    it('what is no request is INPUT_INVALID', async () => {
      const door = await started();
      const cyclic: Record<string, unknown> = {};
      cyclic.self = cyclic;
      const command: Record<string, unknown> = { command: cyclic };
      for (const input of [
        null, undefined, 7, Number.NaN, true, '', 'Open', 'explode', {}, cyclic, command, [], ['open'], Symbol('open'), () => 'open',
        Buffer.from('open'), { command: 'open', source: 'grant' }, { command: 'open', source: 'lockdown' }, { command: 'lock', source: 'me' },
      ]) {
        await refused(door.handle(input, Date.now()), 'INPUT_INVALID');
      }
      assert.deepEqual(controller.writes, []);
    });
  });

  describe('what stands against it', () => {
    it('a line that is down', async () => {
      const door = await started();
      controller.setUp(false);
      await refused(door.handle(decision(), Date.now()), 'LINE_DOWN');
      await refused(door.handle('open', Date.now()), 'LINE_DOWN');
      await refused(door.handle('unlock', Date.now()), 'LINE_DOWN');
      await refused(door.handle('lock', Date.now()), 'LINE_DOWN');
      controller.setUp(true);
      await clock.tickAsync(100);
      assert.equal(statuses.at(-1)?.heldBy, 'operator', 'the lock is kept');
      assert.deepEqual(events.map(({ event }) => event), ['line-down', 'line-up', 'locked']);
    });

    it('a door that is not armed; its release works all the same', async () => {
      controller.armed = 'the profile has neither a timed pulse nor a watchdog; set hostPulse';
      const door = await started();
      for (const input of [decision(), 'open', 'unlock']) {
        const error = await refused(door.handle(input, Date.now()), 'DOOR_NOT_ARMED');
        assert.match(error.message, /set hostPulse/);
      }
      assert.equal((await settled(door.handle('lock', Date.now())))?.state, 'locked');
      assert.deepEqual([statuses.at(-1)?.text, statuses.at(-1)?.armed], ['not-armed', false]);
      controller.armed = null;
      await clock.tickAsync(100);
      assert.equal(statuses.at(-1)?.armed, true);
    });

    it('a schedule\'s unlocking waits until the door is armed, unless it is taken back; a fire waits for nothing', async () => {
      const order = (command: string, source: string): unknown => ({ door: '*', command, source, at: '' });
      controller.armed = 'the watchdog was not read back yet';
      const door = await started();
      await refused(door.handle(order('unlock', 'schedule'), Date.now()), 'DOOR_NOT_ARMED');
      controller.setArmed(null);
      await clock.tickAsync(100);
      assert.deepEqual([controller.outputs[0], statuses.at(-1)?.heldBy], [true, 'schedule']);
      await settled(door.handle(order('release', 'schedule'), Date.now()));
      controller.setArmed('again');
      await refused(door.handle(order('unlock', 'schedule'), Date.now()), 'DOOR_NOT_ARMED');
      await settled(door.handle(order('release', 'schedule'), Date.now()));
      controller.setArmed(null);
      await clock.tickAsync(100);
      assert.equal(controller.outputs[0], false, 'taken back meanwhile');
      controller.setArmed('again');
      assert.equal((await settled(door.handle(order('unlock', 'fire'), Date.now())))?.state, 'unlocked');
      assert.equal(controller.outputs[0], true);
      await settled(door.handle(order('release', 'fire'), Date.now()));
    });

    it('a fail-safe lock is opened by the host, and only with hostPulse', async () => {
      const door = await started({ failMode: 'safe' });
      await refused(door.handle('open', Date.now()), 'DOOR_NOT_ARMED');
      assert.equal(controller.outputs[0], true, 'locked');
    });

    it('a command whose turn comes too late is not sent', async () => {
      const door = await started({ maxDecisionAgeMs: 10 });
      controller.latencyMs = 50;
      const late = door.handle('open', Date.now());
      late.catch(() => {});
      await clock.tickAsync(100);
      await refused(late, 'COMMAND_EXPIRED');
      assert.ok(!controller.writes.some((write) => write.startsWith('pulse')));
    });

    it('two doors on one strike', async () => {
      await started();
      const other = new Door(controller, { ...SETTINGS, door: 'Gate' }, { onEvent() {}, onStatus() {}, onError() {} });
      assert.throws(() => { other.start(); }, (error) => error instanceof McError && error.code === 'STRIKE_SHARED');
      await other.stop();
    });

    it('channels that are not there, or used twice', () => {
      const start = (settings: Partial<DoorSettings>) => () => {
        new Door(controller, { ...SETTINGS, ...settings }, { onEvent() {}, onStatus() {}, onError() {} }).start();
      };
      const code = (wanted: ErrorCode) => (error: unknown) => error instanceof McError && error.code === wanted;
      assert.throws(start({ strike: 9 }), code('CHANNEL_UNKNOWN'));
      assert.throws(start({ contact: 9 }), code('CHANNEL_UNKNOWN'));
      assert.throws(start({ exit: 1 }), code('CONFIG_INVALID'));
      assert.throws(start({ strikeMs: 1240 }), (error) => code('CONFIG_INVALID')(error) && /1200/.test((error as Error).message));
      assert.equal(controller.leftovers, 0);
    });

    it('inputs that cannot be read: told once, the door unknown until they can', async () => {
      const door = await started();
      controller.inputError = new McError('LINE_EXCEPTION', 'exception 11', { exception: 11 });
      await clock.tickAsync(1000);
      assert.deepEqual(errors.map(({ code }) => code), ['LINE_EXCEPTION']);
      assert.equal(statuses.at(-1)?.text, 'line-down');
      await refused(door.handle('open', Date.now()), 'LINE_DOWN');
      controller.inputError = null;
      await clock.tickAsync(200);
      assert.equal(statuses.at(-1)?.text, 'locked');
      assert.deepEqual(events.map(({ event }) => event), ['line-down', 'line-up']);
    });

    it('a listener that throws', async () => {
      const door = new Door(controller, SETTINGS, {
        onEvent() { throw new Error('flow'); }, onStatus() { throw new Error('flow'); }, onError() { throw new Error('flow'); },
      });
      doors.push(door);
      door.start();
      await clock.tickAsync(100);
      assert.equal((await settled(door.handle('unlock', Date.now())))?.state, 'unlocked');
    });
  });

  describe('watching', () => {
    it('tells events with the time of day, through a clock that is set back', async () => {
      await started({ shuntMs: 0 });
      clock.setSystemTime(Date.UTC(2026, 5, 1, 7));
      controller.inputs[0] = false;
      await clock.tickAsync(200);
      assert.deepEqual(events.map(({ event, cause }) => `${event} ${cause}`), ['opened forced', 'forced-open forced']);
      assert.match(events[0]?.at ?? '', /^2026-06-01T07:00:00/);
      assert.equal(statuses.at(-1)?.text, 'forced-open');
      assert.equal(statuses.at(-1)?.open, true);
    });

    it('a clock set back does not keep the strike open', async () => {
      controller.profile = { ...controller.profile, pulse: null };
      const door = await started({ hostPulse: true });
      await settled(door.handle('open', Date.now()));
      clock.setSystemTime(Date.UTC(2026, 5, 1, 1));
      await clock.tickAsync(3100);
      assert.deepEqual(controller.writes, ['setOutput 1 true', 'setOutput 1 false']);
    });
  });

  describe('stop', () => {
    it('lets go of the strike the host holds, though the first try fails', async () => {
      controller.profile = { ...controller.profile, pulse: null };
      const door = await started({ hostPulse: true });
      await settled(door.handle('open', Date.now()));
      assert.equal(controller.outputs[0], true);
      controller.writeErrors = [new McError('LINE_TIMEOUT', 'no answer')];
      await settled(door.stop(), 400);
      assert.equal(controller.outputs[0], false);
      await refused(door.handle('open', Date.now()), 'LINE_DOWN');
    });

    it('locks a door that was held unlocked, and leaves a pulse to the device', async () => {
      const door = await started();
      await settled(door.handle('unlock', Date.now()));
      await settled(door.stop(), 100);
      assert.equal(controller.outputs[0], false);

      const pulsed = await started();
      await settled(pulsed.handle('open', Date.now()));
      await settled(pulsed.stop(), 100);
      assert.deepEqual(controller.writes, ['pulse 1 3000']);
    });

    it('does not wait for a line that is down, and may be called twice', async () => {
      const door = await started();
      controller.setUp(false);
      await settled(Promise.all([door.stop(), door.stop()]), 1);
    });
  });
});
