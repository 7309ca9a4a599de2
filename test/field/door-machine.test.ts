import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WriteOutcome } from '../../nodes/field/door-effects';
import { DoorBench } from './door-bench';

describe('door machine', () => {
  describe('a person who needs longer', () => {
    it('has the strike released for longer, and the door may stand open for longer', () => {
      const door = new DoorBench({ relock: 'afterStrike', heldOpenMs: 1000 }).started();
      door.open('grant', 8000);
      door.run(500).contact = false;
      door.run(7000);
      assert.deepEqual([door.pulses, door.released, door.events], [[8000], true, ['opened grant']]);
      door.run(2000);
      assert.deepEqual([door.released, door.events], [false, ['opened grant', 'held-open grant']]);
    });
  });

  describe('the announcement of held open', () => {
    it('comes before it, once, and ends with the door', () => {
      const door = new DoorBench({ heldOpenMs: 2000, preAlarmMs: 500, relock: 'afterStrike' }).started();
      door.open();
      door.run(100).contact = false;
      door.run(4200);
      assert.deepEqual([door.events, door.machine.alarm], [['opened grant'], null]);
      door.run(500);
      assert.deepEqual([door.events, door.machine.alarm], [['opened grant', 'held-open-soon grant'], 'held-open-soon']);
      door.run(500);
      assert.deepEqual([door.events.at(-1), door.machine.alarm], ['held-open grant', 'held-open']);
      door.contact = true;
      door.run(200);
      assert.deepEqual(door.events.slice(2), ['held-open grant', 'closed grant', 'held-open-cleared grant']);
      assert.equal(door.machine.alarm, null);
    });

    it('is made again after the door was let stand open for longer', () => {
      const door = new DoorBench({ heldOpenMs: 2000, preAlarmMs: 500, relock: 'afterStrike' }).started();
      door.open();
      door.run(100).contact = false;
      door.run(4600);
      door.open();
      door.run(4600);
      assert.deepEqual(door.events, ['opened grant', 'held-open-soon grant', 'held-open-soon grant']);
    });

    it('is not made by default', () => {
      const door = new DoorBench({ heldOpenMs: 1000 }).started();
      door.open();
      door.run(100).contact = false;
      door.run(6000);
      assert.deepEqual(door.events, ['opened grant', 'held-open grant']);
    });
  });

  describe('opening', () => {
    it('starts by writing the strike locked, without an event', () => {
      const door = new DoorBench();
      door.output = true;
      door.line(true);
      door.run(200);
      assert.equal(door.released, false);
      assert.deepEqual(door.events, []);
      assert.equal(door.machine.state, 'locked');
    });

    it('a grant pulses once; the door opens and closes by right', () => {
      const door = new DoorBench().started();
      const request = door.open();
      door.run(20);
      assert.equal(door.answer(request), 'done');
      assert.equal(door.machine.state, 'granted');
      assert.equal(door.released, true);
      door.contact = false;
      door.run(500);
      assert.equal(door.released, false, 'relock on opening');
      door.contact = true;
      door.run(500);
      assert.deepEqual(door.events, ['opened grant', 'closed grant']);
      assert.deepEqual(door.pulses, [3000]);
      assert.equal(door.machine.state, 'locked');
    });

    it('afterStrike lets the pulse run, onClose ends it with the door', () => {
      const after = new DoorBench({ relock: 'afterStrike' }).started();
      after.open();
      after.run(500).contact = false;
      after.run(500).contact = true;
      after.run(1000);
      assert.equal(after.released, true);
      assert.deepEqual(after.writes, []);
      after.run(1500);
      assert.equal(after.released, false);

      const close = new DoorBench({ relock: 'onClose' }).started();
      close.open();
      close.run(500).contact = false;
      close.run(500);
      assert.equal(close.released, true);
      close.contact = true;
      close.run(200);
      assert.equal(close.released, false);
    });

    it('an operator opens with his own cause', () => {
      const door = new DoorBench().started();
      door.open('operator');
      door.run(100).contact = false;
      door.run(200);
      assert.deepEqual(door.events, ['opened operator']);
    });

    it('a failed pulse is answered as failed, leaves the strike locked and no right to open', () => {
      const door = new DoorBench({ shuntMs: 0 }).started();
      door.outcomes = ['failed'];
      const request = door.open();
      door.run(500);
      assert.equal(door.answer(request), 'failed');
      assert.equal(door.pulses.length, 1, 'a stale opening is not repeated');
      door.contact = false;
      door.run(200);
      assert.deepEqual(door.events, ['opened forced', 'forced-open forced']);
    });

    it('a pulse whose answer was lost keeps the right to open and is cut', () => {
      const door = new DoorBench().started();
      door.outcomes = ['unknown'];
      const request = door.open();
      door.run(100);
      assert.equal(door.answer(request), 'failed');
      assert.equal(door.released, false);
      door.contact = false;
      door.run(200);
      assert.deepEqual(door.events, ['opened grant']);
    });

    it('a second grant while the first runs prolongs', () => {
      const door = new DoorBench().started();
      door.open();
      door.run(2000);
      door.open();
      door.run(2000);
      assert.equal(door.released, true);
      assert.equal(door.machine.state, 'granted');
      door.run(1200);
      assert.equal(door.released, false);
    });
  });

  describe('pulse by the host', () => {
    it('writes on and off', () => {
      const door = new DoorBench({ strikeMs: 1000 }, 'host').started();
      const request = door.open();
      door.run(20);
      assert.equal(door.answer(request), 'done');
      assert.equal(door.machine.state, 'granted');
      door.run(1100);
      assert.deepEqual(door.writes, [true, false]);
      assert.equal(door.released, false);
    });

    it('a failed release is repeated until it succeeds', () => {
      const door = new DoorBench({ strikeMs: 500 }, 'host').started();
      door.outcomes = ['done', 'failed', 'failed', 'unknown', 'failed'];
      door.open();
      door.run(3000);
      assert.equal(door.released, false);
      assert.deepEqual(door.writes, [true, false, false, false, false, false]);
    });

    it('a failed opening is not repeated, only its release', () => {
      const door = new DoorBench({}, 'host').started();
      door.outcomes = ['unknown'];
      const request = door.open();
      door.run(1000);
      assert.equal(door.answer(request), 'failed');
      assert.deepEqual(door.writes, [true, false]);
    });

    it('a line that goes down in an opening gets the release first when it is back', () => {
      const door = new DoorBench({ strikeMs: 500 }, 'host').started();
      door.open();
      door.run(100);
      door.line(false);
      door.run(2000);
      assert.equal(door.released, true);
      door.line(true);
      door.run(50);
      assert.equal(door.released, false);
    });

    it('fail-safe turns the levels round', () => {
      const door = new DoorBench({ failMode: 'safe', strikeMs: 500 }, 'host').started();
      assert.equal(door.output, true, 'locked = current on');
      door.open();
      door.run(100);
      assert.equal(door.output, false);
      door.run(500);
      assert.equal(door.output, true);
      door.wish('unlock');
      door.run(50);
      assert.equal(door.output, false);
    });

    it('stop lets go', () => {
      const door = new DoorBench({}, 'host').started();
      door.open();
      door.run(100);
      assert.equal(door.released, true);
      door.step({ kind: 'stop', at: door.now });
      door.run(50);
      assert.equal(door.released, false);
      assert.equal(door.machine.settled, true);
    });
  });

  describe('rank', () => {
    it('the highest wish rules, and each source keeps its own', () => {
      const door = new DoorBench().started();
      door.wish('unlock', 'schedule');
      door.run(50);
      assert.equal(door.machine.state, 'unlocked');
      door.wish('lock', 'operator');
      door.run(50);
      assert.equal(door.machine.state, 'locked');
      door.wish('unlock', 'lockdown');
      door.run(50);
      assert.equal(door.machine.state, 'unlocked');
      door.wish('release', 'lockdown');
      door.run(50);
      assert.equal(door.machine.state, 'locked');
      door.wish('release', 'operator');
      door.run(50);
      assert.equal(door.machine.state, 'unlocked');
      door.wish('release', 'schedule');
      door.run(50);
      assert.equal(door.machine.state, 'locked');
      assert.deepEqual(door.events, [
        'unlocked schedule', 'locked operator', 'unlocked lockdown', 'locked operator', 'unlocked schedule', 'locked schedule',
      ]);
    });

    it('a lock refuses grants; a release lets them through', () => {
      const door = new DoorBench().started();
      for (const source of ['lockdown', 'operator', 'schedule'] as const) {
        door.wish('lock', source);
        door.run(50);
        assert.equal(door.answer(door.open()), `refused by ${source}`);
        door.wish('release', source);
        door.run(50);
      }
      assert.deepEqual(door.pulses, []);
      const request = door.open();
      door.run(50);
      assert.equal(door.answer(request), 'done');
      assert.deepEqual(door.events, ['locked lockdown', 'locked operator', 'locked schedule']);
    });

    it("an operator's open is refused by lockdown and by his own lock, not by the schedule's", () => {
      const door = new DoorBench().started();
      door.wish('lock', 'schedule');
      door.run(50);
      const request = door.open('operator');
      door.run(50);
      assert.equal(door.answer(request), 'done');
      door.wish('lock', 'operator');
      assert.equal(door.answer(door.open('operator')), 'refused by operator');
      door.wish('lock', 'lockdown');
      assert.equal(door.answer(door.open('operator')), 'refused by lockdown');
    });

    it('a lock cuts an opening that runs and one that is on its way', () => {
      for (const timing of ['device', 'host'] as const) {
        const running = new DoorBench({}, timing).started();
        running.open();
        running.run(100);
        running.wish('lock', 'lockdown');
        running.run(50);
        assert.equal(running.released, false);

        const underway = new DoorBench({}, timing).started();
        underway.delayMs = 50;
        const request = underway.open();
        underway.run(10);
        underway.wish('lock', 'lockdown');
        underway.run(500);
        assert.equal(underway.answer(request), 'refused by lockdown');
        assert.equal(underway.released, false);
      }
    });

    it('a door held unlocked takes a grant without a pulse: its end would lock the door', () => {
      const door = new DoorBench().started();
      door.wish('unlock', 'schedule');
      door.run(50);
      const request = door.open();
      door.run(5000);
      assert.equal(door.answer(request), 'done');
      assert.deepEqual(door.pulses, []);
      assert.equal(door.released, true);
    });

    it('an unlock during a pulse outlasts the pulse', () => {
      const door = new DoorBench({ relock: 'afterStrike' }).started();
      door.open();
      door.run(100);
      door.wish('unlock', 'operator');
      door.pulseEndsAt = door.now + 2900; // a board whose timer a write does not end
      door.run(50);
      door.pulseEndsAt = door.now + 2800;
      door.run(5000);
      assert.equal(door.released, true);
    });

    it('a lock given while the line is down holds when it is back; an operator\'s unlock does not come later', () => {
      const door = new DoorBench().started();
      door.line(false);
      assert.equal(door.answer(door.wish('unlock', 'operator')), 'failed');
      assert.equal(door.answer(door.wish('lock', 'lockdown')), 'failed');
      door.run(100);
      door.line(true);
      door.run(100);
      assert.deepEqual(door.events, ['line-down line', 'line-up line', 'locked lockdown']);
      door.wish('release', 'lockdown');
      door.run(100);
      assert.equal(door.released, false);
    });

    it("an operator's unlock that failed is withdrawn", () => {
      const door = new DoorBench().started();
      door.outcomes = ['failed'];
      const request = door.wish('unlock');
      door.run(1000);
      assert.equal(door.answer(request), 'failed');
      assert.equal(door.machine.state, 'locked');
      assert.equal(door.released, false);
      assert.deepEqual(door.events, []);
    });

    it('a lock that failed is repeated', () => {
      const door = new DoorBench().started();
      door.wish('unlock', 'schedule');
      door.run(50);
      door.outcomes = ['failed', 'failed'];
      const request = door.wish('lock', 'lockdown');
      door.run(1000);
      assert.equal(door.answer(request), 'failed');
      assert.equal(door.released, false);
      assert.deepEqual(door.events, ['unlocked schedule', 'locked lockdown']);
    });
  });

  describe('contact', () => {
    it('opening without right is forced; closing clears it', () => {
      const door = new DoorBench({ shuntMs: 100 }).started();
      door.run(200).contact = false;
      door.run(200).contact = true;
      door.run(200);
      assert.deepEqual(door.events, ['opened forced', 'forced-open forced', 'closed forced', 'forced-open-cleared forced']);
    });

    it('a contact that bounces within debounceMs is nothing', () => {
      const door = new DoorBench({ shuntMs: 0, pollMs: 10 }).started();
      for (let bounce = 0; bounce < 10; bounce++) {
        door.contact = !door.contact;
        door.run(30);
      }
      assert.deepEqual(door.events, []);
    });

    it('held open counts from the end of the strike and ends with closing', () => {
      const door = new DoorBench({ relock: 'afterStrike', heldOpenMs: 1000 }).started();
      door.open();
      door.run(500).contact = false;
      door.run(3300);
      assert.deepEqual(door.events, ['opened grant']);
      door.run(400);
      assert.deepEqual(door.events, ['opened grant', 'held-open grant']);
      door.contact = true;
      door.run(200);
      assert.deepEqual(door.events.slice(2), ['closed grant', 'held-open-cleared grant']);
    });

    it('held open counts from the opening where that ends the strike', () => {
      const door = new DoorBench({ heldOpenMs: 1000 }).started();
      door.open();
      door.run(500).contact = false;
      door.run(1200);
      assert.deepEqual(door.events, ['opened grant', 'held-open grant']);
    });

    it('no alarm while held unlocked; counted from the end of the hold', () => {
      const door = new DoorBench({ heldOpenMs: 1000, shuntMs: 0 }).started();
      door.wish('unlock', 'schedule');
      door.run(100).contact = false;
      door.run(5000);
      assert.deepEqual(door.events, ['unlocked schedule', 'opened schedule']);
      door.wish('release', 'schedule');
      door.run(1200);
      assert.deepEqual(door.events.slice(2), ['locked schedule', 'held-open schedule']);
      door.wish('unlock', 'operator');
      door.run(100);
      assert.deepEqual(door.events.slice(4), ['held-open-cleared operator', 'unlocked operator']);
    });

    it('what changed while the line was down is told, not as forced', () => {
      const door = new DoorBench({ heldOpenMs: 1000 }).started();
      door.run(4000);
      door.line(false);
      door.run(5000).contact = false;
      door.line(true);
      door.run(20);
      assert.deepEqual(door.events, ['line-down line', 'line-up line', 'opened line']);
      door.run(1200);
      assert.deepEqual(door.events.slice(3), ['held-open line']);
    });

    it('a door that stands open at the start is no event, until it is held open', () => {
      const door = new DoorBench({ heldOpenMs: 1000 });
      door.contact = false;
      door.line(true);
      door.run(500);
      assert.deepEqual(door.events, []);
      door.run(1000);
      assert.deepEqual(door.events, ['held-open line']);
    });

    it('polarity is a setting', () => {
      const door = new DoorBench({ contactClosedIs: 0, exitActiveIs: 0, tamperActiveIs: 0, shuntMs: 0 });
      door.contact = false;
      door.exit = true;
      door.tamper = true;
      door.started();
      door.contact = true;
      door.run(200);
      assert.deepEqual(door.events, ['opened forced', 'forced-open forced']);
      door.exit = false;
      door.tamper = false;
      door.run(200);
      assert.deepEqual(door.events.slice(2), ['exit-request exit', 'tamper forced']);
    });
  });

  describe('exit', () => {
    it('shunts the contact, and opens nothing by itself', () => {
      const door = new DoorBench().started();
      door.run(4000).exit = true;
      door.run(100).exit = false;
      door.run(1000).contact = false;
      door.run(200);
      assert.deepEqual(door.events, ['exit-request exit', 'opened exit']);
      assert.deepEqual(door.pulses, []);
    });

    it('pressed and pushed in one sample is by right', () => {
      const door = new DoorBench({ shuntMs: 100 }).started();
      door.run(1000);
      door.exit = true;
      door.contact = false;
      door.run(200);
      assert.deepEqual(door.events, ['exit-request exit', 'opened exit']);
    });

    it('with exitOpens it pulses, in a lockdown too, and the lock comes after it', () => {
      for (const timing of ['device', 'host'] as const) {
        const door = new DoorBench({ exitOpens: true, strikeMs: 1000 }, timing).started();
        door.wish('lock', 'lockdown');
        door.run(100).exit = true;
        door.run(100).exit = false;
        assert.equal(door.released, true, timing);
        door.wish('lock', 'lockdown');
        door.run(100);
        assert.equal(door.released, true, 'a lock does not cut it');
        door.run(2000);
        assert.equal(door.released, false);
        assert.deepEqual(door.events.slice(0, 2), ['locked lockdown', 'exit-request exit']);
      }
    });

    it('an exit pulse that failed is tried again', () => {
      const door = new DoorBench({ exitOpens: true }).started();
      door.outcomes = ['failed', 'done', 'failed', 'done'];
      door.exit = true;
      door.run(1500);
      assert.equal(door.released, true);
    });

    it('one press is one request, however it bounces and however long it lasts', () => {
      const door = new DoorBench({ pollMs: 10 }).started();
      for (let bounce = 0; bounce < 9; bounce++) {
        door.exit = !door.exit;
        door.run(20);
      }
      door.run(5000);
      assert.deepEqual(door.events, ['exit-request exit']);
    });

    it('a button that is stuck at the start is no request', () => {
      const door = new DoorBench({ exitOpens: true });
      door.exit = true;
      door.line(true);
      door.run(500);
      assert.deepEqual([door.events, door.pulses], [[], []]);
    });
  });

  describe('tamper and line', () => {
    it('tamper is told once and cleared once, also at the start', () => {
      const door = new DoorBench();
      door.tamper = true;
      door.line(true);
      door.run(500).tamper = false;
      door.run(500);
      assert.deepEqual(door.events, ['tamper forced', 'tamper-cleared forced']);
    });

    it('a line that does not come up within a second is told', () => {
      const door = new DoorBench();
      door.line(false);
      door.run(900);
      assert.deepEqual(door.events, []);
      door.run(200);
      assert.deepEqual(door.events, ['line-down line']);
      door.line(true);
      assert.deepEqual(door.events, ['line-down line', 'line-up line']);
      assert.equal(door.machine.state, 'unknown');
      door.run(100);
      assert.equal(door.machine.state, 'locked');
      door.line(false);
      assert.equal(door.machine.state, 'unknown');
    });
  });

  describe('whatever happens', () => {
    type Action =
      | { do: 'open'; source: 'operator' | 'grant' }
      | { do: 'wish'; command: 'lock' | 'unlock' | 'release'; source: 'lockdown' | 'operator' | 'schedule' }
      | { do: 'input'; input: 'contact' | 'exit' | 'tamper' } | { do: 'line' } | { do: 'fault'; outcomes: WriteOutcome[] }
      | { do: 'doubt' } | { do: 'wait'; ms: number };

    const action: fc.Arbitrary<Action> = fc.oneof(
      fc.record({ do: fc.constant('open' as const), source: fc.constantFrom('operator' as const, 'grant' as const) }),
      fc.record({
        do: fc.constant('wish' as const),
        command: fc.constantFrom('lock' as const, 'unlock' as const, 'release' as const),
        source: fc.constantFrom('lockdown' as const, 'operator' as const, 'schedule' as const),
      }),
      fc.record({ do: fc.constant('input' as const), input: fc.constantFrom('contact' as const, 'exit' as const, 'tamper' as const) }),
      fc.record({ do: fc.constant('line' as const) }),
      fc.record({
        do: fc.constant('fault' as const),
        outcomes: fc.array(fc.constantFrom<WriteOutcome>('done', 'failed', 'unknown'), { maxLength: 4 }),
      }),
      fc.record({ do: fc.constant('doubt' as const) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 5, max: 1500 }) }),
    );

    const settings = fc.record({
      exitOpens: fc.boolean(),
      relock: fc.constantFrom('onOpen' as const, 'onClose' as const, 'afterStrike' as const),
      debounceMs: fc.constantFrom(0, 50, 120), shuntMs: fc.constantFrom(0, 500), heldOpenMs: fc.constantFrom(0, 400),
      strikeMs: fc.constant(800),
    });

    function play(door: DoorBench, { ...action }: Action): void {
      switch (action.do) {
        case 'open': door.open(action.source); break;
        case 'wish': door.wish(action.command, action.source); break;
        case 'input': door[action.input] = !door[action.input]; break;
        case 'line': door.line(!door.up); break;
        case 'fault': door.outcomes = [...action.outcomes]; break;
        case 'doubt': door.step({ kind: 'doubt', at: door.now }); break;
        case 'wait': door.run(action.ms); break;
      }
      door.run(5);
    }

    function calm(door: DoorBench): void {
      door.outcomes = [];
      if (!door.up) door.line(true);
      door.run(4000);
    }

    const cases = fc.tuple(
      settings, fc.constantFrom('device' as const, 'host' as const), fc.boolean(), fc.array(fc.integer({ min: 5, max: 250 }), { minLength: 1, maxLength: 5 }),
      fc.array(action, { maxLength: 40 }));

    it('each request is answered once, and in the end the strike is as the ruling wish wants it', () => {
      fc.assert(fc.property(cases, ([given, timing, safe, delays, actions]) => {
        const door = new DoorBench({ ...given, failMode: safe && timing === 'host' ? 'safe' : 'secure' }, timing);
        door.delays = delays;
        door.line(true);
        for (const one of actions) play(door, one);
        calm(door);
        assert.deepEqual(
          door.answers.map(({ request }) => request).sort((a, b) => a - b), Array.from({ length: door.asked }, (_, i) => i + 1));
        const unlocked = door.machine.ruling?.wish === 'unlock';
        assert.equal(door.released, unlocked);
        assert.equal(door.machine.state, unlocked ? 'unlocked' : 'locked');
        assert.equal(door.machine.settled, true);
      }), { numRuns: 300 });
    });

    it('each event has its counterpart, in order, each once', () => {
      fc.assert(fc.property(cases, ([given, timing, , delays, actions]) => {
        const door = new DoorBench(given, timing);
        door.delays = delays;
        door.line(true);
        for (const one of actions) play(door, one);
        const names = door.events.map((event) => event.split(' ')[0] as string);
        for (const [on, off, either] of [
          ['opened', 'closed', true], ['forced-open', 'forced-open-cleared', false], ['held-open', 'held-open-cleared', false],
          ['tamper', 'tamper-cleared', false], ['line-down', 'line-up', false],
        ] as const) {
          const sequence = names.filter((name) => name === on || name === off);
          sequence.forEach((name, index) => index > 0 && assert.notEqual(name, sequence[index - 1], names.join(' ')));
          if (!either && sequence.length > 0) assert.equal(sequence[0], on);
        }
      }), { numRuns: 300 });
    });

    it('a strike that is locked opens for nobody but an exit request', () => {
      fc.assert(fc.property(cases, ([given, timing, , delays, actions]) => {
        const door = new DoorBench({ ...given, exitOpens: false }, timing);
        door.delays = delays;
        door.line(true);
        door.wish('lock', 'lockdown');
        calm(door);
        const before = door.pulses.length;
        for (const one of actions) {
          if (one.do === 'wish' && one.source === 'lockdown') continue;
          play(door, one);
          assert.equal(door.released, false);
        }
        assert.equal(door.pulses.length, before);
      }), { numRuns: 200 });
    });

    it('egress is never blocked: where exitOpens, a press releases the strike whatever rules', () => {
      fc.assert(fc.property(cases, ([given, timing, , , actions]) => {
        const door = new DoorBench({ ...given, exitOpens: true }, timing);
        door.line(true);
        for (const one of actions) play(door, one);
        door.exit = false;
        door.contact = true;
        calm(door);
        door.exit = true;
        door.run(door.settings.pollMs + 20);
        assert.equal(door.released, true);
      }), { numRuns: 200 });
    });

    it('while held unlocked nothing is forced or held open', () => {
      fc.assert(fc.property(cases, ([given, timing, , , actions]) => {
        const door = new DoorBench(given, timing).started();
        door.wish('unlock', 'lockdown');
        door.run(100);
        for (const one of actions) if (one.do !== 'wish') play(door, one);
        assert.ok(!door.events.some((event) => /^(forced|held)-open /.test(event)), door.events.join());
      }), { numRuns: 200 });
    });
  });
});
