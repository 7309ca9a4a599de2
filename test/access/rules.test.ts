import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CardFinder } from '../../nodes/access/card-finder';
import { decide } from '../../nodes/access/decide';
import { explain } from '../../nodes/access/explain';
import { localTime } from '../../nodes/access/rules/local-time';
import { readRules } from '../../nodes/access/rules/read-rules';
import { isMcError } from '../../nodes/credential/mc-error';
import { isOn } from '../../nodes/access/rules/schedule';
import { readFromPayload } from '../../nodes/access/decide';
import { MemoryStore } from '../support/memory-store';
import { credential } from './fixtures';

const HOUR = 3_600_000;
const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'];

describe('rules', () => {
  describe('as a document', () => {
    it('may be left out, and hold as a whole or not at all, with everything that is wrong', () => {
      assert.equal(readRules(undefined).doors.size, 0);
      assert.throws(() => readRules({
        version: 2, timeZone: 'Mars/Phobos', colour: 'red',
        calendars: { national: [{ on: '2026-02-30' }, { from: '2026-05-02', to: '2026-05-01' }, { on: '12-25' }, { on: '12-25' }] },
        schedules: { office: { monday: ['08:00-12:00', '11:00-13:00', '8-9', '07:00-07:00'], calendar: 'none', funday: [] } },
        groups: { empty: [] }, doors: { Front: { schedule: 'night', whenDataOld: 'perhaps' } }, persons: { 7: { extendedTime: 'yes' } },
      }), (error: unknown) => {
        assert.ok(isMcError(error, 'CONFIG_INVALID'));
        for (const part of [
          'version: must be 1', 'timeZone:', 'colour: is not known', 'calendars.national[0]:', 'calendars.national[1]:', 'calendars.national[3]: 12-25 is there twice',
          'schedules.office.monday: "8-9"', '"07:00-07:00"', 'intervals overlap', 'schedules.office.calendar: there is no calendar "none"', 'schedules.office.funday: is not known',
          'groups.empty: has no door', 'doors.Front.schedule: there is no schedule "night"', 'doors.Front.whenDataOld: must be one of', 'persons.7.extendedTime: must be true or false',
        ]) assert.ok(error.message.includes(part), `${part} in ${error.message}`);
        return true;
      });
      for (const odd of [[], 'x', 5, null, { groups: Object.fromEntries([['g', Array.from({ length: 700_000 }, () => 'a door')]]) }]) assert.throws(() => readRules(odd), (error: unknown) => isMcError(error, 'CONFIG_INVALID'));
    });
  });

  describe('schedules', () => {
    const DOCUMENT = {
      calendars: { national: [{ on: '12-25' }, { on: '2026-10-25', hours: ['10:00-11:00'] }, { from: '2026-12-30', to: '2027-01-02' }, { on: '02-29', hours: ['00:00-24:00'] }] },
      schedules: {
        office: { weekdays: ['08:00-12:30', '13:00-18:00'], saturday: ['09:00-12:00'], calendar: 'national', holidays: ['14:00-15:00'] },
        night: { everyday: ['22:00-06:00'], friday: ['20:15-24:00'], calendar: 'national' },
        early: { everyday: ['00:00-03:00'], sunday: ['01:30-02:15', '02:30-02:45'] },
      },
    };

    /** The same by asking the wall clock of each minute anew, as slowly as that goes. */
    function slowly(name: keyof typeof DOCUMENT.schedules, ms: number, timeZone: string): boolean {
      const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
        .formatToParts(ms).map(({ type, value }) => [type, value])) as Record<string, string>;
      const minute = Number(parts['hour']) * 60 + Number(parts['minute']);
      const noon = Date.parse(`${parts['year']}-${parts['month']}-${parts['day']}T12:00:00Z`);
      const hoursOf = (at: number): string[] => {
        const day = new Date(at).toISOString().slice(0, 10);
        const weekday = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'][new Date(at).getUTCDay()] as string;
        const schedule = DOCUMENT.schedules[name] as unknown as Record<string, string[]>;
        const holiday = schedule['calendar'] === undefined ? undefined : DOCUMENT.calendars.national.find((entry) =>
          ('on' in entry && (entry.on === day || entry.on === day.slice(5))) || ('from' in entry && day >= String(entry.from) && day <= String(entry.to)));
        if (holiday !== undefined) return ('hours' in holiday ? holiday.hours : undefined) ?? schedule['holidays'] ?? [];
        return schedule[weekday] ?? (weekday !== 'saturday' && weekday !== 'sunday' ? schedule['weekdays'] : undefined) ?? schedule['everyday'] ?? [];
      };
      const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
      const within = (hours: string[], at: number): boolean => hours.some((text) => {
        const [from, to] = [minutes(text.slice(0, 5)), minutes(text.slice(6))];
        return at >= from && at < (to > from ? to : to + 1440);
      });
      return within(hoursOf(noon), minute) || within(hoursOf(noon - 24 * HOUR), minute + 1440);
    }

    for (const zone of ZONES) {
      it(`hold by the clock on the wall in ${zone}, around clock changes, leap day, year's end and midnight (property)`, function () {
        this.timeout(60_000);
        const rules = readRules({ ...DOCUMENT, timeZone: zone, doors: Object.fromEntries(Object.keys(DOCUMENT.schedules).map((schedule) => [schedule, { schedule }])) });
        const around = ['2026-03-08T07:00Z', '2026-03-29T01:00Z', '2026-04-04T15:00Z', '2026-10-03T15:30Z', '2026-10-25T01:00Z', '2026-11-01T06:00Z', '2028-02-29T12:00Z', '2026-12-31T23:30Z', '2026-12-25T00:00Z', '2026-06-12T20:00Z'];
        fc.assert(fc.property(fc.constantFrom(...around), fc.integer({ min: -3 * 24 * 60, max: 3 * 24 * 60 }), fc.constantFrom(...(Object.keys(DOCUMENT.schedules) as (keyof typeof DOCUMENT.schedules)[])), (centre, minutes, name) => {
          const ms = Date.parse(centre.replace('Z', ':00Z')) + minutes * 60_000;
          const schedule = rules.doors.get(name)?.schedule;
          assert.ok(schedule);
          assert.equal(isOn(schedule, localTime(ms, zone)), slowly(name, ms, zone), `${name} at ${new Date(ms).toISOString()}`);
        }), { numRuns: 3000 });
      });
    }
  });

  describe('at a door', () => {
    const NOW = Date.parse('2026-06-10T10:00:00Z');
    const store = new MemoryStore();
    before(async () => {
      await store.write([
        credential({ doors: ['north', 'Gate'] }),
        { collection: 'sites', put: { _id: '1', listAsOf: '2026-06-10T09:00:00Z', contactAsOf: null } },
      ]);
    });
    const ask = (document: unknown, door: string, now = NOW): ReturnType<typeof decide> =>
      decide(readFromPayload({ cardId: '998877665544', door }), store, new CardFinder(store), { now, offlineLimitHours: 24, monotonicMs: () => 0, rules: readRules(document) });
    const office = { schedules: { office: { weekdays: ['08:00-18:00'] }, never: {} } };

    it('open a group by its name', () => {
      assert.equal(ask({ doors: { Front: {} }, groups: { north: ['Front'] } }, 'Front').reason, 'GRANTED');
      assert.equal(ask({ doors: { Front: {} }, groups: { north: ['Front'] } }, 'Back').reason, 'DOOR_NOT_ALLOWED');
      assert.equal(ask(undefined, 'Front').reason, 'DOOR_NOT_ALLOWED');
    });

    it('keep a door or a person to a schedule, and say by which', () => {
      const inside = ask({ ...office, doors: { Gate: { schedule: 'office' } } }, 'Gate');
      assert.deepEqual([inside.reason, inside.rule, inside.lookedAt.schedules], ['GRANTED', 'the credential opens door "Gate"', ['office']]);
      const late = ask({ ...office, doors: { '*': { schedule: 'office' } } }, 'Gate', NOW + 9 * HOUR);
      assert.deepEqual([late.reason, late.rule], ['OUTSIDE_SCHEDULE', 'schedule "office" of door "Gate"']);
      const person = ask({ ...office, persons: { patrick: { schedule: 'never' } } }, 'Gate');
      assert.deepEqual([person.reason, person.rule], ['OUTSIDE_SCHEDULE', 'schedule "never" of user patrick']);
      assert.equal(ask({ ...office, timeZone: 'Pacific/Auckland', doors: { Gate: { schedule: 'office' } } }, 'Gate').reason, 'OUTSIDE_SCHEDULE');
    });

    it('come after every reason of the credential', () => {
      assert.equal(ask({ ...office, doors: { Back: { schedule: 'never' } } }, 'Back').reason, 'DOOR_NOT_ALLOWED');
    });

    it('give longer to who needs it', () => {
      assert.deepEqual(ask({ persons: { patrick: { extendedTime: true } } }, 'Gate').flags, ['extended-time']);
    });

    it('say what a door makes of old data and of a doubtful clock', () => {
      const [old, early] = [NOW + 48 * HOUR, NOW - 48 * HOUR];
      const policy = (name: string, value: string): object => ({ doors: { Gate: { [name]: value } } });
      for (const [name, at, reason, flag] of [['whenDataOld', old, 'DATA_TOO_OLD', 'data-old'], ['whenClockDoubtful', early, 'CLOCK_DOUBTFUL', 'clock-doubtful']] as const) {
        assert.equal(ask(undefined, 'Gate', at).reason, reason);
        assert.equal(ask(policy(name, 'deny'), 'Gate', at).reason, reason);
        assert.deepEqual([ask(policy(name, 'allow'), 'Gate', at).reason, ask(policy(name, 'allow'), 'Gate', at).flags], ['GRANTED', []]);
        assert.deepEqual(ask(policy(name, 'allow-and-flag'), 'Gate', at).flags, [flag]);
      }
    });

    it('are explained for another time', () => {
      const rules = readRules({ ...office, doors: { Gate: { schedule: 'office' } } });
      const asked = (at: string): ReturnType<typeof explain> => explain({ userId: 'patrick', door: 'Gate', at }, store, new CardFinder(store), { now: NOW, offlineLimitHours: 24, monotonicMs: () => 0, rules });
      assert.equal(asked('2026-06-10T17:59:59Z').granted, true);
      const sunday = asked('2026-06-14T12:00:00Z');
      assert.deepEqual([sunday.reason, sunday.rule, sunday.wouldHaveToChange], ['OUTSIDE_SCHEDULE', 'schedule "office" of door "Gate"', ['OUTSIDE_SCHEDULE']]);
    });

    it('only ever take away, but for groups and what is said of doubt (property)', () => {
      const schedule = fc.record({ everyday: fc.constantFrom([], ['08:00-18:00'], ['22:00-06:00']) });
      fc.assert(fc.property(schedule, fc.integer({ min: 0, max: 7 * 24 * 60 }), (s, minutes) => {
        const now = NOW + minutes * 60_000;
        const without = ask(undefined, 'Gate', now);
        const with_ = ask({ schedules: { s }, doors: { Gate: { schedule: 's' } } }, 'Gate', now);
        assert.ok(without.granted || !with_.granted);
        if (!without.granted) assert.equal(with_.reason, without.reason);
      }));
    });
  });
});
