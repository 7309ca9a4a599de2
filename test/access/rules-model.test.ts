/** The engine against the slow reading of docs/rules.md, over hours of reads. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CardFinder } from '../../nodes/access/card-finder';
import { decideOn } from '../../nodes/access/decide';
import { Movement } from '../../nodes/access/movement/movement';
import { takeUp } from '../../nodes/access/movement/take-up';
import { readRules } from '../../nodes/access/rules/read-rules';
import { SlowRules, type SlowPerson, type SlowRead } from '../support/slow-rules';
import { credential, Knowledge, read, site } from './fixtures';

const PEOPLE: Record<string, SlowPerson> = {
  1: { userId: 'ann', doors: '*' }, 2: { userId: 'ann', doors: '*' }, 3: { userId: 'bob', doors: ['A', 'B'] }, 4: { userId: 'cat', doors: ['north'] }, 5: { userId: 'dan', doors: '*' },
};
const CARDS = new Map(Object.entries(PEOPLE));

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 2 });
const hours = fc.constantFrom([], ['08:00-12:00', '12:30-18:00'], ['22:00-06:00'], ['00:00-24:00'], ['01:30-03:15'], ['20:00-00:00']);
const schedule = fc.record({ weekdays: some(hours), saturday: some(hours), everyday: some(hours), calendar: some(fc.constant('days')), holidays: some(hours) });
const scheduleName = fc.constantFrom('s', 't');
const leaving = some(fc.constantFrom('allow', 'check'));
const door = fc.record({
  schedule: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: scheduleName }, { weight: 1, arbitrary: fc.constant(null) }), leaving,
  twoPersons: some(fc.record({ withinSeconds: some(fc.constantFrom(10, 60, 300)), among: some(fc.constantFrom(['ann', 'bob'], ['bob', 'cat', 'dan'])) })),
  lockout: some(fc.record({ afterFailures: fc.constantFrom(2, 2, 3), forSeconds: some(fc.constantFrom(10, 120, 900)), withinSeconds: some(fc.constantFrom(30, 600)) })),
});
const antiPassback = fc.oneof(
  fc.record({ mode: fc.constantFrom('soft', 'hard'), forgetAfterMinutes: some(fc.constantFrom(5, 90)), leaving }), fc.record({ mode: fc.constant('timed'), forgetAfterMinutes: fc.constantFrom(5, 90), leaving }),
);
const area = (entries: unknown[], exits: unknown[]) => some(fc.record({
  entries: fc.constant(entries), exits: fc.constant(exits), antiPassback: some(antiPassback), occupancyLimit: some(fc.constantFrom(1, 2, 3)), resetAt: some(fc.constantFrom(['04:00'], ['02:30', '17:00'])),
}));
const rules = fc.record({
  timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
  calendars: fc.constant({ days: [{ on: '12-25' }, { on: '2026-10-25', hours: ['10:00-11:00'] }, { on: '03-29', hours: ['00:00-03:30'] }, { from: '2026-12-30', to: '2027-01-02' }, { on: '02-29', hours: ['00:00-24:00'] }] }),
  schedules: fc.record({ s: schedule, t: schedule }),
  doors: fc.record({ '*': some(door), A: door, B: door, C: fc.constant({}) }),
  groups: fc.constant({ north: ['A', 'C'] }),
  areas: fc.record({ x: area(['A'], ['A', { door: 'B', direction: 'in' }]), y: area(['B'], ['B']) }),
  interlocks: some(fc.constantFrom([{ doors: ['A', 'B'], seconds: 30 }], [{ doors: ['A', 'B', 'C'] }, { doors: ['A', 'C'], seconds: 60 }])),
  persons: some(fc.record({ ann: some(fc.record({ antiPassback: some(fc.boolean()), schedule: some(scheduleName) })), bob: some(fc.record({ schedules: some(fc.constantFrom({ north: 's' }, { A: 't', north: 's' }, { B: 's' })) })) })),
});
/** Around changes of clocks, the turn of the year, a leap day; short and long pauses. */
const start = fc.constantFrom('2026-06-10T07:50:00Z', '2026-03-29T00:40:00Z', '2026-10-25T00:10:00Z', '2026-03-08T06:40:00Z', '2026-11-01T05:40:00Z', '2026-04-04T14:40:00Z', '2026-12-31T22:40:00Z', '2028-02-28T23:30:00Z').map((text) => Date.parse(text));
const step = fc.record({
  pause: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 40_000 }) }, { weight: 2, arbitrary: fc.integer({ min: 0, max: 15 * 60_000 }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 5 * 3_600_000 }) }),
  card: fc.constantFrom('1', '2', '3', '3', '4', '5', '99', '99', '99'), door: fc.constantFrom('A', 'A', 'B', 'C'), direction: fc.constantFrom<'in' | 'out'>('in', 'in', 'out'),
});

const plain = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

describe('rules, against the slow reading of their description', () => {
  const knowledge = new Knowledge([site(), ...Object.entries(PEOPLE).map(([cardId, { userId, doors }]) => credential({ cardId, userId, doors }))]);
  const finder = new CardFinder(knowledge);

  it('decide every read of a day the same (property)', function () {
    this.timeout(120_000);
    const seen = new Map<string, number>();
    fc.assert(fc.property(rules, start, fc.array(step, { minLength: 25, maxLength: 45 }), (given, from, steps) => {
      const document = plain(given);
      const [inForce, movement, slow] = [readRules(document), new Movement(), new SlowRules(document, CARDS)];
      let at = from;
      const told: string[] = [];
      for (const { pause, card, door: name, direction } of steps) {
        at += pause;
        const asked: SlowRead = { at, card, door: name, direction };
        const decided = decideOn(read({ cardId: card, door: name, direction }), knowledge, finder, { now: at, offlineLimitHours: 0, monotonicMs: () => 0, rules: inForce, movement });
        takeUp(decided);
        const expected = slow.reason(asked);
        told.push(`${new Date(at).toISOString()} card ${card} ${direction} at ${name}: ${decided.reason}`);
        seen.set(decided.reason, (seen.get(decided.reason) ?? 0) + 1);
        assert.deepEqual([decided.reason, decided.flags], [expected.reason, expected.flags], `\n${JSON.stringify(document)}\n${told.join('\n')}`);
      }
    }), { numRuns: 300 });
    for (const reason of ['READER_LOCKED_OUT', 'DOOR_NOT_ALLOWED', 'OUTSIDE_SCHEDULE', 'ANTI_PASSBACK', 'OCCUPANCY_FULL', 'INTERLOCK', 'SECOND_PERSON_NEEDED', 'GRANTED']) {
      assert.ok((seen.get(reason) ?? 0) > 5, `${reason} came ${seen.get(reason) ?? 0} times`);
    }
  });

  it('never keep anybody inside by anti-passback, unless leaving is checked (property)', () => {
    fc.assert(fc.property(rules, start, fc.array(step, { maxLength: 30 }), (given, from, steps) => {
      const document = plain(given) as any;
      for (const one of Object.values<any>(document.areas)) if (one.antiPassback) delete one.antiPassback.leaving;
      const [inForce, movement] = [readRules(document), new Movement()];
      let at = from;
      for (const { pause, card, door: name, direction } of steps) {
        at += pause;
        const decided = decideOn(read({ cardId: card, door: name, direction }), knowledge, finder, { now: at, offlineLimitHours: 0, monotonicMs: () => 0, rules: inForce, movement });
        takeUp(decided);
        if (direction === 'out') assert.notEqual(decided.reason, 'ANTI_PASSBACK');
      }
    }), { numRuns: 200 });
  });

  it('only ever take away by one more restriction on equal state (property)', () => {
    const restriction = fc.constantFrom<(document: any) => void>(
      (document) => { document.doors.C.schedule = 's'; }, (document) => { document.doors.A.twoPersons = {}; }, (document) => { document.persons = { ...document.persons, dan: { schedule: 't' } }; },
      (document) => { document.interlocks = [...document.interlocks ?? [], { doors: ['B', 'C'], seconds: 600 }]; }, (document) => { if (document.areas.x) document.areas.x.occupancyLimit = 1; },
      (document) => { if (document.areas.y) document.areas.y.antiPassback = { mode: 'hard' }; }, (document) => { document.doors.B.lockout = { afterFailures: 2, forSeconds: 3600 }; },
    );
    fc.assert(fc.property(rules, restriction, start, fc.array(step, { maxLength: 25 }), (given, restrict, from, steps) => {
      const [document, stricter] = [plain(given), plain(given)];
      restrict(stricter);
      const [before, after, movement] = [readRules(document), readRules(stricter), new Movement()];
      let at = from;
      for (const { pause, card, door: name, direction } of steps) {
        at += pause;
        const asked = read({ cardId: card, door: name, direction });
        const how = { now: at, offlineLimitHours: 0, monotonicMs: () => 0, movement };
        const decided = decideOn(asked, knowledge, finder, { ...how, rules: before });
        // A rule that was looser may be set anew by a restriction of the same kind: those are left out above.
        const stricterOne = decideOn(asked, knowledge, finder, { ...how, rules: after });
        if (stricterOne.reason === 'GRANTED' && decided.reason !== 'GRANTED') {
          assert.ok(isReplaced(document, stricter, decided.reason), `${decided.reason} became GRANTED: ${JSON.stringify(document)}`);
        }
        takeUp(decided);
      }
    }), { numRuns: 300 });
  });
});

/** The restriction took the place of one of its kind that was stricter: no addition. */
function isReplaced(document: any, stricter: any, reason: string): boolean {
  switch (reason) {
    case 'SECOND_PERSON_NEEDED': return document.doors.A.twoPersons !== undefined || document.doors['*']?.twoPersons !== undefined;
    case 'READER_LOCKED_OUT': return document.doors.B.lockout !== undefined || document.doors['*']?.lockout !== undefined;
    case 'ANTI_PASSBACK': return document.areas.y?.antiPassback !== undefined && stricter.areas.y !== undefined;
    case 'OUTSIDE_SCHEDULE': return document.doors['*']?.schedule !== undefined;
    default: return false;
  }
}

