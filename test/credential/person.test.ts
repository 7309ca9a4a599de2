import assert from 'node:assert/strict';
import fc from 'fast-check';
import { drawCardNumber, isCardNumber } from '../../nodes/credential/card-number';
import { isMcError } from '../../nodes/credential/mc-error';
import { type PersonRules, validatePerson } from '../../nodes/credential/person';
import { dayInZone, endOfDay, startOfDay } from '../../nodes/credential/site-time';
import { seeded } from './fake-site';

const rules: PersonRules = { messaging: 'email', nameRule: 'strict', timeZone: 'UTC', accessType: 'REGULAR' };
const patrick = { userId: '42', name: 'Patrick Johnson', email: 'patrick@plant.example' };

function code(input: unknown, site: Partial<PersonRules> = {}): string {
  try {
    validatePerson(input, { ...rules, ...site });
    return 'ok';
  } catch (error) {
    assert.ok(isMcError(error), String(error));
    return error.code;
  }
}

describe('a person', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic['userId'] = cyclic;
  const refusals: [string, unknown, string, Partial<PersonRules>?][] = [
    ['a number', 42, 'INPUT_INVALID'],
    ['null', null, 'INPUT_INVALID'],
    ['an array', [patrick], 'INPUT_INVALID'],
    ['a text', 'x'.repeat(10_000_000), 'INPUT_INVALID'],
    ['a cyclic object', cyclic, 'INPUT_INVALID'],
    ['no user', { ...patrick, userId: undefined }, 'INPUT_INVALID'],
    ['a blank in the user ID', { ...patrick, userId: 'a b' }, 'INPUT_INVALID'],
    ['a fraction as user ID', { ...patrick, userId: 1.5 }, 'INPUT_INVALID'],
    ['an endless name', { ...patrick, name: 'x'.repeat(20_000) }, 'INPUT_INVALID'],
    ['an apostrophe', { ...patrick, name: 'Pat O\'Neill' }, 'NAME_NOT_ALLOWED'],
    ['a line break in the name', { ...patrick, name: 'Pat\nNeill' }, 'NAME_NOT_ALLOWED'],
    ['an empty name', { ...patrick, name: '  ' }, 'NAME_NOT_ALLOWED'],
    ['49 characters', { ...patrick, name: 'x'.repeat(49) }, 'NAME_NOT_ALLOWED'],
    ['an at sign under strict', { ...patrick, name: 'Pat@plant' }, 'NAME_NOT_ALLOWED'],
    ['no e-mail', { ...patrick, email: undefined }, 'EMAIL_MISSING'],
    ['no address', { ...patrick, email: 'patrick' }, 'EMAIL_MISSING'],
    ['no phone', patrick, 'PHONE_MISSING', { messaging: 'text' }],
    ['no country code', { ...patrick, phone: '07700 900123' }, 'PHONE_MISSING', { messaging: 'text' }],
    ['a leading zero', { ...patrick, cardId: '0123' }, 'CARD_ID_INVALID'],
    ['33 digits', { ...patrick, cardId: '1'.repeat(33) }, 'CARD_ID_INVALID'],
    ['hexadecimal', { ...patrick, cardId: '0x1F' }, 'CARD_ID_INVALID'],
    ['a card number as a number', { ...patrick, cardId: 998877665544 }, 'CARD_ID_INVALID'],
    ['no period', { ...patrick, validFrom: '2026-01-01' }, 'PERIOD_MISSING', { accessType: 'DYNAMIC' }],
    ['a day that is none', { ...patrick, validTo: '2026-02-30' }, 'INPUT_INVALID'],
    ['a time without zone', { ...patrick, validTo: '2026-02-20T10:00:00' }, 'INPUT_INVALID'],
    ['an end before the start', { ...patrick, validFrom: '2026-02-02', validTo: '2026-02-01' }, 'INPUT_INVALID'],
    ['doors that are no list', { ...patrick, doors: 'Lobby' }, 'INPUT_INVALID'],
    ['an empty door name', { ...patrick, doors: ['Lobby', ''] }, 'INPUT_INVALID'],
  ];
  for (const [what, input, expected, site] of refusals) {
    it(`with ${what} is ${expected}`, () => { assert.equal(code(input, site), expected); });
  }

  it('is normalised', () => {
    assert.deepEqual(validatePerson({ ...patrick, userId: 42, name: '  Zoe\u0308 Mu\u0308ller_2 ', phone: '+44 (7700) 900-123', doors: ['Lobby', 'Lobby '] }, { ...rules, messaging: 'text' }), {
      userId: '42', name: 'Zo\u00eb M\u00fcller_2', email: 'patrick@plant.example', phone: '+447700900123', department: null, title: null,
      cardId: null, validFrom: null, validTo: null, doors: ['Lobby'],
    });
  });

  it('may have a name in any script, and 48 characters counted as people count', () => {
    for (const name of ['김민수', 'Łukasz_1', 'नमस्ते', '𐐷'.repeat(48)]) assert.equal(code({ ...patrick, name }), 'ok', name);
    assert.equal(code({ ...patrick, name: 'A @-+[],' }, { nameRule: 'extended' }), 'ok');
  });

  it('has bare dates in the site\'s zone, the last day included', () => {
    const period = (timeZone: string, day: string): (string | null)[] => {
      const { validFrom, validTo } = validatePerson({ ...patrick, validFrom: day, validTo: day }, { ...rules, timeZone });
      return [validFrom, validTo];
    };
    assert.deepEqual(period('UTC', '2026-03-01'), ['2026-03-01T00:00:00.000Z', '2026-03-01T23:59:59.999Z']);
    assert.deepEqual(period('Europe/Berlin', '2026-03-29'), ['2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z']);
    assert.deepEqual(period('Asia/Seoul', '2026-03-01'), ['2026-02-28T15:00:00.000Z', '2026-03-01T14:59:59.999Z']);
    // No midnight that day: the clock goes from 24:00 to 01:00.
    assert.deepEqual(period('Africa/Cairo', '2026-04-24'), ['2026-04-23T22:00:00.000Z', '2026-04-24T20:59:59.999Z']);
    assert.deepEqual(period('Pacific/Kiritimati', '2026-01-01'), ['2025-12-31T10:00:00.000Z', '2026-01-01T09:59:59.999Z']);
  });

  it('survives anything', () => {
    fc.assert(fc.property(fc.anything(), (input) => { code(input); }), { numRuns: 500 });
    fc.assert(fc.property(fc.record({ userId: fc.anything(), name: fc.anything(), email: fc.anything(), cardId: fc.anything(), validTo: fc.anything(), doors: fc.anything() }), (input) => { code(input); }), { numRuns: 500 });
  });
});

describe('days of a site', () => {
  it('begin and end where their neighbours do, in every zone', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Asia/Kathmandu', 'Pacific/Chatham', 'America/Santiago');
    fc.assert(fc.property(zones, fc.integer({ min: 0, max: 4_000_000_000 }), (zone, seconds) => {
      const day = dayInZone(seconds * 1000, zone);
      const [start, end] = [startOfDay(day, zone), endOfDay(day, zone)];
      assert.ok(start <= seconds * 1000 && seconds * 1000 <= end);
      assert.equal(dayInZone(start, zone), day);
      assert.equal(dayInZone(end, zone), day);
      assert.notEqual(dayInZone(end + 1, zone), day);
    }), { numRuns: 100 });
  });
});

describe('a card number', () => {
  it('is text of 1 to 32 digits without a leading zero', () => {
    for (const good of ['1', '998877665544', '9'.repeat(32)]) assert.equal(isCardNumber(good), true);
    for (const bad of ['', '0', '01', ' 1', '1e3', '१२', '1'.repeat(33), 12, null, {}]) assert.equal(isCardNumber(bad), false);
  });

  it('is drawn with 16 digits below 2^53, never one that is known', () => {
    const random = seeded(3);
    const known = new Set<string>();
    for (let n = 0; n < 5000; n += 1) {
      const cardId = drawCardNumber(random, (drawn) => known.has(drawn));
      assert.match(cardId, /^[1-9][0-9]{15}$/);
      assert.ok(BigInt(cardId) < 2n ** 53n);
      assert.equal(known.has(cardId), false);
      known.add(cardId);
    }
    const first = drawCardNumber(seeded(9), () => false);
    assert.notEqual(drawCardNumber(seeded(9), (drawn) => drawn === first), first);
  });
});
