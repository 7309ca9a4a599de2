/** The same client against a second server, by another hand, that follows the vendor's words to the letter. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../nodes/credential/clock';
import { Desk, type DeskAction, type DeskAnswer } from '../../../nodes/credential/desk';
import { Outbox } from '../../../nodes/credential/outbox';
import { cryptoRandom } from '../../../nodes/runtime/crypto-random';
import { SiteDoor } from '../../../nodes/runtime/site-door';
import { userCsv } from '../../../nodes/runtime/user-csv';
import { BiostarSite } from '../../../nodes/site/biostar/biostar-site';
import { importCsv } from '../../../nodes/site/biostar/csv-import';
import type { CursorState } from '../../../nodes/site/biostar/event-cursor';
import { EventFeed } from '../../../nodes/site/biostar/event-feed';
import { UserDesk } from '../../../nodes/site/biostar/user-desk';
import { readSiteSettings } from '../../../nodes/site/site-settings';
import { MemoryStore } from '../../support/memory-store';
import { StrictBiostar } from '../../support/strict-biostar';
import { RAE } from './world';

const NEXT = '70310044120019';

describe('a BioStar server by another hand', function () {
  this.timeout(30_000);
  let server: StrictBiostar;
  let site: BiostarSite;
  let store: MemoryStore;
  const act = async (action: DeskAction, input: unknown): Promise<string> => new Desk(site, store, { clock: systemClock, random: cryptoRandom }).act(action, input)
    .then((answer: DeskAnswer) => (answer.ok ? 'ok' : `${answer.error.code}: ${answer.error.message}`));
  const settled = async (): Promise<void> => {
    const outbox = new Outbox({ site, store, clock: systemClock, random: cryptoRandom, timer: () => () => undefined });
    for (let tries = 0; tries < 4; tries += 1) await outbox.round();
  };

  beforeEach(async () => {
    server = new StrictBiostar();
    const port = await server.start();
    const { login_id, password } = server.account;
    site = new BiostarSite(readSiteSettings({ provider: 'biostar', domain: `http://127.0.0.1:${port}`, email: login_id, password, nameRule: 'strict' }), { clock: systemClock, timeoutMs: 2000 });
    store = new MemoryStore();
    await new UserDesk(site).upsert({ userId: RAE.userId, name: RAE.name, email: RAE.email });
  });
  afterEach(async () => {
    site.close();
    await server.stop();
  });

  for (const scalars of ['vendor', 'strings', 'numbers'] as const) {
    for (const rows of ['array', 'quirks'] as const) {
      it(`takes a card through its life (scalars ${scalars}, rows ${rows})`, async () => {
        Object.assign(server, { scalars, rows });
        const { cardId: _drawn, ...person } = RAE;
        assert.equal(await act('issue', RAE), 'ok');
        assert.equal(await act('issue', person), 'ok');
        assert.deepEqual([[...server.portal.cards.keys()], server.usersCards('4021'), server.portal.spent], [[RAE.cardId], [RAE.cardId], 1]);
        await site.block(RAE.cardId);
        await site.block(RAE.cardId);
        assert.deepEqual(await site.blocked(), [RAE.cardId]);
        await site.unblock(RAE.cardId);
        await site.unblock(RAE.cardId);
        assert.equal(await act('reissue', { userId: '4021', newCardId: NEXT }), 'ok');
        assert.deepEqual([[...server.portal.cards.keys()], server.usersCards('4021'), server.orphans(), server.ghosts()], [[NEXT], [NEXT], [], []]);
        assert.equal(await act('delete', { userId: '4021' }), 'ok');
        assert.deepEqual([[...server.portal.cards.keys()], server.usersCards('4021')], [[], []]);
        assert.match(await act('issue', { ...RAE, cardId: NEXT }), /^CARD_QUARANTINED/);
        assert.equal(await act('release', { cardId: NEXT }), 'ok');
        assert.equal(await act('issue', { ...RAE, cardId: NEXT }), 'ok');
        assert.deepEqual(server.orphans(), []);
      });
    }
  }

  it('re-issues by delete and create where the server has no replace', async () => {
    server.missing.add('POST /api/v2/mobile/replace');
    assert.equal(await act('issue', RAE), 'ok');
    assert.equal(await act('reissue', { userId: '4021', newCardId: NEXT }), 'ok');
    assert.deepEqual([[...server.portal.cards.keys()], server.usersCards('4021'), server.orphans(), server.ghosts()], [[NEXT], [NEXT], [], []]);
  });

  const faults = ['drop', 'act-then-drop', 'html', 'kick', 'expire'] as const;
  for (const [action, input, routes] of [
    ['issue', RAE, ['POST /api/cards', 'POST /api/v2/mobile', 'PUT /api/users/4021']],
    ['reissue', { userId: '4021', newCardId: NEXT }, ['POST /api/cards', 'POST /api/v2/mobile/replace', 'PUT /api/users/4021']],
    ['delete', { userId: '4021' }, ['POST /api/v2/mobile/delete', 'PUT /api/users/4021']],
  ] as const) {
    for (const route of routes) {
      for (const fault of faults) {
        it(`${action} ends well: ${fault} at ${route}`, async () => {
          if (action !== 'issue') assert.equal(await act('issue', RAE), 'ok');
          await site.info();
          let times = 0;
          server.fault = (method, path) => (`${method} ${path}` === route && times++ === 0 ? fault : null);
          await act(action, input);
          await settled();
          const last = await act(action, input);
          assert.ok(last === 'ok' || last.startsWith('CARD_ALREADY_ISSUED'), last);
          const wanted = action === 'delete' ? [] : [action === 'issue' ? RAE.cardId : NEXT];
          assert.deepEqual([[...server.portal.cards.keys()], server.usersCards('4021'), server.orphans(), server.ghosts()], [wanted, wanted, [], []]);
          assert.equal(server.portal.spent, action === 'reissue' ? 2 : 1);
        });
      }
    }
  }

  it('opens doors as their rows say', async () => {
    const door = new SiteDoor(site, { door: 'Main', siteDoor: '5', maxDecisionAgeMs: 5000 });
    assert.equal((await door.handle('open', Date.now()))?.confirmed, true);
    assert.equal((await door.handle('unlock', Date.now()))?.state, 'unlocked');
    assert.equal((await door.handle('release', Date.now()))?.confirmed, true);
    assert.ok((await door.handle('status', Date.now()))?.state !== undefined);
    door.stop();
  });

  it('deletes users with their cards, lists thousands, imports files and follows a long one', async () => {
    const users = new UserDesk(site);
    assert.equal(await act('issue', RAE), 'ok');
    assert.equal(await users.delete('4021'), '4021');
    assert.equal(server.portal.cards.size, 0);
    for (let id = 10_000; id < 12_500; id += 1) server.books.addUser({ user_id: String(id) });
    assert.ok((await users.list(undefined)).length >= 2500);
    const follow = { everyMs: 20, quietMs: 600, onProgress: () => undefined };
    const first = await importCsv(site.api, site.users, await userCsv('user_id,name\n7001,Ann\n7002,Ben', null, 10), 'preserve', follow);
    assert.equal(first.outcome, 'imported');
    server.csvTaskMs = 300;
    const second = await importCsv(site.api, site.users, await userCsv('user_id,name\n7003,Ann\n7004,Ben', null, 10), 'preserve', follow);
    assert.deepEqual([second.outcome, second.missing], ['followed', []]);
  });

  for (const frames of ['text', 'binary', 'split'] as const) {
    it(`tells events once and in order over two cuts, a silent spell and a lost session (${frames} frames)`, async () => {
      server.wsapi.frames = frames;
      const told: string[] = [];
      let state = '';
      let cursor: CursorState | null = null;
      const feed = new EventFeed(site.api, { cursor, onCursor: (next) => { cursor = next; }, onEvent: ({ id }) => { told.push(id); }, onState: (next) => { state = next; }, probeMs: 200, onItsWayMs: 50, mostPauseMs: 50 });
      const until = async (fits: () => boolean): Promise<void> => {
        for (let tries = 0; !fits() && tries < 500; tries += 1) await pause(10);
        assert.ok(fits(), `state ${state}, told ${told.join(' ')}`);
      };
      feed.start();
      await until(() => state === 'listening');
      const sent: string[] = [];
      const emit = (): void => { sent.push(String(server.emit({ code: 4118, userId: '4021' })['id'])); };
      emit();
      for (let cut = 0; cut < 2; cut += 1) {
        server.cutSockets();
        emit();
        await pause(30);
        emit();
        await until(() => told.length === sent.length);
      }
      server.silent = true;
      emit();
      server.silent = false;
      await until(() => told.length === sent.length);
      server.endSessions('11');
      emit();
      await until(() => told.length === sent.length);
      emit();
      await until(() => told.length === sent.length);
      assert.deepEqual(told, sent);
      feed.stop();
    });
  }
});
