import assert from 'node:assert/strict';
import type { DeskAnswer } from '../../../nodes/credential/desk';
import type { CredentialRecord } from '../../../nodes/credential/record';
import { ROUTES } from '../../support/biostar/routes';
import { RAE, World } from './world';

const record = (answer: DeskAnswer): CredentialRecord => {
  assert.ok(answer.ok, answer.ok ? '' : `${answer.error.code}: ${answer.error.message}`);
  return answer.record as CredentialRecord;
};
const code = (answer: DeskAnswer): string => (answer.ok ? 'ok' : answer.error.code);
const FAULTS = ['drop', 'act-then-drop', 'html', { http: 500, code: 1000 }, 'kick'] as const;

describe('a card\'s life through BioStar', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
    const { books } = world.server;
    const user = books.addUser('4021', 'Rae_Okafor 2', 'rae@plant.example');
    user.cards = [books.addCard('1234567', '1').id];
    record(await world.desk().act('issue', RAE));
  });
  afterEach(() => world.stop());

  for (const canReplace of [true, false]) {
    const how = canReplace ? 'in one call' : 'by delete and create, where the server has no such call';
    it(`re-issues ${how}`, async () => {
      if (!canReplace) world.server.missing.add('POST /api/v2/mobile/replace');
      const desk = world.desk();
      const answer = await desk.act('reissue', { userId: '4021', newCardId: '70310044120019' });
      assert.equal(record(answer).replaces, RAE.cardId);
      assert.equal(answer.credits.spent, 1);
      assert.deepEqual(world.portalCards, ['70310044120019']);
      assert.deepEqual(world.server.books.cardsOf('4021'), ['1234567', '70310044120019']);
      assert.equal(world.server.count('POST /api/v2/mobile/delete'), canReplace ? 0 : 1);
      record(await desk.act('reissue', { userId: '4021', newCardId: '70310044120020' }));
      assert.equal(world.server.count('POST /api/v2/mobile/replace'), canReplace ? 2 : 1, 'what a server lacks is asked once');
      assert.equal(world.spent, 3);
    });

    const steps = canReplace ? ['POST /api/cards', 'POST /api/v2/mobile/replace', 'PUT /api/users/4021']
      : ['POST /api/cards', 'POST /api/v2/mobile/delete', 'POST /api/v2/mobile', 'PUT /api/users/4021'];
    for (const route of steps) {
      for (const fault of FAULTS) {
        it(`re-issues once, ${canReplace ? 'replacing' : 'deleting'}: ${typeof fault === 'string' ? fault : `code ${fault.code}`} at ${route}`, async () => {
          if (!canReplace) world.server.missing.add('POST /api/v2/mobile/replace');
          const site = world.site({}, { timeoutMs: 2000 });
          await site.info();
          let times = 0;
          world.server.fault = (method, path) => (`${method} ${path}` === route && times++ === 0 ? fault : null);
          const desk = world.desk(site);
          await desk.act('reissue', { userId: '4021', newCardId: '70310044120019' });
          for (let tries = 0; tries < 3; tries += 1) await world.outbox(site).round();
          const again = await desk.act('reissue', { userId: '4021', newCardId: '70310044120019' });
          assert.ok(again.ok || again.error.code === 'CARD_ALREADY_ISSUED', code(again));
          assert.deepEqual(world.portalCards, ['70310044120019']);
          assert.deepEqual(world.server.books.cardsOf('4021'), ['1234567', '70310044120019']);
          assert.equal(world.spent, 2);
          assert.deepEqual(world.store.openOperations('4711'), []);
        });
      }
    }
  }

  it('deletes at the portal and from the user', async () => {
    record(await world.desk().act('delete', { userId: '4021' }));
    assert.deepEqual(world.portalCards, []);
    assert.deepEqual(world.server.books.cardsOf('4021'), ['1234567']);
  });

  for (const route of ['POST /api/v2/mobile/delete', 'PUT /api/users/4021']) {
    for (const fault of FAULTS) {
      it(`deletes to the end: ${typeof fault === 'string' ? fault : `code ${fault.code}`} at ${route}`, async () => {
        const site = world.site({}, { timeoutMs: 2000 });
        await site.info();
        let times = 0;
        world.server.fault = (method, path) => (`${method} ${path}` === route && times++ === 0 ? fault : null);
        const desk = world.desk(site);
        await desk.act('delete', { userId: '4021' });
        for (let tries = 0; tries < 3; tries += 1) await world.outbox(site).round();
        assert.equal(record(await desk.act('delete', { userId: '4021' })).status, 'deleted');
        assert.deepEqual(world.portalCards, []);
        assert.deepEqual(world.server.books.cardsOf('4021'), ['1234567']);
        assert.deepEqual(world.store.openOperations('4711'), []);
      });
    }
  }

  it('ends a former card that a replacement left at the portal', async () => {
    const { portal } = world.server.books;
    const former = portal.cards.get(RAE.cardId);
    assert.ok(former);
    const reply = ROUTES['POST /api/v2/mobile/replace'];
    world.server.fault = (_method, path, nth) => {
      if (path === '/api/v2/mobile/replace') world.server.replies.set('POST /api/v2/mobile/replace', (asked) => {
        const answer = reply?.(asked) ?? {};
        portal.cards.set(RAE.cardId, former);
        ((answer.body as any).MobileCollection).delete_failed = [RAE.cardId];
        return answer;
      });
      return path === '/api/v2/mobile/delete' && nth === 1 ? 'drop' : null;
    };
    const site = world.site({}, { timeoutMs: 2000 });
    assert.equal(code(await world.desk(site).act('reissue', { userId: '4021', newCardId: '998' })), 'OUTCOME_UNKNOWN');
    await world.outbox(site).round();
    assert.deepEqual([world.portalCards, world.server.books.cardsOf('4021')], [['998'], ['1234567', '998']]);
  });

  it('keeps a card that somebody gives the user while the portal is slow', async () => {
    const { books } = world.server;
    world.server.fault = (_method, path) => {
      if (path === '/api/v2/mobile/replace') (books.users.get('4021') as { cards: string[] }).cards.push(books.addCard('7654321', '1').id);
      return null;
    };
    record(await world.desk().act('reissue', { userId: '4021', newCardId: '998' }));
    assert.deepEqual(books.cardsOf('4021'), ['1234567', '7654321', '998']);
  });

  it('does not fall back on deleting where the licence, not the call, is missing', async () => {
    world.server.fault = (_method, path) => (path === '/api/v2/mobile/replace' ? { http: 403, code: 331779, bare: true } : null);
    assert.equal(code(await world.desk().act('reissue', { userId: '4021' })), 'NOT_SUPPORTED');
    assert.deepEqual(world.portalCards, [RAE.cardId]);
    assert.equal(world.server.count('POST /api/v2/mobile/delete'), 0);
  });

  it('keeps the Administrator\'s card', async () => {
    assert.equal(code(await world.desk().act('delete', { userId: '1' })), 'ADMINISTRATOR_KEPT');
  });

  it('has no resend, suspend or resume without a portal beside', async () => {
    for (const action of ['resend', 'suspend', 'resume'] as const) assert.equal(code(await world.desk().act(action, { userId: '4021' })), 'NOT_SUPPORTED');
  });

  it('does not resend what the portal says it has, where one is beside', async () => {
    const { portal } = world.server.books;
    world.portal = {
      capabilities: () => ['list', 'resend'], timeZone: 'UTC',
      list: () => Promise.resolve({ startedAt: Date.now(), credentials: [...portal.cards.values()].map(({ number, userKey }) => ({ cardId: number, userId: userKey, status: 'activated' })) }),
      info: () => Promise.resolve({ siteId: '4711', name: 'x', accessType: 'REGULAR', status: 'ACTIVATED', credits: { card: portal.credits }, timeZone: null }),
    } as never;
    world.server.books.addUser('4022');
    const site = world.site({}, { timeoutMs: 2000 });
    await site.info();
    let times = 0;
    world.server.fault = (_method, path) => (path === '/api/v2/mobile' && times++ === 0 ? 'act-then-drop' : null);
    const mina = { userId: '4022', name: 'Mina Park', email: 'mina@plant.example', cardId: '998877665544' };
    assert.equal(code(await world.desk(site).act('issue', mina)), 'OUTCOME_UNKNOWN');
    await world.outbox(site).round();
    assert.equal(world.server.count('POST /api/v2/mobile'), 2, 'one for each person');
    assert.deepEqual(world.server.books.cardsOf('4022'), ['998877665544']);
    assert.equal((await site.info()).credits.card, portal.credits);
    assert.equal(site.listAskedOf, 'portal');
  });
});
