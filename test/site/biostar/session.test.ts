import assert from 'node:assert/strict';
import { isMcError } from '../../../nodes/credential/mc-error';
import type { BiostarSite } from '../../../nodes/site/biostar/biostar-site';
import { EventFeed } from '../../../nodes/site/biostar/event-feed';
import { readSiteSettings } from '../../../nodes/site/site-settings';
import { type Certificates, makeCertificates } from '../certificates';
import { World } from './world';

const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'ok', (error: unknown) => {
  assert.ok(isMcError(error), String(error));
  return error.code;
});

describe('a BioStar session', () => {
  let world: World;
  beforeEach(async () => { world = await World.start(); });
  afterEach(() => world.stop());

  it('is one for all, signed in to once', async () => {
    const site = world.site();
    await Promise.all(Array.from({ length: 20 }, () => site.users.get('1')));
    assert.equal(world.server.logins, 1);
    await site.info();
    const session = site.session();
    assert.ok(session?.expiresAt !== null && session !== null && Date.parse(session.expiresAt) - Date.parse(session.since) >= 3_599_000);
  });

  for (const fault of ['kick', 'expire'] as const) {
    it(`signs in once again after code ${fault === 'kick' ? 10 : 11}, however many meet it, and replays each`, async () => {
      const site = world.site();
      await site.users.get('1');
      if (fault === 'kick') world.server.kickAll();
      else {
        let first = true;
        world.server.fault = () => {
          const now = first;
          first = false;
          return now ? 'expire' : null;
        };
      }
      await Promise.all(Array.from({ length: 10 }, () => site.users.get('1')));
      assert.equal(world.server.logins, 2);
    });
  }

  it('gives up when the new session is refused too', async () => {
    const site = world.site();
    world.server.fault = (_method, path) => (path.startsWith('/api/users') ? 'kick' : null);
    assert.equal(await codeOf(site.users.get('1')), 'LOGIN_REFUSED');
    assert.equal(world.server.logins, 2);
  });

  const refusals: [number, string][] = [[101, 'LOGIN_REFUSED'], [113, 'ACCOUNT_LOCKED'], [122, 'ACCOUNT_LOCKED'], [109, 'PERMISSION_DENIED'], [114, 'PERMISSION_DENIED'], [110, 'LOGIN_REFUSED'], [331791, 'NOT_SUPPORTED']];
  for (const [code, wanted] of refusals) {
    for (const bare of [false, true]) {
      it(`says ${wanted} for code ${code} at the login${bare ? ', without its wrapper' : ''}`, async () => {
        world.server.fault = (_method, path) => (path === '/api/login' ? { http: 400, code, bare } : null);
        assert.equal(await codeOf(world.site().info()), wanted);
      });
    }
  }

  it('says ACCOUNT_LOCKED for a password that has to be changed', async () => {
    world.server.needToUpdatePw = true;
    assert.equal(await codeOf(world.site().info()), 'ACCOUNT_LOCKED');
  });

  it('says what it is, its version and how its settings compare', async () => {
    const site = world.site();
    const info = await site.info();
    assert.deepEqual([info.accessType, info.status, info.siteId], ['REGULAR', 'ACTIVATED', '4711']);
    assert.equal(site.version, '2.9.8');
    assert.deepEqual(await site.mobileSetup(), { configured: true, siteId: '4711', siteType: 'REGULAR', matches: true });
    assert.equal((await world.site({ siteId: '1' }).mobileSetup()).matches, false);
    assert.equal((await world.site({ siteId: '' }).mobileSetup()).matches, null);
    assert.deepEqual(site.capabilities(), ['issue', 'reissue', 'delete', 'list', 'devices', 'blacklist', 'users', 'doors', 'events']);
  });

  it('drops the capabilities whose calls answer 103, and says why', async () => {
    world.server.missing.add('GET /api/cards/blacklist').add('POST /api/events/search');
    const site = world.site();
    await site.info();
    assert.ok(!site.capabilities().includes('blacklist') && !site.capabilities().includes('events') && site.capabilities().includes('issue'));
    const lacks = Object.fromEntries(site.unavailable().map(({ capability, reason }) => [capability, reason]));
    assert.match(String(lacks['blacklist']), /103/);
    assert.match(String(lacks['credits']), /portal/);
  });

  it('needs an address, and takes one that ends in /api', () => {
    const raw = { provider: 'biostar', email: 'a', password: 'b' };
    assert.throws(() => readSiteSettings(raw), (error: unknown) => isMcError(error, 'CONFIG_MISSING'));
    assert.equal(readSiteSettings({ ...raw, domain: 'https://biostar.example/api/' }).baseUrl, 'https://biostar.example');
    assert.equal(readSiteSettings({ ...raw, domain: 'biostar.example', port: '8443' }).siteId, '');
    assert.throws(() => readSiteSettings({ ...raw, domain: 'http://biostar.example' }), (error: unknown) => isMcError(error, 'CONFIG_INVALID'));
  });
});

describe('a BioStar server with a certificate of its own', function () {
  let world: World;
  let tls: Certificates['selfSigned'];
  before(function () {
    this.timeout(30_000);
    const made = makeCertificates();
    if (made === null) this.skip();
    tls = made.selfSigned;
  });
  beforeEach(async () => { world = await World.start(tls); });
  afterEach(() => world.stop());
  const domain = (): string => `https://127.0.0.1:${world.server.port}`;

  it('is not trusted by itself', async () => {
    assert.equal(await codeOf(world.site({ domain: domain() }).info()), 'SITE_TLS');
    assert.equal(world.server.logins, 0);
  });

  it('is trusted by its authority, or by its fingerprint, and by no other', async () => {
    await world.site({ domain: domain() }, { tls: { ca: tls.cert } }).info();
    await world.site({ domain: domain(), pin: tls.fingerprint }).info();
    assert.equal(await codeOf(world.site({ domain: domain(), pin: '0'.repeat(64) }).info()), 'SITE_TLS');
  });

  it('tells its events over a connection that is trusted the same way', async () => {
    const told = async (site: BiostarSite): Promise<string> => {
      const outcome = new Promise<string>((resolve) => {
        const feed = new EventFeed(site.api, {
          cursor: null, onCursor: () => undefined, onEvent: ({ kind }) => { resolve(kind); },
          onState: (state, error) => {
            if (state === 'listening') world.server.emit(4118);
            if (error !== null) resolve(error.code);
          },
        });
        feeds.push(feed);
        feed.start();
      });
      return outcome;
    };
    const feeds: EventFeed[] = [];
    assert.equal(await told(world.site({ domain: domain(), pin: tls.fingerprint })), 'granted');
    assert.equal(await told(world.site({ domain: domain() }, { tls: { ca: tls.cert } })), 'granted');
    assert.equal(await told(world.site({ domain: domain() })), 'SITE_TLS');
    for (const feed of feeds) feed.stop();
  });

  it('is trusted unseen only where that is said, and the site shows it', async () => {
    const site = world.site({ domain: domain() }, { unverified: true });
    await site.info();
    assert.equal(site.unverified, true);
    const pinned = world.site({ domain: domain(), pin: '0'.repeat(64) }, { unverified: true });
    assert.equal(await codeOf(pinned.info()), 'SITE_TLS');
    assert.equal(pinned.unverified, false);
  });
});
