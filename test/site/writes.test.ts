import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import type { SitePort } from '../../nodes/credential/site-port';
import { CARD, closeSites, codeOf, failureOf, no, ok, PATRICK, siteAt, TestPortal, type Answer } from './test-portal';

/** A portal needs one request an operation, so nothing is kept of its way. */
const STEPS = { userId: '4021', progress: {}, keep: () => Promise.resolve() };

const WRITES: [string, string, (site: SitePort) => Promise<unknown>][] = [
  ['issue', '/user/card', (site) => site.issue(PATRICK, CARD, STEPS)],
  ['reissue', `/user/card/${CARD}`, (site) => site.reissue(CARD, '123', STEPS)],
  ['resend', `/user/card/${CARD}/resend`, (site) => site.resend(CARD)],
  ['suspend', `/user/card/${CARD}/suspend`, (site) => site.suspend(CARD)],
  ['resume', `/user/card/${CARD}/resume`, (site) => site.resume(CARD)],
  ['delete', `/user/card/${CARD}`, (site) => site.delete(CARD, STEPS)],
];

describe('writing to a site', () => {
  let portal: TestPortal;
  beforeEach(async () => { portal = await TestPortal.start(); });
  afterEach(async () => { closeSites(); await portal.stop(); });

  /** Answers every write with this. */
  function writesAnswer(answer: Answer): void {
    portal.answer = ({ path }) => (path.startsWith('/user/card') ? answer : undefined);
  }

  const writes = (): number => portal.seen.filter(({ path }) => path.startsWith('/user/card')).length;

  it('issues with user and card in one, and leaves out what is not known', async () => {
    const site = siteAt(portal);
    assert.deepEqual(await site.issue(PATRICK, CARD), { status: 'before-activation' });
    assert.deepEqual(portal.seen.at(-1)?.body, {
      siteId: '4711', user: { userKey: '4021', email: 'patrick@plant.example', meta: '{"name":"Patrick Johnson"}' }, card: { number: CARD },
    });
    await site.issue({ ...PATRICK, phone: '+447700900123', department: 'Maintenance', title: 'Fitter', validFrom: '2026-01-01T00:00:00.000Z', validTo: '2026-12-31T23:59:59.999Z' }, '9'.repeat(32));
    const { user, card } = portal.seen.at(-1)!.body;
    assert.equal(user.phone, '+447700900123');
    assert.deepEqual(JSON.parse(user.meta), { name: 'Patrick Johnson', department: 'Maintenance', title: 'Fitter' });
    assert.deepEqual(card, { number: '9'.repeat(32), startDate: 1_767_225_600_000, endDate: 1_798_761_599_999 });
  });

  it('uses the contract\'s routes', async () => {
    const site = siteAt(portal);
    for (const [, , write] of WRITES) await write(site);
    const asked = portal.seen.filter(({ path }) => path.startsWith('/user/card')).map(({ method, path, body }) => [method, path.replace(CARD, '#'), body === undefined ? null : body.card]);
    assert.deepEqual(asked, [
      ['POST', '/user/card', { number: CARD }], ['PUT', '/user/card/#', { number: '123' }], ['POST', '/user/card/#/resend', null],
      ['POST', '/user/card/#/suspend', null], ['POST', '/user/card/#/resume', null], ['DELETE', '/user/card/#', null],
    ]);
  });

  it('uses the site\'s own routes, the user looked up where one names it', async () => {
    portal.cards = [{ number: CARD, userKey: 'a/b', status: 'ACTIVE' }];
    portal.answer = ({ path }) => (path.startsWith('/people/') ? ok({ state: 'x' }) : undefined);
    const site = siteAt(portal, { routes: { suspend: { method: 'PATCH', path: '/people/{userId}/cards?n={cardId}&s={siteId}', body: { who: ['{userId}', '{siteId}', 7] } } } });
    assert.deepEqual(await site.suspend(CARD), { status: null });
    const last = portal.seen.at(-1);
    assert.deepEqual([last?.method, last?.path, last?.url.search, last?.body], ['PATCH', '/people/a%2Fb/cards', `?n=${CARD}&s=4711`, { who: ['a/b', '4711', 7] }]);
    assert.equal(await codeOf(site.suspend('5')), 'CARD_NOT_FOUND');
  });

  it('gives the status only where the answer tells one that is known', async () => {
    for (const [record, status] of [[{ status: 'ACTIVE' }, 'activated'], [{ status: 'paused' }, 'paused'], [{ status: 'ODD' }, null], [{ status: 3 }, null], [{}, null]] as const) {
      writesAnswer(ok(record));
      assert.deepEqual(await siteAt(portal).suspend(CARD), { status });
    }
    writesAnswer(ok({ status: 'DELETED' }));
    assert.deepEqual(await siteAt(portal).reissue(CARD, '123'), { status: null });
    writesAnswer(ok({ status: 'ACTIVE' }));
    assert.deepEqual(await siteAt(portal).delete(CARD), { status: 'deleted' });
  });

  const unknown: [string, Answer][] = [
    ['a connection that is reset', (res) => { res.socket?.resetAndDestroy(); }], ['a connection that ends', (res) => { res.destroy(); }],
    ['half an answer', (res) => { res.writeHead(200, { 'content-length': '99' }); res.write('{'); setTimeout(() => res.destroy(), 10); }],
    ['500', no(500, 'broken')], ['502', { status: 502, text: '<html>' }], ['504', { status: 504 }], ['408', no(408, 'timeout')],
    ['a redirect', { status: 302, headers: { location: '/' } }], ['a redirect that keeps the method', { status: 307, headers: { location: '/' } }],
    ['HTML', { text: '<html>gateway</html>' }], ['cut JSON', { text: '{"status":200,"record":{"num' }], ['an empty 200', { text: '' }],
    ['no record', { json: { status: 200, message: 'success' } }], ['a record that is null', ok(null)], ['a record that is a list', ok([])],
    ['a refusal that HTTP calls a success', { json: { status: 400, message: 'no' } }], ['no answer at all', () => undefined],
  ];
  for (const [words, answer] of unknown) {
    it(`is OUTCOME_UNKNOWN after ${words}, and never sent again`, async () => {
      writesAnswer(answer);
      for (const [name, path, write] of WRITES.slice(0, 2)) {
        const error = await failureOf(write(siteAt(portal, {}, { timeoutMs: 400 })));
        assert.equal(error.code, 'OUTCOME_UNKNOWN', name);
        assert.ok((error.cause as { code?: string } | undefined)?.code, 'it says why');
        assert.equal(portal.seen.filter((seen) => seen.path === path).length, 1);
      }
      assert.equal(writes(), 2);
    });
  }

  const refused: [string, Answer, string][] = [
    ['u1001', no(400, 'card error', { code: 'u1001' }), 'CARD_ALREADY_ISSUED'], ['MOBILE_CARD_ALREADY_ISSUED', no(400, 'MOBILE_CARD_ALREADY_ISSUED'), 'CARD_ALREADY_ISSUED'],
    ['409', no(409, 'conflict'), 'CARD_ALREADY_ISSUED'], ['NO_EMAIL', no(400, 'x', { error: { code: 'NO_EMAIL' } }), 'EMAIL_MISSING'],
    ['402', { status: 402 }, 'NO_CREDIT'], ['credit words', no(400, 'Not enough credits'), 'NO_CREDIT'], ['PAYMENT_REQUIRED', no(403, 'PAYMENT_REQUIRED'), 'SITE_NOT_ACTIVE'],
    ['403', no(403, 'Forbidden'), 'PERMISSION_DENIED'], ['429', { ...no(429, 'slow down'), headers: { 'retry-after': '7' } }, 'RATE_LIMITED'],
    ['an unknown site', no(404, 'Site not found'), 'SITE_NOT_FOUND'], ['a missing period', no(400, 'startDate is required'), 'PERIOD_MISSING'],
    ['a bad number', no(422, 'card.number is invalid'), 'CARD_ID_INVALID'], ['something else', no(400, 'e9999 whatever'), 'INPUT_INVALID'],
    ['HTML 404', { status: 404, text: '<h1>Not found</h1>' }, 'SITE_ANSWER_INVALID'],
  ];
  for (const [words, answer, code] of refused) {
    it(`is ${code} after ${words}, asked once`, async () => {
      writesAnswer(answer);
      assert.equal(await codeOf(siteAt(portal).issue(PATRICK, CARD)), code);
      assert.equal(writes(), 1);
    });
  }

  const cardAnswers: [string, Answer, string][] = [
    ['Card not found', no(404, 'Card not found'), 'CARD_NOT_FOUND'], ['a code', no(404, 'x', { code: 'CARD_NOT_EXIST' }), 'CARD_NOT_FOUND'],
    ['Cannot POST', no(404, `Cannot POST /user/card/${CARD}/suspend`), 'NOT_SUPPORTED'], ['HTML', { status: 404, text: '<html>' }, 'NOT_SUPPORTED'],
    ['405', no(405, 'Method Not Allowed'), 'NOT_SUPPORTED'], ['501', no(501, 'Not Implemented'), 'NOT_SUPPORTED'],
    ['a gateway', { status: 403, json: { message: 'Missing Authentication Token' } }, 'NOT_SUPPORTED'],
    ['a framework', { status: 404, json: { status: 404, error: 'Not Found', path: `/user/card/${CARD}` } }, 'NOT_SUPPORTED'],
  ];
  for (const [words, answer, code] of cardAnswers) {
    it(`tells a card from a route that is unknown: ${words} is ${code}`, async () => {
      writesAnswer(answer);
      const site = siteAt(portal);
      assert.equal(await codeOf(site.suspend(CARD)), code);
      assert.equal(site.capabilities().includes('suspend'), code !== 'NOT_SUPPORTED');
      assert.ok(site.capabilities().includes('resume'));
    });
  }

  it('counts a card that is gone as deleted, and nothing else', async () => {
    writesAnswer(no(404, 'Card not found'));
    assert.deepEqual(await siteAt(portal).delete(CARD), { status: 'deleted' });
    writesAnswer({ status: 404, text: '<html>' });
    assert.equal(await codeOf(siteAt(portal).delete(CARD)), 'NOT_SUPPORTED');
  });

  it('takes 204 for done where no credit is spent', async () => {
    writesAnswer({ status: 204 });
    assert.deepEqual(await siteAt(portal).suspend(CARD), { status: null });
    assert.equal(await codeOf(siteAt(portal).reissue(CARD, '1')), 'OUTCOME_UNKNOWN');
    assert.equal(await codeOf(siteAt(portal).issue(PATRICK, CARD)), 'OUTCOME_UNKNOWN');
  });

  it('offers a route that was missing again after the next sign-in', async () => {
    writesAnswer({ status: 404 });
    const site = siteAt(portal);
    assert.equal(await codeOf(site.resend(CARD)), 'NOT_SUPPORTED');
    assert.ok(!site.capabilities().includes('resend'));
    portal.tokens.clear();
    await site.info();
    assert.ok(site.capabilities().includes('resend'));
  });

  it('is refused for good where "routes" says null', async () => {
    const site = siteAt(portal, { routes: { resend: null, list: null } });
    assert.equal(await codeOf(site.resend(CARD)), 'NOT_SUPPORTED');
    assert.equal(await codeOf(site.list()), 'NOT_SUPPORTED');
    assert.deepEqual(site.capabilities().filter((name) => name === 'resend' || name === 'list'), []);
    assert.equal(portal.seen.length, 0);
  });

  describe('before anything left', () => {
    it('is a plain refusal where nobody listens', async () => {
      const site = siteAt(portal);
      await site.info();
      await portal.stop();
      assert.equal(await codeOf(site.issue(PATRICK, CARD)), 'SITE_UNREACHABLE');
    });

    it('is a plain refusal where the sign-in fails, however it fails', async () => {
      for (const answer of [no(500, 'x'), (res) => { res.destroy(); }, { text: 'x' }] satisfies Answer[]) {
        portal.answer = ({ path }) => (path === '/login' ? answer : undefined);
        assert.notEqual(await codeOf(siteAt(portal).issue(PATRICK, CARD)), 'OUTCOME_UNKNOWN');
      }
      assert.equal(writes(), 0);
    });

    it('is a plain refusal where no secure connection comes about: the server says nothing', async () => {
      const mute = createServer((socket) => { socket.on('error', () => undefined).resume(); });
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const { port } = mute.address() as AddressInfo;
      const site = siteAt({ port }, { domain: `https://127.0.0.1:${port}` }, { timeoutMs: 200 });
      assert.equal(await codeOf(site.issue(PATRICK, CARD)), 'SITE_UNREACHABLE');
      await new Promise((resolve) => mute.close(resolve));
    });
  });

  it('is not hurt by kept connections that the portal has closed meanwhile', async () => {
    const site = siteAt(portal);
    await site.info();
    for (const { socket } of portal.seen) socket.destroy();
    assert.deepEqual(await site.issue(PATRICK, CARD), { status: 'before-activation' });
    await site.info();
  });

  it('is OUTCOME_UNKNOWN where the node is stopped in the middle', async () => {
    writesAnswer(() => undefined);
    const site = siteAt(portal);
    const code = codeOf(site.issue(PATRICK, CARD));
    while (writes() === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
    site.close();
    assert.equal(await code, 'OUTCOME_UNKNOWN');
  });
});
