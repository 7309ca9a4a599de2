import assert from 'node:assert/strict';
import type { DeskAnswer } from '../../../nodes/credential/desk';
import type { CredentialRecord } from '../../../nodes/credential/record';
import { RAE, World } from './world';

const record = (answer: DeskAnswer): CredentialRecord => {
  assert.ok(answer.ok, answer.ok ? '' : `${answer.error.code}: ${answer.error.message}`);
  return answer.record as CredentialRecord;
};
const code = (answer: DeskAnswer): string => (answer.ok ? 'ok' : answer.error.code);

describe('issuing through BioStar', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
    world.server.books.addUser('4021', 'Rae_Okafor 2', 'rae@plant.example');
  });
  afterEach(() => world.stop());

  for (const [style, scalars] of [['array', 'strings'], ['quirks', 'strings'], ['array', 'numbers']] as const) {
    it(`takes the documented steps, beside the cards that the user has (${style}, ${scalars})`, async () => {
      Object.assign(world.server, { scalars });
      world.server.options.rows = style;
      const { books } = world.server;
      const rf = books.addCard('1234567', '1');
      (books.users.get('4021') as { cards: string[] }).cards = [rf.id];
      const answer = await world.desk().act('issue', RAE);
      assert.equal(record(answer).status, 'before-activation');
      assert.deepEqual(answer.credits, { spent: 1, left: null });
      assert.deepEqual(books.cardsOf('4021'), ['1234567', RAE.cardId]);
      assert.deepEqual(world.portalCards, [RAE.cardId]);
      const order = world.server.seen.filter((route) => /cards$|mobile$|PUT|registered/.test(route) && !route.startsWith('GET /api/cards'));
      // One more look at a number belongs to finding out what the server can do.
      assert.deepEqual(order.slice(1), ['GET /api/v2/cards/registered', 'POST /api/cards', 'POST /api/v2/mobile', 'PUT /api/users/4021']);
      assert.equal(world.server.logins, 1);
      const again = await world.desk().act('issue', RAE);
      assert.equal(record(again).cardId, RAE.cardId);
      assert.equal(again.credits.spent, 0);
      assert.equal(world.spent, 1);
    });
  }

  it('sends the fields of the documented body', async () => {
    world.server.options.siteType = 'DYNAMIC';
    record(await world.desk().act('issue', { ...RAE, department: 'Maintenance', validFrom: '2026-01-01T00:00:00Z', validTo: '2027-01-01T00:00:00Z' }));
    const { body } = world.server.bodies.find(({ route }) => route === 'POST /api/v2/mobile') as { body: any };
    assert.deepEqual(body.MobileCollection.mobile, {
      user_id: ['4021'], name: ['Rae_Okafor 2'], title: [null], department: ['Maintenance'], phone: [null], email: ['rae@plant.example'], portraitData: [null],
      card_id: [RAE.cardId], startDate: [Date.parse('2026-01-01T00:00:00Z')], endDate: [Date.parse('2027-01-01T00:00:00Z')],
      startTime: [978_307_200_000], endTime: [Date.parse('2030-12-31T23:59:00Z')], issueCount: [1], duressMask: [null], useAlphanumericID: [0],
      cardAuthModeEx: [null], pin: [null], accessGroupId: [null], mobileCardType: ['4'],
    });
    const card = (world.server.bodies.find(({ route }) => route === 'POST /api/cards') as { body: any }).body.CardCollection.rows[0];
    assert.deepEqual(card, {
      card_type: { id: '4', type: '4' }, card_id: RAE.cardId, display_card_id: RAE.cardId, isUserPhoto: false, isDepartment: false, isTitle: false,
      start_datetime: '2026-01-01T00:00:00.00Z', expiry_datetime: '2027-01-01T00:00:00.00Z',
    });
  });

  describe('with a fault between two steps', () => {
    const STEPS = [
      'GET /api/v2/cards/registered', 'GET /api/users/4021', 'POST /api/cards', 'POST /api/v2/mobile', 'PUT /api/users/4021',
    ];
    const FAULTS = ['drop', 'act-then-drop', 'html', { http: 500, code: 1000 }, { http: 503, code: 800 }, 'kick', 'expire'] as const;
    for (const route of STEPS) {
      for (const fault of FAULTS) {
        it(`ends with one card and one credit: ${typeof fault === 'string' ? fault : `code ${fault.code}`} at ${route}`, async () => {
          let times = 0;
          const site = world.site({}, { timeoutMs: 2000 });
          await site.info();
          world.server.fault = (method, path) => (`${method} ${path}` === route && times++ === 0 ? fault : null);
          const desk = world.desk(site);
          const first = await desk.act('issue', RAE);
          for (let tries = 0; tries < 3; tries += 1) await world.outbox(site).round();
          const second = await desk.act('issue', RAE);
          assert.equal(record(second).cardId, RAE.cardId, `first ${code(first)}`);
          assert.deepEqual(world.portalCards, [RAE.cardId]);
          assert.deepEqual(world.server.books.cardsOf('4021'), [RAE.cardId]);
          assert.equal(world.spent, 1);
          assert.deepEqual(record(second).pending, []);
          const known = [first, second].reduce((sum, { credits }) => sum + (credits.spent ?? 1), 0);
          assert.equal(known, 1, 'every credit is accounted for');
        });
      }
    }

    it('undoes the card at the portal where BioStar does not give it to the user', async () => {
      let gone = false;
      world.server.fault = (method, path) => {
        if (!gone && method === 'PUT' && path === '/api/users/4021') {
          gone = true;
          return { http: 400, code: 201 };
        }
        return null;
      };
      const answer = await world.desk().act('issue', RAE);
      assert.equal(code(answer), 'USER_NOT_FOUND');
      assert.equal(answer.credits.spent, 1, 'the credit is spent all the same');
      assert.deepEqual(world.portalCards, []);
      assert.deepEqual(world.server.books.orphans(), []);
    });

    it('goes on with the undoing where that is interrupted too', async () => {
      world.server.fault = (method, path, nth) => {
        if (method === 'PUT' && path === '/api/users/4021') return { http: 400, code: 201 };
        return path === '/api/v2/mobile/delete' && nth < 3 ? 'drop' : null;
      };
      const site = world.site({}, { timeoutMs: 2000 });
      assert.equal(code(await world.desk(site).act('issue', RAE)), 'OUTCOME_UNKNOWN');
      for (let tries = 0; tries < 4; tries += 1) await world.outbox(site).round();
      assert.deepEqual(world.portalCards, []);
      assert.deepEqual(world.store.openOperations('4711'), []);
    });

    it('goes on after a restart in the middle', async () => {
      let times = 0;
      world.server.fault = (method, path) => (method === 'PUT' && path === '/api/users/4021' && times++ === 0 ? 'drop' : null);
      assert.equal(code(await world.desk(world.site()).act('issue', RAE)), 'OUTCOME_UNKNOWN');
      world.store = world.store.restart();
      await world.outbox(world.site()).round();
      assert.deepEqual(world.server.books.cardsOf('4021'), [RAE.cardId]);
      assert.equal(world.spent, 1);
    });
  });

  describe('refuses before a credit is spent', () => {
    const spendsNothing = async (input: unknown, wanted: string): Promise<void> => {
      assert.equal(code(await world.desk().act('issue', input)), wanted);
      assert.equal(world.server.count('POST /api/v2/mobile'), 0);
    };
    it('a user that BioStar does not have', () => spendsNothing({ ...RAE, userId: '77' }, 'USER_NOT_FOUND'));
    it('a user who has a mobile card', async () => {
      const { books } = world.server;
      (books.users.get('4021') as { cards: string[] }).cards = [books.addCard('555').id];
      await spendsNothing({ ...RAE }, 'CARD_ALREADY_ISSUED');
    });
    it('a number that is another card', async () => {
      world.server.books.addCard(RAE.cardId, '1');
      await spendsNothing(RAE, 'CARD_ALREADY_ISSUED');
    });
    it('a deleted number that is kept back, until it is released', async () => {
      const card = world.server.books.addCard(RAE.cardId);
      world.server.books.register.add(card.id);
      await spendsNothing(RAE, 'CARD_QUARANTINED');
      assert.equal(code(await world.desk().act('release', { cardId: RAE.cardId })), 'ok');
      record(await world.desk().act('issue', RAE));
    });
    it('where mobile access is not set up', async () => {
      world.server.books.portal.configured = false;
      await spendsNothing(RAE, 'SITE_NOT_ACTIVE');
    });
    it('without a period on a dynamic site', async () => {
      world.server.options.siteType = 'DYNAMIC';
      await spendsNothing(RAE, 'PERIOD_MISSING');
    });
    it('more than eight other cards', async () => {
      const { books } = world.server;
      (books.users.get('4021') as { cards: string[] }).cards = Array.from({ length: 9 }, (_, index) => books.addCard(`90${index}`, '1').id);
      await spendsNothing(RAE, 'INPUT_INVALID');
    });
  });

  it('puts the portal\'s refusals into codes, and leaves the number to be used again', async () => {
    const wanted: [number | string, string][] = [
      [1400, 'SITE_NOT_ACTIVE'], [1402, 'SITE_NOT_FOUND'], [1403, 'NO_CREDIT'], [1404, 'SITE_NOT_FOUND'], [1405, 'NOT_SUPPORTED'], [2000, 'SITE_UNREACHABLE'],
      [2001, 'LOGIN_REFUSED'], [2019, 'INPUT_INVALID'], [2020, 'INPUT_INVALID'], [2300, 'ACCOUNT_LOCKED'], ['u1001', 'CARD_ALREADY_ISSUED'],
      [331779, 'NOT_SUPPORTED'], [20, 'PERMISSION_DENIED'],
    ];
    const { cardId: _number, ...person } = RAE;
    const desk = world.desk();
    for (const bare of [false, true]) {
      for (const [portalCode, code_] of wanted) {
        world.server.fault = (_method, path) => (path === '/api/v2/mobile' ? { http: 400, code: portalCode, bare } : null);
        assert.equal(code(await desk.act('issue', person)), code_, String(portalCode));
      }
    }
    world.server.fault = () => null;
    record(await desk.act('issue', person));
    assert.equal(world.server.books.cards.size, 1, 'one card record for all those tries');
    assert.equal(world.spent, 1);
  });

  it('survives a session that is kicked in the middle of 200 users', async () => {
    const { books } = world.server;
    books.portal.credits = 500;
    const people = Array.from({ length: 200 }, (_, index) => {
      books.addUser(String(5000 + index));
      return { userId: String(5000 + index), name: `User ${index}`, email: `u${index}@plant.example` };
    });
    let requests = 0;
    world.server.fault = () => {
      if (++requests % 97 === 0) world.server.kickAll();
      return null;
    };
    const { answers, credits } = await world.desk().actAll('issue', people);
    assert.deepEqual(answers.map(code).filter((one) => one !== 'ok'), []);
    assert.equal(credits.spent, 200);
    assert.equal(world.spent, 200);
    assert.deepEqual(books.orphans(), []);
    assert.ok(world.server.logins > 5 && world.server.logins < 40, `${world.server.logins} logins`);
  });
});
