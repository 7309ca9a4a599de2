import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Blacklist } from '../../../nodes/credential/blacklist';
import { syncBlacklist } from '../../../nodes/credential/blacklist-sync';
import { DeskContext } from '../../../nodes/credential/desk-context';
import { isMcError } from '../../../nodes/credential/mc-error';
import { SiteReading } from '../../../nodes/credential/site-reading';
import { cryptoRandom } from '../../../nodes/runtime/crypto-random';
import type { BiostarSite } from '../../../nodes/site/biostar/biostar-site';
import { RAE, World } from './world';

describe('the blacklist of BioStar', () => {
  let world: World;
  let site: BiostarSite;
  let blacklist: Blacklist;
  const sync = (): Promise<void> => syncBlacklist(new DeskContext(site, world.store, world.clock, cryptoRandom, new SiteReading(site, world.clock), { by: 'outbox' }));
  const atSite = (): string[] => [...world.server.books.cards.values()].filter(({ blocked }) => blocked).map(({ card_id }) => card_id);
  const entries = (): string[] => [...world.store.all('blacklist')].map(({ _id, site: state }) => `${_id} ${state}`);

  beforeEach(async () => {
    world = await World.start();
    world.server.books.addUser('4021', 'Rae_Okafor 2', 'rae@plant.example');
    site = world.site({}, { timeoutMs: 1500 });
    assert.ok((await world.desk(site).act('issue', RAE)).ok);
    blacklist = new Blacklist(world.store, site, { clock: world.clock, random: cryptoRandom });
  });
  afterEach(() => world.stop());

  it('is told of a block and an unblock, by the internal ID', async () => {
    assert.equal((await blacklist.act('block', { cardId: RAE.cardId, reason: 'lost' })).site, 'confirmed');
    assert.deepEqual(atSite(), [RAE.cardId]);
    const answer = await blacklist.act('unblock', RAE.cardId);
    assert.deepEqual([answer.blacklisted, answer.site], [false, 'none']);
    assert.deepEqual(atSite(), []);
    assert.deepEqual(world.store.openOperations('4711'), []);
  });

  for (const http500 of [false, true]) {
    it(`takes "already so" for done${http500 ? ', on HTTP 500 too' : ''}`, async () => {
      world.server.options.blacklistHttp500 = http500;
      const card = world.server.books.withNumber(RAE.cardId) as { blocked: boolean };
      card.blocked = true;
      assert.equal((await blacklist.act('block', RAE.cardId)).site, 'confirmed');
      card.blocked = false;
      assert.equal((await blacklist.act('unblock', RAE.cardId)).blacklisted, false);
    });
  }

  it('is told later where it cannot be reached; until then a block holds here and an unblock does not', async () => {
    world.server.fault = (_method, path) => (path.startsWith('/api/cards/blacklist') ? 'drop' : null);
    const blocked = await blacklist.act('block', RAE.cardId);
    assert.deepEqual([blocked.blacklisted, blocked.site], [true, 'pending']);
    const [pending] = (await world.desk(site).act('issue', RAE) as { record: { pending: { operation: string }[] } }).record.pending;
    assert.equal(pending?.operation, 'block');
    world.server.fault = () => null;
    await world.outbox(site).round();
    assert.deepEqual([atSite(), entries()], [[RAE.cardId], [`card:${RAE.cardId} confirmed`]]);

    world.server.fault = (_method, path) => (path.startsWith('/api/cards/blacklist') ? 'drop' : null);
    const answer = await blacklist.act('unblock', RAE.cardId);
    assert.deepEqual([answer.blacklisted, answer.site], [true, 'pending']);
    world.store = world.store.restart();
    world.server.fault = () => null;
    await world.outbox(site).round();
    assert.deepEqual([atSite(), entries()], [[], []]);
  });

  it('brings what an operator blocks there to the doors, and takes it away again', async () => {
    const card = world.server.books.withNumber(RAE.cardId) as { blocked: boolean };
    card.blocked = true;
    await sync();
    assert.deepEqual(entries(), [`card:${RAE.cardId} confirmed`]);
    card.blocked = false;
    await sync();
    assert.deepEqual(entries(), []);
  });

  it('leaves alone what another site on the same store has blocked', async () => {
    await world.store.write([{ collection: 'blacklist', put: { _id: 'card:4242', cardId: '4242', userId: null, since: '', by: 'site', reason: '', site: 'confirmed', bySite: '4712' } }]);
    await sync();
    assert.deepEqual(entries(), ['card:4242 confirmed']);
  });

  it('does not undo a block of ours that an operator undoes there', async () => {
    await blacklist.act('block', RAE.cardId);
    (world.server.books.withNumber(RAE.cardId) as { blocked: boolean }).blocked = false;
    // A list from the moment of the block says nothing about it.
    await pause(5);
    await sync();
    assert.deepEqual(entries(), [`card:${RAE.cardId} none`]);
  });

  it('has every card of a blocked user, later ones too', async () => {
    await blacklist.act('block', { userId: '4021' });
    assert.deepEqual(atSite(), [RAE.cardId]);
    assert.ok((await world.desk(site).act('reissue', { userId: '4021', newCardId: '998' })).ok);
    await sync();
    assert.ok(atSite().includes('998'));
    await blacklist.act('unblock', { userId: '4021' });
    assert.ok(!atSite().includes('998'));
  });

  it('is full at a thousand, and the block holds at our doors', async () => {
    for (let number = 1; number <= 1000; number += 1) world.server.books.addCard(String(800_000 + number)).blocked = true;
    await assert.rejects(blacklist.act('block', RAE.cardId), (error: unknown) => isMcError(error, 'BLACKLIST_FULL'));
    assert.ok((await blacklist.act('check', RAE.cardId)).blacklisted);
    assert.equal(site.cards.blockedCount, 1000);
  });

  it('is none where the server has no such call', async () => {
    world.server.missing.add('GET /api/cards/blacklist').add('POST /api/cards/blacklist').add('DELETE /api/cards/blacklist');
    assert.equal((await blacklist.act('block', RAE.cardId)).site, 'none');
    assert.equal((await blacklist.act('unblock', RAE.cardId)).blacklisted, false);
    assert.deepEqual(world.store.openOperations('4711'), []);
  });

  it('has nothing to do with a card that BioStar does not know', async () => {
    assert.deepEqual(await blacklist.act('block', '4242').then(({ blacklisted, site: state }) => [blacklisted, state]), [true, 'none']);
  });
});
