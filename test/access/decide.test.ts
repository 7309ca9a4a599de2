import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CardFinder } from '../../nodes/access/card-finder';
import { decide, readFromPayload } from '../../nodes/access/decide';
import { REASONS, type Read, type Reason } from '../../nodes/access/decision';
import type { DecisionOptions } from '../../nodes/access/facts';
import { Movement } from '../../nodes/access/movement/movement';
import { readerOf } from '../../nodes/access/movement/of-facts';
import { readRules } from '../../nodes/access/rules/read-rules';
import type { Area } from '../../nodes/access/rules/rules';
import { explain } from '../../nodes/access/explain';
import { type CredentialDocument } from '../../nodes/credential/documents';
import { McError } from '../../nodes/credential/mc-error';
import type { StoreWrite } from '../../nodes/credential/store-port';
import { ask, blocked, CARD, credential, HOUR, Knowledge, mark, NOW, operation, options, read, readers, site } from './fixtures';

/** One way to make a reason hold, put on top of others: the credential's fields, other documents, the read, rules, people, a door that is open. */
interface Cause { fields?: Partial<CredentialDocument>; writes?: StoreWrite[]; asked?: Partial<Read>; rules?: Tree; moved?: (movement: Movement) => void; open?: string }

type Tree = { [name: string]: unknown };

const iso = (ms: number): string => new Date(ms).toISOString();

const CAUSES: Partial<Record<Reason, Cause>> = {
  BAD_READ: { asked: { parityOk: false } },
  LOCKDOWN: { writes: [{ collection: 'lockdowns', put: { _id: 'Front', since: '', by: '' } }] },
  BLACKLISTED: { writes: [blocked({ cardId: CARD })] },
  DELETED: { fields: { pending: mark('delete') }, writes: [operation('delete', 'unknown')] },
  SUPERSEDED: { fields: { supersededBy: '1' } },
  PAUSED: { fields: { status: 'paused' } },
  BEFORE_ACTIVATION: { fields: { provisional: true } },
  READER_NOT_REGISTERED: { asked: { device: 'R9' }, writes: [readers('R1')] },
  CLOCK_DOUBTFUL: { writes: [site({ contactAsOf: iso(NOW + 6 * 60_000) })] },
  NOT_YET_VALID: { fields: { validFrom: iso(NOW + 1) } },
  EXPIRED: { fields: { validTo: iso(NOW - 1) } },
  DATA_TOO_OLD: { writes: [site({ listAsOf: iso(NOW - 169 * HOUR), contactAsOf: null })] },
  DOOR_NOT_ALLOWED: { fields: { doors: ['Back'] } },
  READER_LOCKED_OUT: {
    rules: { doors: { Front: { lockout: {} } } },
    moved: (movement) => { for (const device of ['', 'R9']) movement.failed.lockOut(readerOf({ door: 'Front', direction: 'in', reader: 1, device }), NOW + 1000); },
  },
  OUTSIDE_SCHEDULE: { rules: { schedules: { never: {} }, doors: { Front: { schedule: 'never' } } } },
  ANTI_PASSBACK: { rules: { areas: { lab: { antiPassback: { mode: 'hard' } } } }, moved: inside('patrick') },
  OCCUPANCY_FULL: { rules: { areas: { lab: { occupancyLimit: 1 } } }, moved: inside('somebody') },
  INTERLOCK: { rules: { interlocks: [{ doors: ['Front', 'Back'] }] }, open: 'Back' },
  SECOND_PERSON_NEEDED: { rules: { doors: { Front: { twoPersons: {} } } } },
};

const LAB: Area = { name: 'lab', antiPassback: null, occupancyLimit: null, resetAt: [] };

function inside(userId: string): (movement: Movement) => void {
  return (movement) => { movement.load([{ _id: userId, area: 'lab', site: '1', userId, inside: true, door: 'Front', at: iso(NOW - HOUR) }]); };
}

function merged(a: Tree, b: Tree): Tree {
  const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => {
    const [one, other] = [a[key], b[key]];
    return [key, isTree(one) && isTree(other) ? merged(one, other) : other ?? one];
  }));
}


function world(given: readonly Cause[]): { knowledge: Knowledge; asked: Partial<Read>; options: Partial<DecisionOptions> } {
  const causes = [...new Set(given)];
  const fields = Object.assign({}, ...causes.map((cause) => cause.fields ?? {})) as Partial<CredentialDocument>;
  fields.pending = causes.flatMap((cause) => cause.fields?.pending ?? []);
  const document = structuredClone(causes.reduce<Tree>((all, { rules = {} }) => merged(all, rules), { doors: { Front: {}, Back: {} } }));
  for (const area of Object.values((document['areas'] ?? {}) as Tree)) Object.assign(area as Tree, { entries: ['Front'], exits: ['Front'] });
  const movement = new Movement();
  for (const { moved } of causes) moved?.(movement);
  // Both of these live in the site's one document.
  const sites = causes.flatMap((cause) => cause.writes ?? []).filter(({ collection }) => collection === 'sites').map((write) => ('put' in write ? write.put : {}));
  const both = sites.length === 2 ? [site({ listAsOf: iso(NOW - 169 * HOUR) }), { collection: 'readers' as const, put: { _id: '1', readers: [{ device: 'R1', name: null }], receivedAt: iso(NOW + 6 * 60_000) } }] : [];
  return {
    knowledge: new Knowledge([site(), credential(fields), ...causes.flatMap((cause) => cause.writes ?? []), ...both]),
    asked: Object.assign({}, ...causes.map((cause) => cause.asked ?? {})) as Partial<Read>,
    options: { rules: readRules(document), movement, doors: { isOpen: (door) => causes.some(({ open }) => open === door), closedAt: () => null } },
  };
}

describe('decide', () => {
  it('grants an activated card at every door, with the read, the person and the age of the data', () => {
    const decision = ask(new Knowledge([site(), credential()]), { direction: 'out', reader: 2 });
    assert.deepEqual(decision, {
      ...read({ direction: 'out', reader: 2 }), granted: true, reason: 'GRANTED', userId: 'patrick', name: 'Patrick Johnson', flags: [],
      registrationChecked: false, decidedAt: iso(NOW), dataAsOf: iso(NOW - HOUR), dataAgeMs: HOUR, decisionMs: 0,
      rule: 'the credential opens all doors',
      lookedAt: { status: 'activated', validFrom: null, validTo: null, schedules: [], area: null, inside: null, rules: null },
    });
  });

  describe('each reason alone', () => {
    for (const [reason, cause] of Object.entries(CAUSES)) {
      it(reason, () => {
        const { knowledge, asked, options: how } = world([cause]);
        const decision = ask(knowledge, asked, how);
        assert.deepEqual([decision.reason, decision.granted, decision.rule === ''], [reason, false, false]);
      });
    }

    it('UNKNOWN_CARD', () => { assert.equal(ask(new Knowledge([site(), credential()]), { cardId: '5' }).reason, 'UNKNOWN_CARD'); });
    it('AMBIGUOUS_CARD', () => {
      const twin = (BigInt(CARD) + (1n << 32n)).toString();
      const cut = (BigInt(CARD) % (1n << 32n)).toString();
      assert.equal(ask(new Knowledge([site(), credential(), credential({ cardId: twin })]), { cardId: cut, format: 'csn-32' }).reason, 'AMBIGUOUS_CARD');
    });
  });

  it('gives the first of every pair, in the order of the contract', () => {
    const reasons = Object.keys(CAUSES) as Reason[];
    for (const a of reasons) {
      for (const b of reasons) {
        const { knowledge, asked, options: how } = world([CAUSES[a] as Cause, CAUSES[b] as Cause]);
        const first = REASONS.indexOf(a) < REASONS.indexOf(b) ? a : b;
        assert.equal(ask(knowledge, asked, how).reason, first, `${a} with ${b}`);
      }
    }
  });

  it('puts a lockdown and a block before an unknown card, and ambiguity before both', () => {
    assert.equal(ask(new Knowledge([{ collection: 'lockdowns', put: { _id: '*', since: '', by: '' } }])).reason, 'LOCKDOWN');
    assert.equal(ask(new Knowledge([blocked({ cardId: CARD })])).reason, 'BLACKLISTED');
    const cut = (BigInt(CARD) % (1n << 32n)).toString();
    const twin = (BigInt(CARD) + (1n << 32n)).toString();
    const knowledge = new Knowledge([blocked({ cardId: CARD }), blocked({ cardId: twin }), { collection: 'lockdowns', put: { _id: '*', since: '', by: '' } }]);
    assert.equal(ask(knowledge, { cardId: cut, format: 'csn-32' }).reason, 'AMBIGUOUS_CARD');
  });

  describe('what counts as what', () => {
    const reasonOf = (fields: Partial<CredentialDocument>, ...writes: StoreWrite[]): Reason => ask(new Knowledge([site(), credential(fields), ...writes])).reason;

    it('a former card is SUPERSEDED although the site deleted it', () => {
      assert.equal(reasonOf({ status: 'deleted', supersededBy: '77' }), 'SUPERSEDED');
      assert.equal(reasonOf({ status: 'deleted' }), 'DELETED');
    });

    it('a card whose re-issue is open is SUPERSEDED, also while the answer is lost; a refused re-issue leaves it valid', () => {
      for (const state of ['new', 'sending', 'unknown', 'waiting'] as const) {
        assert.equal(reasonOf({ pending: mark('reissue') }, operation('reissue', state, { cardId: '77', formerCardId: CARD })), 'SUPERSEDED', state);
        assert.equal(reasonOf({ status: 'deleted', pending: mark('reissue') }, operation('reissue', state, { cardId: '77', formerCardId: CARD })), 'SUPERSEDED', state);
      }
      assert.equal(reasonOf({ pending: mark('reissue') }, operation('reissue', 'rejected', { cardId: '77', formerCardId: CARD })), 'GRANTED');
      assert.equal(reasonOf({ pending: mark('reissue') }), 'SUPERSEDED', 'a mark nobody can explain denies');
    });

    it('the new number of an open re-issue is BEFORE_ACTIVATION, not SUPERSEDED by itself', () => {
      assert.equal(reasonOf({ status: 'reserved', provisional: true, pending: mark('reissue') }, operation('reissue', 'unknown', { cardId: CARD, formerCardId: '77' })), 'BEFORE_ACTIVATION');
    });

    it('a wanted deletion or suspension holds at once; a wanted resumption does not', () => {
      assert.equal(reasonOf({ pending: mark('delete') }, operation('delete', 'sending')), 'DELETED');
      assert.equal(reasonOf({ pending: mark('suspend') }, operation('suspend', 'unknown')), 'PAUSED');
      assert.equal(reasonOf({ status: 'paused', pending: mark('resume') }, operation('resume', 'sending')), 'PAUSED');
      assert.equal(reasonOf({ pending: mark('resend') }, operation('resend', 'sending')), 'GRANTED');
      assert.equal(reasonOf({ pending: mark('delete') }, operation('delete', 'rejected')), 'GRANTED');
    });

    it('reserved and before activation are BEFORE_ACTIVATION', () => {
      assert.equal(reasonOf({ status: 'reserved' }), 'BEFORE_ACTIVATION');
      assert.equal(reasonOf({ status: 'before-activation' }), 'BEFORE_ACTIVATION');
    });

    it('validity includes both its ends; a time that cannot be read denies', () => {
      assert.equal(reasonOf({ validFrom: iso(NOW), validTo: iso(NOW) }), 'GRANTED');
      assert.equal(reasonOf({ validFrom: 'soon' }), 'NOT_YET_VALID');
      assert.equal(reasonOf({ validTo: 'later' }), 'EXPIRED');
    });

    it('a block by user ID holds for every card of the user', () => {
      assert.equal(reasonOf({}, blocked({ userId: 'patrick' })), 'BLACKLISTED');
      assert.equal(reasonOf({}, blocked({ userId: 'somebody' })), 'GRANTED');
    });

    it('only readers registered at the credential\'s site count; without a device nothing is checked', () => {
      const at = (device: string, ...writes: StoreWrite[]) => ask(new Knowledge([site(), credential(), ...writes]), { device });
      assert.deepEqual([at('R1', readers('R1')).reason, at('R1', readers('R1')).registrationChecked], ['GRANTED', true]);
      assert.equal(at('R1', readers()).reason, 'READER_NOT_REGISTERED');
      assert.equal(at('R1').reason, 'READER_NOT_REGISTERED', 'no list ever received');
      assert.deepEqual([at('').reason, at('').registrationChecked], ['GRANTED', false]);
    });

    it('data counts from the last list, else from the last contact; 0 hours is no limit; none at all is too old', () => {
      const aged = (writes: StoreWrite[], offlineLimitHours: number) => ask(new Knowledge([credential(), ...writes]), {}, { offlineLimitHours });
      const contact = site({ listAsOf: null, contactAsOf: iso(NOW - 2 * HOUR) });
      assert.deepEqual([aged([contact], 2).reason, aged([contact], 2).dataAsOf], ['GRANTED', iso(NOW - 2 * HOUR)]);
      assert.equal(aged([contact], 1.9).reason, 'DATA_TOO_OLD');
      assert.equal(aged([site({ listAsOf: iso(NOW - 3 * HOUR), contactAsOf: iso(NOW) })], 2).reason, 'DATA_TOO_OLD');
      assert.deepEqual([aged([], 2).reason, aged([], 2).dataAsOf], ['DATA_TOO_OLD', null]);
      assert.equal(aged([], 0).reason, 'GRANTED');
    });

    it('small steps of the clock are let pass', () => {
      assert.equal(reasonOf({}, site({ listAsOf: iso(NOW + 5 * 60_000) })), 'GRANTED');
      assert.equal(reasonOf({}, site({ listAsOf: iso(NOW + 5 * 60_000 + 1) })), 'CLOCK_DOUBTFUL');
    });
  });

  describe('one number at two sites', () => {
    it('is answered by the live one, whatever the order', () => {
      for (const [a, b] of [['1', '2'], ['2', '1']] as const) {
        const knowledge = new Knowledge([site(), site({ id: '2' }), credential({ site: a, status: 'deleted', userId: 'former' }), credential({ site: b })]);
        assert.deepEqual([ask(knowledge).reason, ask(knowledge).userId], ['GRANTED', 'patrick']);
      }
    });

    it('is denied by a block on any of its users', () => {
      const knowledge = new Knowledge([site(), site({ id: '2' }), credential({ status: 'deleted', userId: 'former' }), credential({ site: '2' }), blocked({ userId: 'former' })]);
      assert.equal(ask(knowledge).reason, 'BLACKLISTED');
    });
  });

  describe('cut numbers', () => {
    const cut = (bits: number, cardId = CARD): string => (BigInt(cardId) % (1n << BigInt(bits))).toString();

    it('are found where exactly one card fits', () => {
      const knowledge = new Knowledge([site(), credential()]);
      for (const [format, bits] of [['h10301', 24], ['h10306', 32], ['h10302', 35], ['csn-32', 32]] as const) {
        assert.deepEqual([ask(knowledge, { cardId: cut(bits), format }).reason, ask(knowledge, { cardId: cut(bits), format }).userId], ['GRANTED', 'patrick']);
        assert.equal(ask(knowledge, { cardId: CARD, format }).reason, 'UNKNOWN_CARD', 'such a reader cannot have read so much');
      }
      for (const format of ['csn-56', 'csn-64', 'c1000-48', 'ascii', 'decimal', null] as const) assert.equal(ask(knowledge, { format }).granted, true);
      for (const format of ['ascii', 'decimal', null] as const) assert.equal(ask(knowledge, { cardId: cut(32), format }).reason, 'UNKNOWN_CARD');
    });

    it('of a card that is only on the blacklist are BLACKLISTED; beside another card AMBIGUOUS_CARD', () => {
      const asked = { cardId: cut(32), format: 'csn-32' } as const;
      assert.equal(ask(new Knowledge([blocked({ cardId: CARD })]), asked).reason, 'BLACKLISTED');
      const short = new Knowledge([site(), credential({ cardId: cut(32) })]);
      assert.equal(ask(short, asked).reason, 'GRANTED');
      assert.equal(ask(short.write(blocked({ cardId: CARD })), asked).reason, 'AMBIGUOUS_CARD');
    });

    it('follow what is written after the index was made', () => {
      const knowledge = new Knowledge([site()]);
      const finder = new CardFinder(knowledge);
      const stop = finder.start();
      const asked = read({ cardId: cut(32), format: 'csn-32' });
      const reason = (): Reason => decide(asked, knowledge, finder, options()).reason;
      assert.equal(reason(), 'UNKNOWN_CARD');
      knowledge.write(credential());
      assert.equal(reason(), 'GRANTED');
      knowledge.write(blocked({ cardId: CARD }), { collection: 'credentials', remove: `1/${CARD}` });
      assert.equal(reason(), 'BLACKLISTED');
      knowledge.write({ collection: 'blacklist', remove: `card:${CARD}` });
      assert.equal(reason(), 'UNKNOWN_CARD');
      stop();
      knowledge.write(credential());
      assert.equal(reason(), 'GRANTED');
    });

    it('are found as a slow look at all cards finds them', () => {
      const numbers = fc.bigInt({ min: 1n, max: 10n ** 32n - 1n }).map(String);
      const low = fc.integer({ min: 1, max: 8 });
      // Few different low parts, so that cards do collide.
      const colliding = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), low, fc.constantFrom(24n, 32n, 35n, 64n)).map(([high, part, bits]) => ((high << bits) + BigInt(part)).toString());
      const cards = fc.array(fc.tuple(fc.oneof(numbers, colliding), fc.constantFrom('put', 'remove', 'block', 'unblock')), { maxLength: 30 });
      fc.assert(fc.property(cards, low, fc.constantFrom('h10301', 'h10306', 'h10302', 'csn-32', 'csn-64', 'decimal'), (steps, asked, format) => {
        const bits = { h10301: 24n, h10306: 32n, h10302: 35n, 'csn-32': 32n, 'csn-64': 64n, decimal: null }[format as 'csn-32'] as bigint | null;
        const knowledge = new Knowledge();
        const finder = new CardFinder(knowledge);
        finder.start();
        for (const [cardId, step] of steps) {
          finder.candidates(String(asked), format);
          if (step === 'put') knowledge.write(credential({ cardId }));
          if (step === 'remove') knowledge.write({ collection: 'credentials', remove: `1/${cardId}` });
          if (step === 'block') knowledge.write(blocked({ cardId }));
          if (step === 'unblock') knowledge.write({ collection: 'blacklist', remove: `card:${cardId}` });
        }
        const known = new Set([...[...knowledge.all('credentials')].map(({ cardId }) => cardId), ...[...knowledge.all('blacklist')].map(({ cardId }) => String(cardId))]);
        const slow = [...known].filter((cardId) => (bits === null ? cardId : (BigInt(cardId) % (1n << bits)).toString()) === String(asked));
        assert.deepEqual(finder.candidates(String(asked), format as 'csn-32').sort(), slow.sort());
      }), { numRuns: 300 });
    });
  });

  describe('properties', () => {
    const causes = fc.subarray(Object.values(CAUSES));

    it('a restriction never grants, and moves the reason only forward', () => {
      fc.assert(fc.property(causes, fc.constantFrom(...Object.values(CAUSES)), (held, more) => {
        const [before, after] = [world(held), world([...held, more])];
        const rank = ({ knowledge, asked, options: how }: ReturnType<typeof world>): number => REASONS.indexOf(ask(knowledge, asked, how).reason);
        assert.ok(rank(after) <= rank(before));
      }), { numRuns: 500 });
    });

    it('a restriction of one of several records with the same number never grants', () => {
      const record = fc.record({ site: fc.constantFrom('1', '2', '3'), status: fc.constantFrom('activated', 'paused', 'deleted'), doors: fc.constantFrom<CredentialDocument['doors']>('*', ['Front'], []), userId: fc.constantFrom('a', 'b') });
      fc.assert(fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), fc.constantFrom('1', '2', '3'), (records, target) => {
        const sites = ['1', '2', '3'].map((id) => site({ id }));
        const put = (restricted: boolean): Knowledge => new Knowledge([...sites, ...records.map((fields) => credential(restricted && fields.site === target ? { ...fields, provisional: true } : fields as Partial<CredentialDocument>))]);
        if (ask(put(true)).granted) assert.ok(ask(put(false)).granted);
      }), { numRuns: 300 });
    });

    it('deny wins: with a block or a lockdown nothing is granted, whatever else holds', () => {
      const denials = [blocked({ cardId: CARD }), blocked({ userId: 'patrick' }), CAUSES.LOCKDOWN?.writes?.[0] as StoreWrite];
      fc.assert(fc.property(causes, fc.constantFrom(...denials), (held, denial) => {
        const { knowledge, asked, options: how } = world(held);
        assert.equal(ask(knowledge.write(denial), asked, how).granted, false);
      }), { numRuns: 200 });
    });

    it('a decision is a function of its inputs, and changes none of them', () => {
      fc.assert(fc.property(causes, (held) => {
        const [one, other] = [world(held), world(held)];
        const before = JSON.stringify([...one.knowledge.all('credentials')]);
        const state = JSON.stringify([...(one.options.movement as Movement).presence.inside(LAB, NOW, 'UTC')]);
        assert.deepEqual(ask(one.knowledge, one.asked, one.options), ask(other.knowledge, other.asked, other.options));
        assert.deepEqual(ask(one.knowledge, one.asked, one.options), ask(one.knowledge, one.asked, one.options));
        assert.equal(JSON.stringify([...(one.options.movement as Movement).presence.inside(LAB, NOW, 'UTC')]), state);
        assert.equal(JSON.stringify([...one.knowledge.all('credentials')]), before);
      }), { numRuns: 100 });
    });
  });

  it('measures the time it took by the clock it is given', () => {
    let ms = 5;
    assert.equal(ask(new Knowledge(), {}, { monotonicMs: () => (ms += 2) }).decisionMs, 2);
  });
});

describe('readFromPayload', () => {
  it('fills in what a flow leaves out', () => {
    assert.deepEqual(readFromPayload({ cardId: CARD, door: ' Front ' }), read({ reader: null }));
    assert.deepEqual(readFromPayload({ cardId: 12, format: 'x', parityOk: 1, direction: 'up', device: null, bits: Number.NaN }), read({ cardId: null, door: '', reader: null }));
  });

  it('refuses what is no object, and survives anything else', () => {
    for (const payload of [null, undefined, 5, 'text', [], true]) {
      assert.throws(() => readFromPayload(payload), (error) => error instanceof McError && error.code === 'INPUT_INVALID');
    }
    const cyclic: Record<string, unknown> = { cardId: 'x'.repeat(10_000_000) };
    cyclic['door'] = cyclic;
    assert.equal(ask(new Knowledge(), readFromPayload(cyclic)).reason, 'BAD_READ');
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('cardId', 'format', 'door', 'device', 'parityOk'), fc.anything()), (payload) => {
      assert.ok(REASONS.includes(ask(new Knowledge([site(), credential()]), readFromPayload(payload)).reason));
    }));
  });

  it('BAD_READ for what is no card number', () => {
    for (const cardId of ['0', '012', '1'.repeat(33), 'A1', '', '1.5']) assert.equal(ask(new Knowledge(), readFromPayload({ cardId, door: 'Front' })).reason, 'BAD_READ', cardId);
  });
});

describe('explain', () => {
  const knowledge = new Knowledge([site(), credential({ status: 'paused', doors: ['Back'], validTo: iso(NOW + HOUR) })]);
  const why = (payload: unknown, known = knowledge, how: Partial<DecisionOptions> = {}) => explain(payload, known, new CardFinder(known), options(how));

  it('tells everything that would have to change, in order', () => {
    const answer = why({ userId: 'patrick', door: 'Front', at: iso(NOW + 2 * HOUR), device: 'R1' });
    assert.deepEqual([answer.granted, answer.reason, answer.cardId], [false, 'PAUSED', CARD]);
    assert.deepEqual(answer.wouldHaveToChange, ['PAUSED', 'READER_NOT_REGISTERED', 'EXPIRED', 'DOOR_NOT_ALLOWED']);
    assert.deepEqual(why({ cardId: CARD, door: 'Back' }).wouldHaveToChange, ['PAUSED']);
  });

  it('agrees with the decision for a card, and judges data and clock as they are now', () => {
    fc.assert(fc.property(fc.subarray(Object.entries(CAUSES).filter(([reason]) => reason !== 'BAD_READ')), (held) => {
      const { knowledge: known, asked, options: how } = world(held.map(([, cause]) => cause));
      const answer = why({ cardId: CARD, door: 'Front', device: asked.device, reader: 1 }, known, how);
      assert.equal(answer.reason, ask(known, asked, how).reason);
      assert.ok(answer.changes.every(({ change }) => change.length > 10));
      const names = held.map(([name]) => name);
      // Who is inside is counted already: the area is not too full for them.
      const holds = names.includes('ANTI_PASSBACK') ? names.filter((name) => name !== 'OCCUPANCY_FULL') : names;
      assert.deepEqual(answer.wouldHaveToChange, REASONS.filter((reason) => holds.includes(reason)));
    }), { numRuns: 200 });
    const live = new Knowledge([site(), credential()]);
    assert.equal(why({ cardId: CARD, door: 'Front', at: iso(NOW + 1000 * HOUR) }, live).granted, true);
    assert.equal(why({ cardId: CARD, door: 'Front', at: iso(NOW - 1000 * HOUR) }, live).granted, true);
  });

  it('takes the best of a user\'s cards', () => {
    const known = new Knowledge([site(), credential({ status: 'deleted', supersededBy: '77' }), credential({ cardId: '77' })]);
    assert.deepEqual([why({ userId: 'patrick', door: 'Front' }, known).granted, why({ userId: 'patrick', door: 'Front' }, known).cardId], [true, '77']);
  });

  it('knows a block of a user without a card, and the unknown', () => {
    assert.deepEqual(why({ userId: 'nobody', door: 'Front' }).wouldHaveToChange, ['UNKNOWN_CARD']);
    assert.deepEqual(why({ userId: 'nobody', door: 'Front' }, new Knowledge([blocked({ userId: 'nobody' })])).wouldHaveToChange, ['BLACKLISTED', 'UNKNOWN_CARD']);
  });

  it('cannot be taken for a decision by a door', () => {
    assert.equal('decidedAt' in why({ cardId: CARD, door: 'Back' }), false);
  });

  it('refuses what does not say who, where or when', () => {
    for (const payload of [null, {}, { cardId: CARD }, { cardId: CARD, door: 'Front', at: 'noon' }, { cardId: CARD, door: 'Front', at: '2026-03-02T10:00' }]) {
      assert.throws(() => why(payload), (error) => error instanceof McError && error.code === 'INPUT_INVALID');
    }
  });
});
