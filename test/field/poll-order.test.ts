import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mostUrgent, type WaitingPoll } from '../../nodes/field/poll-order';

type Poll = WaitingPoll & { name: string };

const poll = (name: string, priority: 'reader' | 'door' | 'other', since: number, everyMs = 50, lively = false): Poll =>
  ({ name, since, options: { priority, everyMs, lively } });

const nameOf = (polls: readonly Poll[], now: number): string | undefined => mostUrgent(polls, now)?.name;

describe('the order of polls', () => {
  it('is that of their kinds while none is late', () => {
    const polls = [poll('r', 'reader', 40), poll('d', 'door', 10), poll('o', 'other', 5)];
    assert.equal(nameOf(polls, 50), 'r');
  });

  it('lets one that waited a whole period go ahead', () => {
    assert.equal(nameOf([poll('r', 'reader', 40), poll('d', 'door', 0)], 50), 'd');
    assert.equal(nameOf([poll('r', 'reader', 40), poll('d', 'door', 0)], 49), 'r');
  });

  it('lets a door in use go ahead where the line is late, not twice in a row', () => {
    const polls = [poll('late', 'reader', -20), poll('r', 'reader', 40), poll('d', 'door', 49, 50, true)];
    assert.equal(nameOf(polls, 50), 'd');
    assert.equal(mostUrgent(polls, 50, false)?.name, 'late');
    assert.equal(nameOf(polls.slice(1), 50), 'r', 'nothing is late: the order of the kinds holds');
  });

  it('is empty where nothing waits', () => {
    assert.equal(mostUrgent([], 0), null);
  });

  /** A line with one place: each exchange takes `serviceMs`; polls come back a period after they were due. */
  function run(streams: { priority: 'reader' | 'door' | 'other'; everyMs: number; lively: boolean }[], serviceMs: number, forMs: number): number[] {
    const due = streams.map(() => 0);
    const waiting = streams.map(() => true);
    const longest = streams.map(() => 0);
    const last = streams.map(() => 0);
    const order = ['reader', 'door', 'other'];
    let favoured = false;
    for (let now = 0; now < forMs;) {
      streams.forEach(({ everyMs }, index) => { if (!waiting[index] && due[index]! <= now) waiting[index] = true; else if (everyMs < 0) throw new Error(); });
      const polls = streams.flatMap((options, index) => (waiting[index] ? [{ index, since: due[index]!, options }] : []))
        .sort((a, b) => order.indexOf(a.options.priority) - order.indexOf(b.options.priority) || a.since - b.since);
      const next: (typeof polls)[number] | null = mostUrgent(polls, now, !favoured);
      if (next !== null) favoured = next.options.lively;
      if (next === null) {
        now += 1;
        continue;
      }
      now += serviceMs;
      waiting[next.index] = false;
      longest[next.index] = Math.max(longest[next.index]!, now - last[next.index]!);
      last[next.index] = now;
      due[next.index] = Math.max(now, due[next.index]! + streams[next.index]!.everyMs);
    }
    return longest.map((ms, index) => Math.max(ms, forMs - last[index]!));
  }

  it('starves nobody, however much is asked', () => {
    const stream = fc.record({ priority: fc.constantFrom('reader' as const, 'door' as const, 'other' as const), everyMs: fc.constantFrom(20, 50, 200), lively: fc.boolean() });
    fc.assert(fc.property(fc.array(stream, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 30 }), (streams, serviceMs) => {
      const longest = run(streams, serviceMs, 20_000);
      // Half of the line at least is shared by patience, the most patient four of the longest periods.
      streams.forEach((_stream, index) => {
        assert.ok(longest[index]! <= 2 * (4 * 200 + 40 * streams.length * serviceMs), `${index} waited ${longest[index]} ms`);
      });
    }), { numRuns: 200 });
  });

  it('keeps the pace of a door in use where readers alone ask for more than there is', () => {
    const streams = [...Array.from({ length: 12 }, () => ({ priority: 'reader' as const, everyMs: 50, lively: false })), { priority: 'door' as const, everyMs: 50, lively: true }];
    assert.ok(run(streams, 5.5, 10_000)[12]! <= 50 + 3 * 5.5);
    const doors = [...Array.from({ length: 12 }, () => ({ priority: 'door' as const, everyMs: 50, lively: false })), { priority: 'door' as const, everyMs: 50, lively: true }];
    assert.ok(run(doors, 5.5, 10_000)[12]! <= 50 + 3 * 5.5);
  });
});
