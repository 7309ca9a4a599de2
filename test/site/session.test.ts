import assert from 'node:assert/strict';
import { ACCOUNT, CARD, closeSites, codeOf, failureOf, HandClock, no, ok, PATRICK, siteAt, TestPortal } from './test-portal';

describe('the session of a site', () => {
  let portal: TestPortal;
  beforeEach(async () => { portal = await TestPortal.start(); });
  afterEach(async () => { closeSites(); await portal.stop(); });

  it('is one for 20 callers at once', async () => {
    const site = siteAt(portal);
    await Promise.all(Array.from({ length: 20 }, () => site.info()));
    assert.equal(portal.count('POST', '/login'), 1);
    assert.deepEqual(portal.seen[0]?.body, ACCOUNT);
    assert.equal(new Set(portal.seen.slice(1).map(({ token }) => token)).size, 1);
  });

  it('is renewed once when a storm of 401 hits 20 callers, each replayed once', async () => {
    const site = siteAt(portal);
    await site.info();
    portal.tokens.clear();
    await Promise.all(Array.from({ length: 20 }, () => site.info()));
    assert.equal(portal.count('POST', '/login'), 2);
    assert.ok(portal.count('GET', '/site/4711') <= 41);
  });

  it('is renewed at 80 % of a token\'s own life, whatever the portal\'s clock says, when next used', async () => {
    const clock = new HandClock();
    portal.tokenSeconds = 600;
    const site = siteAt(portal, {}, { clock });
    assert.equal(site.session(), null);
    await site.info();
    assert.deepEqual(site.session(), { since: new Date(clock.now()).toISOString(), expiresAt: new Date(clock.now() + 600_000).toISOString() });
    clock.forward(479_000);
    await site.info();
    assert.equal(portal.count('POST', '/login'), 1);
    clock.forward(2000);
    await site.info();
    assert.equal(portal.count('POST', '/login'), 2);
  });

  it('lives an hour where the token is no JWT, and is no session after that', async () => {
    const clock = new HandClock();
    portal.answer = ({ path }) => {
      if (path !== '/login') return undefined;
      portal.tokens.add('opaque');
      return ok({ accessToken: 'opaque' });
    };
    const site = siteAt(portal, {}, { clock });
    await site.info();
    assert.equal(site.session()?.expiresAt, new Date(clock.now() + 3_600_000).toISOString());
    clock.forward(3_600_000);
    assert.equal(site.session(), null);
  });

  it('keeps an old token that still lives when its renewal fails for a while', async () => {
    const clock = new HandClock();
    const site = siteAt(portal, {}, { clock });
    await site.info();
    clock.forward(3_000_000);
    portal.answer = ({ path }) => (path === '/login' ? no(503, 'maintenance') : undefined);
    assert.equal((await site.info()).name, 'Plant North');
    clock.forward(700_000);
    assert.equal(await codeOf(site.issue(PATRICK, CARD)), 'SITE_UNREACHABLE');
  });

  it('is not asked for again for some seconds after a refusal, unless a person asks', async () => {
    const clock = new HandClock();
    const site = siteAt(portal, { password: 'wrong' }, { clock });
    const errors = await Promise.all(Array.from({ length: 20 }, () => failureOf(site.info())));
    assert.deepEqual([...new Set(errors.map(({ code }) => code))], ['LOGIN_REFUSED']);
    assert.equal(await codeOf(site.list()), 'LOGIN_REFUSED');
    assert.equal(await codeOf(site.issue(PATRICK, CARD)), 'LOGIN_REFUSED');
    assert.equal(portal.count('POST', '/login'), 1);
    site.forgive();
    assert.equal(await codeOf(site.info()), 'LOGIN_REFUSED');
    assert.equal(portal.count('POST', '/login'), 2);
    clock.forward(11_000);
    assert.equal(await codeOf(site.info()), 'LOGIN_REFUSED');
    assert.equal(portal.count('POST', '/login'), 3);
  });

  it('gives up after one replay where a fresh token is refused too', async () => {
    portal.answer = ({ path }) => (path === '/login' ? undefined : no(401, 'Unauthorized'));
    const site = siteAt(portal);
    assert.equal(await codeOf(site.issue(PATRICK, CARD)), 'LOGIN_REFUSED');
    assert.equal(portal.count('POST', '/user/card'), 2);
    assert.equal(portal.count('POST', '/login'), 2);
  });

  it('replays a write once after a 401, which says that nothing was done', async () => {
    const site = siteAt(portal);
    await site.info();
    portal.tokens.clear();
    assert.deepEqual(await site.issue(PATRICK, CARD), { status: 'before-activation' });
    assert.equal(portal.count('POST', '/user/card'), 2);
  });

  const logins: [string, ReturnType<typeof no>, string][] = [
    ['400', no(400, 'bad request'), 'LOGIN_REFUSED'], ['401', no(401, 'Unauthorized'), 'LOGIN_REFUSED'], ['403', no(403, 'Forbidden'), 'LOGIN_REFUSED'],
    ['404 for the user', no(404, 'User not found'), 'LOGIN_REFUSED'],
    ['423', no(423, 'Locked'), 'ACCOUNT_LOCKED'], ['401 that says locked', no(401, 'The account is locked for 10 minutes'), 'ACCOUNT_LOCKED'],
    ['403 that says dormant', no(403, 'DORMANT_ACCOUNT'), 'ACCOUNT_LOCKED'], ['401 that wants 2FA', no(401, 'two-factor authentication required'), 'ACCOUNT_LOCKED'],
    ['an account that is not activated', ok({ accessToken: 'x', accountStatus: 'DORMANT' }), 'ACCOUNT_LOCKED'],
    ['no token', ok({ name: 'x' }), 'SITE_ANSWER_INVALID'], ['a token for two headers', ok({ accessToken: 'a\r\nb: c' }), 'SITE_ANSWER_INVALID'],
    ['HTML', { text: '<html>Welcome</html>' }, 'SITE_ANSWER_INVALID'], ['HTML with 404', { status: 404, text: '<html>404</html>' }, 'SITE_ANSWER_INVALID'],
    ['cut JSON', { text: '{"status":200,"record":{"accessTok' }, 'SITE_ANSWER_INVALID'], ['null', { text: 'null' }, 'SITE_ANSWER_INVALID'],
    ['a refusal in the envelope alone', { json: { status: 401, message: 'Unauthorized' } }, 'LOGIN_REFUSED'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'SITE_ANSWER_INVALID'],
    ['429', { ...no(429, 'slow down'), headers: { 'retry-after': '30' } }, 'RATE_LIMITED'],
  ];
  for (const [words, answer, code] of logins) {
    it(`a login answered with ${words} is ${code}, and nothing else is asked`, async () => {
      portal.answer = ({ path }) => (path === '/login' ? answer : undefined);
      const site = siteAt(portal);
      assert.equal(await codeOf(site.info()), code);
      assert.deepEqual([...new Set(portal.seen.map(({ path }) => path))], ['/login']);
      assert.equal(site.state, 'failed');
    });
  }

  it('shows its state, at once and with each change', async () => {
    const site = siteAt(portal);
    const states: string[] = [];
    const unfollow = site.onState((state, error) => states.push(error === null ? state : `${state} ${error.code}`));
    await site.info();
    portal.answer = () => no(403, 'no');
    await codeOf(site.info());
    await portal.stop();
    await codeOf(site.issue(PATRICK, CARD));
    unfollow();
    site.close();
    assert.deepEqual(states, ['signed-out', 'signing-in', 'signed-in', 'failed SITE_UNREACHABLE']);
  });
});
