import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { systemClock } from '../../nodes/credential/clock';
import { Desk } from '../../nodes/credential/desk';
import { isMcError } from '../../nodes/credential/mc-error';
import { cryptoRandom } from '../../nodes/runtime/crypto-random';
import { userCsv } from '../../nodes/runtime/user-csv';
import { BiostarSite } from '../../nodes/site/biostar/biostar-site';
import { exportCsv, importCsv } from '../../nodes/site/biostar/csv-import';
import { EventFeed } from '../../nodes/site/biostar/event-feed';
import { UserDesk } from '../../nodes/site/biostar/user-desk';
import { readSiteSettings } from '../../nodes/site/site-settings';
import { MemoryStore } from '../support/memory-store';
import { ask, type HttpReply, startSimulator, type Started, until } from './start-simulator';

const RAE = { userId: '4021', name: 'Rae_Okafor 2', email: 'rae@plant.example', cardId: '70310044120018' };

describe('the simulated BioStar server', () => {
  let started: Started;
  let session: string;
  const call = (method: string, path: string, body?: unknown): Promise<HttpReply> => ask(started.httpPort, method, path, { body, headers: { 'bs-session-id': session } });
  const signIn = async (): Promise<void> => {
    const reply = await ask(started.httpPort, 'POST', '/api/login', { body: { User: { login_id: 'demo', password: 'portal-to-door-demo' } } });
    session = String(reply.headers['bs-session-id']);
  };
  const code = (reply: HttpReply): [number, string] => [reply.status, String((reply.json.Response ?? reply.json).code)];

  beforeEach(async () => {
    started = await startSimulator({ credits: 3 });
    await signIn();
  });

  describe('at the wire', () => {
    it('has one session a login, in a header, and says which way it ended', async () => {
      assert.match(session, /^[0-9a-f]{32}$/);
      const wrong = await ask(started.httpPort, 'POST', '/api/login', { body: { User: { login_id: 'demo', password: 'x' } } });
      assert.deepEqual(code(wrong), [400, '101']);
      assert.deepEqual(code(await ask(started.httpPort, 'GET', '/api/users/1')), [401, '10']);
      started.simulator.biostar.sessions.endAll();
      assert.deepEqual(code(await call('GET', '/api/users/1')), [401, '11']);
      for (let tries = 0; tries < 4; tries += 1) await ask(started.httpPort, 'POST', '/api/login', { body: { User: { login_id: 'demo', password: 'x' } } });
      assert.deepEqual(code(await ask(started.httpPort, 'POST', '/api/login', { body: { User: { login_id: 'demo', password: 'portal-to-door-demo' } } })), [400, '113']);
    });

    it('answers 103 where it has no such call, and for a slash at the end', async () => {
      for (const path of ['/api/cards/311', '/api/users/', '/api/nothing']) assert.deepEqual(code(await call('GET', path)), [400, '103'], path);
      assert.deepEqual(code(await call('PUT', '/api/cards/blacklist', {})), [400, '103']);
      started.simulator.biostar.missing.add('POST /api/v2/mobile/replace');
      assert.deepEqual(code(await call('POST', '/api/v2/mobile/replace', {})), [400, '103']);
      assert.match((await ask(started.httpPort, 'GET', '/js/info.json')).text, /2\.9/);
    });

    it('writes scalars as text on v1, and an empty list of cards as ""', async () => {
      const { json } = await call('GET', '/api/cards?limit=50&offset=0');
      assert.deepEqual(json.CardCollection, { total: '0', rows: '' });
      assert.equal((await call('GET', '/api/users/1')).json.User.disabled, 'false');
      const { json: found } = await call('POST', '/api/v2/users/search', { limit: 1 });
      assert.equal(found.UserCollection.rows[0].disabled, false);
      assert.equal(found.Response.by, 'web');
      assert.equal(found.UserCollection.rows[0].start_datetime, '2001-01-01T00:00:00');
    });

    it('takes the documented four steps, and the portal has the card', async () => {
      const user = { user_id: '4021', name: 'Rae', user_group_id: { id: '1' }, start_datetime: '2026-01-01T00:00:00.00Z', expiry_datetime: '2030-12-31T23:59:00.00Z', email: 'rae@plant.example' };
      assert.deepEqual(code(await call('POST', '/api/users', { User: user })), [200, '0']);
      assert.deepEqual((await call('GET', '/api/v2/cards/registered?card_id=703')).json, { Response: { code: '0' } });
      const made = await call('POST', '/api/cards', { CardCollection: { rows: [{ card_type: { id: '4', type: '4' }, card_id: '703' }] } });
      const uid = made.json.CardCollection.rows[0].id as string;
      const mobile = { user_id: ['4021'], name: ['Rae'], email: ['rae@plant.example'], card_id: ['703'], mobileCardType: ['4'] };
      const issued = await call('POST', '/api/v2/mobile', { MobileCollection: { mobile } });
      assert.equal(issued.json.MobileCollection.recordMobile[0].status, 'INACTIVE');
      assert.deepEqual(code(await call('PUT', '/api/users/4021', { User: { cards: [{ id: uid }] } })), [200, '0']);
      assert.equal(started.simulator.portal.card('703').userKey, '4021');
      assert.equal(started.simulator.portal.used, 1);
      assert.deepEqual(code(await call('POST', '/api/v2/mobile', { MobileCollection: { mobile } })), [400, '262189']);
      assert.deepEqual(code(await call('POST', '/api/cards', { CardCollection: { rows: [{ card_type: { id: '4', type: '4' }, card_id: '703' }] } })), [400, '65651']);
      for (const [body, wanted] of [[{ Blacklist: { card_id: { id: uid } } }, '0'], [{ Blacklist: { card_id: { id: uid } } }, '262201'], [{ Blacklist: { card_id: { id: '9' } } }, '262202']] as const) {
        assert.equal(code(await call('POST', '/api/cards/blacklist', body))[1], wanted);
      }
      assert.equal(code(await call('DELETE', `/api/cards/blacklist?id=${uid}`))[1], '0');
      assert.equal(code(await call('DELETE', `/api/cards/blacklist?id=${uid}`))[1], '262204');
      await call('POST', '/api/v2/mobile/delete', { MobileCollection: { mobile: { card_id: ['703'], user_id: [] } } });
      assert.equal((await call('GET', '/api/v2/cards/mobile/search?limit=9&offset=0&search_type=DELETED_CSN_MOBILE')).json.CardCollection.rows[0].card_id, '703');
      assert.deepEqual((await call('DELETE', `/api/v2/cards/mobile/enable?id=${uid}`)).json.code, '0');
    });

    it('refuses what the server refuses', async () => {
      const user = { user_id: '7', name: 'Ann', user_group_id: { id: '1' }, start_datetime: '2026-01-01T00:00:00.00Z', expiry_datetime: '2030-12-31T23:59:00.00Z' };
      const wanted: [object, string][] = [
        [{ ...user, user_id: '1' }, '202'], [{ ...user, user_id: 'ann' }, '131073'], [{ ...user, name: 'O\'Neil' }, '131074'],
        [{ ...user, expiry_datetime: '2058-01-01T00:00:00.00Z' }, '131091'], [{ ...user, access_groups: [{ id: '99' }] }, '30'], [{ ...user, start_datetime: '' }, '131092'],
      ];
      for (const [given, answer] of wanted) assert.equal(code(await call('POST', '/api/users', { User: given }))[1], answer);
      assert.equal(code(await call('DELETE', '/api/users?id=1'))[1], '205');
      assert.equal(code(await call('GET', '/api/users/99'))[1], '201');
      assert.deepEqual(code(await ask(started.httpPort, 'POST', '/api/users', { body: '{', headers: { 'bs-session-id': session } })), [400, '1000']);
    });

    it('opens doors by rows: code 0 although nothing opened, 601 beside a known one, 1001 without a connection', async () => {
      const open = (...ids: string[]): Promise<HttpReply> => call('POST', '/api/doors/open', { DoorCollection: { rows: ids.map((id) => ({ id })) } });
      const first = await open('1');
      assert.deepEqual(first.json.DoorResponse.rows, [{ id: '1', code: '0' }]);
      assert.equal(started.simulator.doors[0]?.strikeOn, true);
      assert.deepEqual([(await open('9')).json.DoorResponse.rows, code(await open('9'))[1]], ['', '0']);
      assert.deepEqual([(await open('1', '9')).json.DoorResponse.rows[1].code, code(await open('1', '9'))[1]], ['601', '5']);
      started.simulator.biostar.doors.offline.add('2');
      assert.deepEqual(code(await open('2'))[1], '8');
    });

    it('delivers events only in the documented order', async () => {
      const frames = (): Promise<{ socket: WebSocket; got: any[] }> => new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${started.httpPort}/wsapi`);
        const got: any[] = [];
        socket.on('message', (data: Buffer) => got.push(JSON.parse(data.toString())));
        socket.on('open', () => { resolve({ socket, got }); });
      });
      const early = await frames();
      await call('POST', '/api/events/start', {});
      early.socket.send(`bs-session-id=${session}`);
      const right = await frames();
      right.socket.send(`bs-session-id=${session}`);
      await until(() => right.got.length === 1 && early.got.length === 1);
      const wrong = await frames();
      wrong.socket.send('bs-session-id=00000000000000000000000000000000');
      await until(() => wrong.got.length === 1);
      assert.deepEqual([right.got[0].Response.code, wrong.got[0].Response.code], ['0', '1101']);
      started.simulator.presentCard(1, '999');
      await pause(30);
      assert.equal(right.got.length, 1, 'silent until events/start');
      await call('POST', '/api/events/start', {});
      started.simulator.presentCard(1, '999');
      await until(() => right.got.length === 2);
      assert.equal(right.got[1].Event.event_type_id.code, '6146');
      for (const { socket } of [early, right, wrong]) socket.terminate();
    });
  });

  describe('to our own client', () => {
    let site: BiostarSite;
    let desk: Desk;
    beforeEach(async () => {
      site = new BiostarSite(readSiteSettings({ provider: 'biostar', domain: `http://127.0.0.1:${started.httpPort}`, siteId: '1001', email: 'demo', password: 'portal-to-door-demo' }), { clock: systemClock });
      desk = new Desk(site, new MemoryStore(), { clock: systemClock, random: cryptoRandom });
      await new UserDesk(site).upsert({ userId: RAE.userId, name: RAE.name, email: RAE.email });
    });
    afterEach(() => { site.close(); });

    it('is a server with everything, set up for the simulated portal', async () => {
      await site.info();
      assert.deepEqual(site.capabilities(), ['issue', 'reissue', 'delete', 'list', 'devices', 'blacklist', 'users', 'doors', 'events']);
      assert.equal((await site.mobileSetup()).matches, true);
    });

    it('issues, re-issues in both ways, blocks, deletes, keeps numbers back and releases them', async () => {
      assert.ok((await desk.act('issue', RAE)).ok);
      assert.ok((await desk.act('reissue', { userId: '4021', newCardId: '998' })).ok);
      started.simulator.biostar.missing.add('POST /api/v2/mobile/replace');
      const third = await desk.act('reissue', { userId: '4021', newCardId: '997' });
      assert.ok(third.ok, third.ok ? '' : third.error.message);
      assert.deepEqual(started.simulator.portal.book.all().map(({ number }) => number), ['997']);
      await site.block('997');
      assert.deepEqual(await site.blocked(), ['997']);
      await site.unblock('997');
      assert.ok((await desk.act('delete', { userId: '4021' })).ok);
      started.simulator.portal.buyCredits(1);
      const again = await desk.act('issue', { ...RAE, cardId: '998' });
      assert.equal(again.ok ? 'ok' : again.error.code, 'CARD_QUARANTINED');
      assert.ok((await desk.act('release', { cardId: '998' })).ok);
      const last = await desk.act('issue', { ...RAE, cardId: '998' });
      assert.ok(last.ok, last.ok ? '' : last.error.message);
    });

    it('refuses without credit, without a portal and without a set-up, each in its code', async () => {
      const codeOf = async (): Promise<string> => desk.act('issue', RAE).then((answer) => (answer.ok ? 'ok' : answer.error.code));
      started.simulator.portal.setOnline(false);
      assert.equal(await codeOf(), 'SITE_UNREACHABLE');
      started.simulator.portal.setOnline(true);
      started.simulator.portal.used = 3;
      assert.equal(await codeOf(), 'NO_CREDIT');
      started.simulator.biostar.mobile.configured = false;
      started.simulator.biostar.sessions.endAll();
      await site.users.get('1');
      assert.equal(await codeOf(), 'SITE_NOT_ACTIVE');
    });

    it('takes files and gives them, and goes on after "timed out"', async () => {
      const follow = { everyMs: 10, quietMs: 300, onProgress: () => undefined };
      const file = (rows: number): string => ['user_id,name', ...Array.from({ length: rows }, (_, index) => `${7000 + index},"Ann, ${index}"`)].join('\n');
      const small = await importCsv(site.api, site.users, await userCsv(`${file(2)}\nx,Bad`, null, 10_000), 'preserve', follow);
      assert.deepEqual([small.outcome, small.failedLines, small.failedCsv], ['partly', [4], 'user_id,name\r\nx,Bad\r\n']);
      const large = await importCsv(site.api, site.users, await userCsv(file(1500), null, 10_000), 'preserve', follow);
      assert.deepEqual([large.outcome, large.missing], ['followed', []]);
      assert.match(await exportCsv(site.api, ['7001'], ['user_id', 'name']), /7001,"Ann, 1"/);
    });

    it('tells events as they happen on its floor', async () => {
      const told: string[] = [];
      let listening = false;
      const feed = new EventFeed(site.api, { cursor: null, onCursor: () => undefined, onEvent: ({ kind }) => { told.push(kind); }, onState: (state) => { listening = state === 'listening'; } });
      feed.start();
      await until(() => listening);
      assert.ok((await desk.act('issue', RAE)).ok);
      started.simulator.activate(RAE.cardId);
      started.simulator.presentCard(1, RAE.cardId);
      started.simulator.doors[0]?.force();
      await site.block(RAE.cardId);
      started.simulator.presentCard(1, RAE.cardId);
      await until(() => told.filter((kind) => kind !== 'user').length === 4);
      assert.deepEqual(told.filter((kind) => kind !== 'user'), ['granted', 'forced-open', 'forced-open', 'blacklisted']);
      feed.stop();
    });

    it('keeps the Administrator', async () => {
      await assert.rejects(new UserDesk(site).delete('1'), (error: unknown) => isMcError(error, 'ADMINISTRATOR_KEPT'));
    });
  });
});
