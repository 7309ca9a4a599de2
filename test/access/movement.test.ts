import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CardFinder } from '../../nodes/access/card-finder';
import { decideOn } from '../../nodes/access/decide';
import type { Decision } from '../../nodes/access/decision';
import { isSamePeriod } from '../../nodes/access/free-access';
import { lastReset } from '../../nodes/access/movement/last-reset';
import { Movement } from '../../nodes/access/movement/movement';
import { takeUp } from '../../nodes/access/movement/take-up';
import { readFromPayload } from '../../nodes/access/read-from-payload';
import { readRules } from '../../nodes/access/rules/read-rules';
import { localTime } from '../../nodes/access/rules/local-time';
import type { Schedule } from '../../nodes/access/rules/schedule';
import { MemoryStore } from '../support/memory-store';
import { credential } from './fixtures';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-06-10T10:00:00Z');

describe('movement', () => {
  const store = new MemoryStore();
  let movement: Movement;
  before(async () => {
    await store.write([
      ...[['ann', '1'], ['ann', '2'], ['bob', '3'], ['cat', '4']].map(([userId, cardId]) => credential({ userId, cardId, doors: '*' })),
      { collection: 'sites', put: { _id: '1', listAsOf: '2026-06-10T09:00:00Z', contactAsOf: null } },
    ]);
  });
  beforeEach(() => { movement = new Movement(); });
  const read = (document: unknown, cardId: string, payload: Record<string, unknown>, now: number): Decision => {
    const decided = decideOn(readFromPayload({ cardId, ...payload }), store, new CardFinder(store), { now, offlineLimitHours: 0, monotonicMs: () => 0, rules: readRules(document), movement });
    takeUp(decided);
    return decided.decision;
  };
  const lab = (antiPassback: object, more: object = {}): unknown => ({ doors: { Lab: {} }, areas: { lab: { entries: ['Lab'], exits: ['Lab'], antiPassback, ...more } } });

  it('goes by the person, not by the card', () => {
    assert.equal(read(lab({ mode: 'hard' }), '1', { door: 'Lab' }, NOW).reason, 'GRANTED');
    assert.equal(read(lab({ mode: 'hard' }), '2', { door: 'Lab' }, NOW + 1).reason, 'ANTI_PASSBACK');
    assert.equal(read(lab({ mode: 'hard' }), '2', { door: 'Lab', direction: 'out' }, NOW + 2).reason, 'GRANTED');
    assert.equal(read(lab({ mode: 'hard' }), '1', { door: 'Lab' }, NOW + 3).reason, 'GRANTED');
  });

  it('soft lets in with a flag, timed denies for its time, and any entry can be forgotten', () => {
    read(lab({ mode: 'soft' }), '1', { door: 'Lab' }, NOW);
    const again = read(lab({ mode: 'soft' }), '1', { door: 'Lab' }, NOW + HOUR);
    assert.deepEqual([again.reason, again.flags], ['GRANTED', ['anti-passback']]);
    const timed = { doors: { Lab: {} }, areas: { lab: { entries: ['Lab'], antiPassback: { mode: 'timed', forgetAfterMinutes: 30 } } } };
    assert.equal(read(timed, '3', { door: 'Lab' }, NOW).reason, 'GRANTED');
    assert.equal(read(timed, '3', { door: 'Lab' }, NOW + 30 * MINUTE - 1).reason, 'ANTI_PASSBACK');
    assert.equal(read(timed, '3', { door: 'Lab' }, NOW + 30 * MINUTE).reason, 'GRANTED');
    const forgotten = lab({ mode: 'hard', forgetAfterMinutes: 60 }, { occupancyLimit: 1 });
    assert.equal(read(forgotten, '4', { door: 'Lab' }, NOW + 3 * HOUR).reason, 'GRANTED');
  });

  it('lets everybody out, unless leaving is checked: then who is known to be outside stays there', () => {
    const checked = lab({ mode: 'hard', leaving: 'check' });
    assert.equal(read(checked, '1', { door: 'Lab', direction: 'out' }, NOW).reason, 'GRANTED', 'never seen');
    assert.equal(read(checked, '1', { door: 'Lab', direction: 'out' }, NOW + 1).reason, 'ANTI_PASSBACK');
    assert.equal(read(lab({ mode: 'hard' }), '1', { door: 'Lab', direction: 'out' }, NOW + 2).reason, 'GRANTED');
  });

  it('forgets an area at its time of day, by the clock on the wall', () => {
    const rules = { ...lab({ mode: 'hard', leaving: 'check' }, { resetAt: ['04:00'] }) as object, timeZone: 'Europe/Berlin' };
    read(rules, '1', { door: 'Lab' }, NOW);
    assert.equal(read(rules, '1', { door: 'Lab' }, Date.parse('2026-06-11T01:59:59Z')).reason, 'ANTI_PASSBACK');
    assert.equal(read(rules, '1', { door: 'Lab', direction: 'out' }, Date.parse('2026-06-11T02:00:00Z')).reason, 'GRANTED');
  });

  it('two persons: a block of the first ends the wait, one person with two cards is one, and both are inside', async () => {
    const vault = { doors: { Vault: { twoPersons: { withinSeconds: 10 } } }, areas: { vault: { entries: ['Vault'], exits: ['Vault'], antiPassback: { mode: 'hard' }, occupancyLimit: 2 } } };
    assert.equal(read(vault, '1', { door: 'Vault' }, NOW).reason, 'SECOND_PERSON_NEEDED');
    assert.equal(read(vault, '2', { door: 'Vault' }, NOW + 1000).reason, 'SECOND_PERSON_NEEDED');
    await store.write([{ collection: 'blacklist', put: { _id: 'user:ann', cardId: null, userId: 'ann', since: '', by: '', reason: '', site: 'none' } }]);
    assert.equal(read(vault, '3', { door: 'Vault' }, NOW + 2000).reason, 'SECOND_PERSON_NEEDED');
    await store.write([{ collection: 'blacklist', remove: 'user:ann' }]);
    const second = read(vault, '1', { door: 'Vault' }, NOW + 3000);
    assert.deepEqual([second.reason, second.rule], ['GRANTED', 'two-person rule of door "Vault": both were here']);
    assert.equal(read(vault, '3', { door: 'Vault' }, NOW + 4000).reason, 'ANTI_PASSBACK', 'the first is inside, too');
    assert.equal(read(vault, '4', { door: 'Vault' }, NOW + 5000).reason, 'OCCUPANCY_FULL');
  });

  it('decides the same after a restart, from what was kept (property)', () => {
    const rules = lab({ mode: 'hard', forgetAfterMinutes: 300 }, { occupancyLimit: 2, resetAt: ['04:00', '17:00'] });
    const step = fc.record({ card: fc.constantFrom('1', '2', '3', '4'), out: fc.boolean(), minutes: fc.integer({ min: 0, max: 200 }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const kept = new Map<string, any>();
      let [one, now] = [new Movement(), NOW];
      for (const { card, out, minutes } of steps) {
        now += minutes * MINUTE;
        const again = new Movement();
        again.load(kept.values());
        const [a, b] = [one, again].map((state) => decideOn(readFromPayload({ cardId: card, door: 'Lab', direction: out ? 'out' : 'in' }), store, new CardFinder(store), { now, offlineLimitHours: 0, monotonicMs: () => 0, rules: readRules(rules), movement: state }));
        assert.ok(a && b);
        assert.deepEqual(b.decision, a.decision);
        for (const write of takeUp(a).writes) {
          if (write.collection !== 'presence') continue;
          if ('put' in write) kept.set(write.put._id, write.put);
          else kept.delete(write.remove);
        }
        one = out ? one : (takeUp(b), again);
      }
    }), { numRuns: 300 });
  });
});

describe('the last reset', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
    it(`is the last moment at which the wall showed the time, in ${zone} (property)`, function () {
      this.timeout(60_000);
      const around = ['2026-03-08T07:00Z', '2026-03-29T01:00Z', '2026-04-04T15:00Z', '2026-10-03T15:30Z', '2026-10-25T01:00Z', '2026-11-01T06:00Z', '2026-06-12T20:00Z'];
      fc.assert(fc.property(fc.constantFrom(...around), fc.integer({ min: -2 * 1440, max: 2 * 1440 }), fc.integer({ min: 0, max: 1439 }), (centre, minutes, at) => {
        const now = Date.parse(centre.replace('Z', ':00Z')) + minutes * MINUTE + 1234;
        const found = lastReset([at], now, zone);
        // Slowly: back minute by minute, as far as a day whose clocks skip it.
        let slow = Math.floor(now / MINUTE) * MINUTE;
        while (localTime(slow, zone).minute !== at && now - slow < 50 * HOUR) slow -= MINUTE;
        assert.equal(found, slow, `${new Date(now).toISOString()} ${at}: ${new Date(found).toISOString()} and slowly ${new Date(slow).toISOString()}`);
      }), { numRuns: 1000 });
    });
  }
});

describe('free access', () => {
  it('knows whether a first card is of this period', () => {
    const schedule: Schedule = { name: 's', weekdays: Array.from({ length: 7 }, () => [{ from: 540, to: 1020 }]), calendar: null, onHolidays: [] };
    const at = (text: string): number => Date.parse(`2026-06-${text}:00Z`);
    assert.equal(isSamePeriod(schedule, 'UTC', at('10T09:30'), at('10T16:59')), true);
    assert.equal(isSamePeriod(schedule, 'UTC', at('10T09:30'), at('10T17:00')), false);
    assert.equal(isSamePeriod(schedule, 'UTC', at('10T09:30'), at('11T09:30')), false);
    assert.equal(isSamePeriod(schedule, 'UTC', at('10T09:30'), at('10T09:00')), false);
  });
});
