import assert from 'node:assert/strict';
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
import { startSimulator, type Started, until } from './start-simulator';

const RAE = { userId: '4021', name: 'Rae_Okafor 2', email: 'rae@plant.example', cardId: '70310044120018' };

describe('the simulated BioStar server, used by our own client,', () => {
  let started: Started;

  beforeEach(async () => {
    started = await startSimulator({ credits: 3 });
  });

  describe('as a site', () => {
    let site: BiostarSite;
    let desk: Desk;
    beforeEach(async () => {
      site = new BiostarSite(readSiteSettings({ provider: 'biostar', domain: `http://127.0.0.1:${started.httpPort}`, siteId: '1001', email: 'demo', password: 'portal-to-door-demo' }), { clock: systemClock });
      desk = new Desk(site, new MemoryStore(), { clock: systemClock, random: cryptoRandom });
      await new UserDesk(site).upsert({ userId: RAE.userId, name: RAE.name, email: RAE.email });
    });
    const feeds: EventFeed[] = [];
    afterEach(() => {
      feeds.pop()?.stop();
      site.close();
    });

    it('is a server with everything, set up for the simulated portal', async () => {
      await site.info();
      assert.deepEqual(site.capabilities(), ['issue', 'reissue', 'delete', 'list', 'devices', 'blacklist', 'users', 'doors', 'events']);
      assert.equal((await site.mobileSetup()).matches, true);
    });

    it('issues, re-issues in both ways, blocks, deletes, keeps numbers back and releases them', async () => {
      assert.ok((await desk.act('issue', RAE)).ok);
      assert.ok((await desk.act('reissue', { userId: '4021', newCardId: '998' })).ok);
      started.simulator.biostar.missingRoutes.add('POST /api/v2/mobile/replace');
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
      started.simulator.biostar.settings.useMobileCredential = false;
      started.simulator.biostar.expireSessions();
      await site.users.get('1');
      assert.equal(await codeOf(), 'SITE_NOT_ACTIVE');
    });

    it('takes files and gives them, and goes on after "timed out"', async function () {
      // Fifteen hundred users are counted again and again until nothing changes any more.
      this.timeout(60_000);
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
      const feed = feeds[0] = new EventFeed(site.api, { cursor: null, onCursor: () => undefined, onEvent: ({ kind }) => { told.push(kind); }, onState: (state) => { listening = state === 'listening'; } });
      feed.start();
      await until(() => listening);
      assert.ok((await desk.act('issue', RAE)).ok);
      started.simulator.activate(RAE.cardId);
      started.simulator.presentCard(1, RAE.cardId);
      started.simulator.doors[0]?.force();
      await site.block(RAE.cardId);
      started.simulator.presentCard(1, RAE.cardId);
      const seen = (): string[] => told.filter((kind) => ['granted', 'forced-open', 'blacklisted'].includes(kind));
      await until(() => seen().includes('blacklisted'));
      assert.deepEqual([...new Set(seen())], ['granted', 'forced-open', 'blacklisted']);
    });

    it('keeps the Administrator', async () => {
      await assert.rejects(new UserDesk(site).delete('1'), (error: unknown) => isMcError(error, 'ADMINISTRATOR_KEPT'));
    });
  });
});
