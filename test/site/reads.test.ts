import assert from 'node:assert/strict';
import { useFakeTimers } from 'sinon';
import { CARD, closeSites, codeOf, failureOf, no, ok, PATRICK, siteAt, TestPortal, type Answer } from './test-portal';

describe('reading a site', () => {
  let portal: TestPortal;
  beforeEach(async () => { portal = await TestPortal.start(); });
  afterEach(async () => { closeSites(); await portal.stop(); });

  /** Answers GET /site/4711 with these, one after the other, then as usual. */
  function siteAnswers(...answers: Answer[]): void {
    portal.answer = ({ path }) => (path === '/site/4711' ? answers.shift() : undefined);
  }

  it('tells what it is', async () => {
    const site = siteAt(portal);
    assert.equal(site.timeZone, 'UTC');
    assert.deepEqual(await site.info(), {
      siteId: '4711', name: 'Plant North', accessType: 'REGULAR', status: 'ACTIVATED', timeZone: 'Europe/London',
      credits: { card: 12, maintenance: 0, text: 3, used: null, bought: null },
    });
    assert.equal(site.timeZone, 'Europe/London');
    assert.equal(siteAt(portal, { timeZone: 'Asia/Seoul' }).timeZone, 'Asia/Seoul');
    assert.deepEqual(site.capabilities(), ['issue', 'reissue', 'resend', 'suspend', 'resume', 'delete', 'list', 'devices', 'credits']);
  });

  it('tells PAYMENT_REQUIRED as the status it is, and credits that are not told as null', async () => {
    portal.site = { status: 'PAYMENT_REQUIRED', credit: undefined, refill: 4, timeZone: 'nowhere', accessType: 'dynamic' };
    const site = siteAt(portal);
    const { status, credits, timeZone, accessType } = await site.info();
    assert.deepEqual([status, credits.card, credits.maintenance, timeZone, accessType], ['PAYMENT_REQUIRED', null, 4, null, 'DYNAMIC']);
    assert.ok(!site.capabilities().includes('credits'));
  });

  it('keeps a prefix of the domain, encodes the site ID and keeps its connection', async () => {
    portal.answer = ({ path }) => (path === '/gate/login' ? ok({ accessToken: 't' }) : path.startsWith('/gate/site/') ? ok({ accessType: 'REGULAR', status: 'ACTIVATED' }) : undefined);
    const site = siteAt(portal, { domain: `http://127.0.0.1:${portal.port}/gate/`, siteId: '../a b' });
    await site.info();
    await site.info();
    assert.equal(portal.seen[1]?.path, '/gate/site/..%2Fa%20b');
    assert.equal(portal.connections, 1);
  });

  const bad: [string, Answer, string][] = [
    ['404', no(404, 'Site not found'), 'SITE_NOT_FOUND'], ['403', no(403, 'Forbidden'), 'PERMISSION_DENIED'],
    ['HTML', { text: '<html></html>' }, 'SITE_ANSWER_INVALID'], ['cut JSON', { text: '{"record":{"na' }, 'SITE_ANSWER_INVALID'], ['an empty body', { text: '' }, 'SITE_ANSWER_INVALID'],
    ['a list', { json: [] }, 'SITE_ANSWER_INVALID'], ['no record', { json: { status: 200 } }, 'SITE_ANSWER_INVALID'], ['a record that is text', ok('x'), 'SITE_ANSWER_INVALID'],
    ['no status', ok({ accessType: 'REGULAR' }), 'SITE_ANSWER_INVALID'], ['an unknown kind of site', ok({ accessType: 'ODD', status: 'ACTIVATED' }), 'SITE_ANSWER_INVALID'],
    ['another site', ok({ id: 4712, accessType: 'REGULAR', status: 'ACTIVATED' }), 'SITE_ANSWER_INVALID'],
    ['credits that are no number', ok({ accessType: 'REGULAR', status: 'ACTIVATED', credit: 'many' }), 'SITE_ANSWER_INVALID'],
    ['a refusal in the envelope alone', { json: { status: 404, message: 'Site not found' } }, 'SITE_NOT_FOUND'],
    ['no HTTP', (res) => { res.socket?.end('what?\r\n\r\n'); }, 'SITE_ANSWER_INVALID'],
    ['an endless answer', (res) => { res.writeHead(200); const more = (): void => { while (!res.destroyed && res.write(Buffer.alloc(1 << 20, 32))); if (!res.destroyed) res.once('drain', more); }; more(); }, 'SITE_ANSWER_INVALID'],
  ];
  for (const [words, answer, code] of bad) {
    it(`answers ${words}: ${code}, asked once`, async () => {
      portal.answer = ({ path }) => (path === '/site/4711' ? answer : undefined);
      assert.equal(await codeOf(siteAt(portal).info()), code);
      assert.equal(portal.count('GET', '/site/4711'), 1);
    });
  }

  it('is asked again after a reset, an answer that is cut off, 5xx and 429', async () => {
    siteAnswers((res) => { res.socket?.resetAndDestroy(); }, (res) => { res.writeHead(200, { 'content-length': '500' }); res.write('{"record"'); setTimeout(() => res.destroy(), 20); }, no(502, 'bad gateway'));
    await siteAt(portal).info();
    assert.equal(portal.count('GET', '/site/4711'), 4);
    siteAnswers({ ...no(429, 'slow down'), headers: { 'retry-after': '1' } });
    const from = Date.now();
    await siteAt(portal).info();
    assert.ok(Date.now() - from >= 1000);
  });

  it('is asked three times more and no oftener', async () => {
    portal.answer = ({ path }) => (path === '/site/4711' ? no(500, 'broken') : undefined);
    assert.equal(await codeOf(siteAt(portal).info()), 'SITE_UNREACHABLE');
    assert.equal(portal.count('GET', '/site/4711'), 4);
  });

  for (const [words, retryAfter, expected] of [
    ['seconds', '60', 60], ['a date', () => new Date(Date.now() + 90_000).toUTCString(), 90], ['years', '99999999', 3600],
  ] as const) {
    it(`is left alone where Retry-After asks for long: ${words}`, async () => {
      siteAnswers({ ...no(429, 'slow down'), headers: { 'retry-after': typeof retryAfter === 'string' ? retryAfter : retryAfter() } });
      const error = await failureOf(siteAt(portal).info());
      assert.equal(error.code, 'RATE_LIMITED');
      assert.ok(Math.abs((error.retryAfterSeconds ?? 0) - expected) <= 2, String(error.retryAfterSeconds));
      assert.equal(portal.count('GET', '/site/4711'), 1);
    });
  }

  it('weathers a storm of 429 for 20 callers', async () => {
    let refusals = 20;
    portal.answer = ({ path }) => (path === '/site/4711' && refusals-- > 0 ? { ...no(429, 'slow down'), headers: { 'retry-after': '1' } } : undefined);
    const site = siteAt(portal);
    await Promise.all(Array.from({ length: 20 }, () => site.info()));
    assert.equal(portal.count('POST', '/login'), 1);
    assert.equal(portal.count('GET', '/site/4711'), 40);
  });

  it('never follows a redirect: the token goes nowhere else', async () => {
    const elsewhere = await TestPortal.start();
    siteAnswers({ status: 307, headers: { location: `http://127.0.0.1:${elsewhere.port}/site/4711` } });
    assert.equal(await codeOf(siteAt(portal).info()), 'SITE_ANSWER_INVALID');
    assert.equal(elsewhere.seen.length, 0);
    await elsewhere.stop();
  });

  it('does not wait for a portal that never answers, or that drips', async () => {
    let drip: NodeJS.Timeout | undefined;
    siteAnswers(() => undefined, (res) => { res.writeHead(200); drip = setInterval(() => res.write(' '), 20); });
    const site = siteAt(portal, {}, { timeoutMs: 300 });
    for (const code of ['SITE_UNREACHABLE', 'SITE_UNREACHABLE']) {
      const from = Date.now();
      assert.equal(await codeOf(site.info()), code);
      assert.ok(Date.now() - from < 2500);
    }
    clearInterval(drip);
    assert.equal(portal.count('GET', '/site/4711'), 2);
  });

  it('is left alone after five failures in a row, says until when, and is tried again by one', async () => {
    portal.answer = ({ path }) => (path === '/user/card' ? no(503, 'down') : undefined);
    const site = siteAt(portal);
    for (let n = 0; n < 5; n += 1) assert.equal(await codeOf(site.issue(PATRICK, CARD)), 'OUTCOME_UNKNOWN');
    assert.equal(site.state, 'paused');
    const error = await failureOf(site.issue(PATRICK, CARD));
    assert.equal(error.code, 'SITE_UNREACHABLE');
    assert.match(error.message, /tried again at \d{4}-\d\d-\d\dT/);
    assert.equal(portal.count('POST', '/user/card'), 5);
    portal.answer = () => undefined;
    const clock = useFakeTimers({ now: Date.now() + 10_100, toFake: ['Date'] });
    try {
      const [answer] = await Promise.all([site.issue(PATRICK, CARD), site.info()]);
      assert.deepEqual(answer, { status: 'before-activation' });
    } finally {
      clock.restore();
    }
    assert.equal(site.state, 'signed-in');
  });

  it('does not count refusals as failures', async () => {
    portal.answer = ({ path }) => (path === '/user/card' ? no(409, 'u1001') : undefined);
    const site = siteAt(portal);
    for (let n = 0; n < 8; n += 1) assert.equal(await codeOf(site.issue(PATRICK, CARD)), 'CARD_ALREADY_ISSUED');
  });

  it('ends everything at close: requests, pauses, and what comes later', async () => {
    siteAnswers(() => undefined, { ...no(429, 'slow down'), headers: { 'retry-after': '9' } });
    const [hanging, pausing] = [siteAt(portal), siteAt(portal)];
    const codes = [codeOf(hanging.info())];
    while (portal.count('GET', '/site/4711') < 1) await new Promise((resolve) => { setTimeout(resolve, 5); });
    codes.push(codeOf(pausing.info()));
    while (portal.count('GET', '/site/4711') < 2) await new Promise((resolve) => { setTimeout(resolve, 5); });
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    const from = Date.now();
    hanging.close();
    pausing.close();
    assert.deepEqual(await Promise.all(codes), ['SITE_UNREACHABLE', 'RATE_LIMITED']);
    assert.equal(await codeOf(hanging.issue(PATRICK, CARD)), 'SITE_UNREACHABLE');
    assert.ok(Date.now() - from < 1000);
  });
});
