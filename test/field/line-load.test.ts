import assert from 'node:assert/strict';
import sinon from 'sinon';
import { exchangeMs, plannedLoad } from '../../nodes/field/line-load';
import { LineMeter } from '../../nodes/field/line-meter';
import { LineRetry } from '../../nodes/field/line-retry';
import { LineSilence } from '../../nodes/field/line-silence';
import { LINE } from './line-fixture';

const RTU = { ...LINE, transport: 'serial' as const, baudRate: 9600 };
const INPUTS = { requestBytes: 4, answerBytes: 2 };

describe('the load of a line', () => {
  it('is what the wire and the device take', () => {
    // door-hardware 1.5: 14 bytes at 9600 8N1 are 14.6 ms, twice 3.5 characters 7.3 ms (of 10 bits; ours are 11), and the device.
    const ms = exchangeMs(RTU, INPUTS);
    assert.ok(ms > 31 && ms < 34, `${ms} ms`);
    assert.ok(Math.abs(1000 / ms - 30) < 2, 'about 30 exchanges a second');
    assert.ok(exchangeMs({ ...RTU, baudRate: 115_200 }, INPUTS) < 16);
    assert.ok(exchangeMs({ ...RTU, parity: 'even', stopBits: 2 }, INPUTS) > ms);
    assert.equal(exchangeMs(LINE, INPUTS), 5);
  });

  it('adds up: four doors with a reader and inputs at 4 Hz each nearly fill 9600 baud', () => {
    const polls = Array.from({ length: 8 }, () => ({ everyMs: 250, ...INPUTS }));
    const load = plannedLoad(RTU, polls);
    assert.ok(load > 0.95 && load < 1.1, String(load));
    assert.equal(plannedLoad(RTU, []), 0);
  });

  it('is measured, counts what is asked for and not only what is served, and forgets what is asked no more', () => {
    const clock = sinon.useFakeTimers({ toFake: ['performance'] });
    try {
      const meter = new LineMeter();
      assert.deepEqual([meter.load, meter.shortestMs], [0, null]);
      for (let group = 0; group < 13; group += 1) meter.asked(`inputs ${group}`, 1, 50);
      meter.asked('slow', 1, 1000);
      meter.took(1, 5);
      assert.ok(Math.abs(meter.load - 1.305) < 1e-9);
      assert.equal(meter.shortestMs, 50);
      clock.tick(6000);
      meter.asked('slow', 1, 1000);
      assert.ok(Math.abs(meter.load - 0.005) < 1e-9);
    } finally {
      clock.restore();
    }
  });
});

describe('when a lost line is tried again', () => {
  it('is at once, then in pauses that grow with the time it is away, up to 5 s', () => {
    const retry = new LineRetry(() => 1);
    assert.equal(retry.pauseMs(0, false), 0);
    assert.deepEqual([1, 5000, 10_000, 60_000, 600_000, 6_000_000].map((at) => retry.pauseMs(at, false)), [75, 100, 200, 1200, 5000, 5000]);
    retry.answered();
    assert.equal(retry.pauseMs(7_000_000, false), 0);
    const low = new LineRetry(() => 0);
    low.pauseMs(0, false);
    assert.equal(low.pauseMs(10_000, false), 100, 'jitter goes down to the half');
  });

  it('is later and later where connections are taken and nothing is said', () => {
    const retry = new LineRetry(() => 1);
    assert.deepEqual(Array.from({ length: 9 }, () => retry.pauseMs(0, true)), [0, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('gives a host that does not even refuse a short time, and now and then a long one', () => {
    const retry = new LineRetry();
    assert.deepEqual(Array.from({ length: 6 }, () => retry.connectMs()), [3000, 300, 300, 300, 3000, 300]);
    retry.answered();
    assert.equal(retry.connectMs(), 300, 'it was there a moment ago');
  });
});

describe('what silence means', () => {
  it('says nothing of a unit that never answered, and is two periods for one that does', () => {
    const silence = new LineSilence(500);
    assert.equal(silence.limitMs(1, 100), null);
    silence.heard(1, 5);
    assert.equal(silence.limitMs(1, 100), 200);
    assert.equal(silence.limitMs(1, 20), 100, 'not under 100 ms');
    assert.equal(silence.limitMs(1, null), null, 'nothing is polled');
    assert.equal(silence.limitMs(1, 2000), null, 'the timeouts are sooner');
    silence.heard(1, 150);
    assert.equal(silence.limitMs(1, 20), 450, 'three times the longest answer of late');
  });

  it('is doubled by a false alarm', () => {
    const silence = new LineSilence(500);
    silence.heard(1, 5);
    silence.falseAlarm();
    assert.equal(silence.limitMs(1, 100), 400);
  });

  it('is three timeouts in any case', () => {
    const silence = new LineSilence(500);
    silence.heard(1, 5);
    assert.deepEqual([silence.missed(1), silence.missed(1), silence.missed(1)], [false, false, true]);
    assert.equal(silence.limitMs(1, 100), null, 'it did not answer lately');
    silence.begun();
    assert.equal(silence.missed(1), false);
  });
});
