import assert from 'node:assert/strict';
import type { Certificates } from './certificates';
import { makeCertificates } from './certificates';
import { CARD, closeSites, codeOf, failureOf, PATRICK, siteAt, TestPortal } from './test-portal';
import { TestProxy, withEnvironment } from './test-proxy';

describe('TLS to a site', () => {
  let certificates: Certificates;
  let portal: TestPortal;
  let restore: () => void;

  before(function () {
    this.timeout(30_000);
    const made = makeCertificates();
    if (made === null) this.skip();
    certificates = made;
  });
  beforeEach(() => { restore = withEnvironment({}); });
  afterEach(async () => {
    closeSites();
    restore();
    await portal.stop();
  });

  async function serve(name: keyof Certificates): Promise<string> {
    const { key, cert } = certificates[name];
    portal = await TestPortal.start({ key, cert });
    return `https://127.0.0.1:${portal.port}`;
  }

  const ca = (): { ca: string } => ({ ca: certificates.authority.cert });

  it('works with the authority of a tls-config, and keeps its connection for reads', async () => {
    const domain = await serve('good');
    const site = siteAt(portal, { domain }, { tls: ca() });
    await site.info();
    await site.info();
    assert.equal(portal.connections, 1);
    assert.deepEqual(await site.issue(PATRICK, CARD), { status: 'before-activation' });
    await siteAt(portal, { domain: domain.replace('127.0.0.1', 'localhost') }, { tls: ca() }).info();
  });

  const untrusted: [string, keyof Certificates, boolean, RegExp][] = [
    ['an unknown authority', 'good', false, /unknown authority/],
    ['another host name', 'otherName', true, /another host name/],
    ['a certificate that has expired', 'expired', true, /expired/],
    ['a self-signed certificate', 'selfSigned', true, /self-signed/],
  ];
  for (const [words, name, withCa, expected] of untrusted) {
    it(`is SITE_TLS with ${words}: nothing is sent, a write is no unknown outcome, and the reason stays`, async () => {
      const domain = await serve(name);
      const site = siteAt(portal, { domain }, { tls: withCa ? ca() : undefined });
      for (let n = 0; n < 6; n += 1) {
        const error = await failureOf(n % 2 === 0 ? site.issue(PATRICK, CARD) : site.info());
        assert.equal(error.code, 'SITE_TLS');
        assert.match(error.message, expected);
      }
      assert.equal(portal.seen.length, 0);
    });
  }

  it('is always verified, whatever a tls-config says', async () => {
    const domain = await serve('good');
    const tls = { rejectUnauthorized: false, checkServerIdentity: () => undefined } as object;
    assert.equal(await codeOf(siteAt(portal, { domain }, { tls }).info()), 'SITE_TLS');
  });

  it('is compared with the server name of a tls-config', async () => {
    const domain = await serve('otherName');
    await siteAt(portal, { domain }, { tls: { ...ca(), servername: 'portal.example' } }).info();
  });

  for (const name of ['selfSigned', 'good', 'expired'] as const) {
    it(`takes exactly the pinned certificate: ${name}`, async () => {
      const domain = await serve(name);
      const { fingerprint } = certificates[name];
      await siteAt(portal, { domain, pin: fingerprint }).info();
      await siteAt(portal, { domain, pin: fingerprint.replaceAll(':', '').toLowerCase() }).issue(PATRICK, CARD);
    });
  }

  it('takes nothing but the pinned certificate, also where the authority is known', async () => {
    const domain = await serve('good');
    for (const tls of [undefined, ca()]) {
      const error = await failureOf(siteAt(portal, { domain, pin: certificates.selfSigned.fingerprint }, { tls }).issue(PATRICK, CARD));
      assert.equal(error.code, 'SITE_TLS');
      assert.match(error.message, /pinned/);
    }
    assert.equal(portal.seen.length, 0);
  });

  it('is SITE_TLS where the server speaks plain HTTP, and SITE_ANSWER_INVALID or so the other way round', async () => {
    portal = await TestPortal.start();
    assert.equal(await codeOf(siteAt(portal, { domain: `https://127.0.0.1:${portal.port}` }).info()), 'SITE_TLS');
    await portal.stop();
    await serve('good');
    assert.match(await codeOf(siteAt(portal, { domain: `http://127.0.0.1:${portal.port}` }).info()), /^SITE_(ANSWER_INVALID|UNREACHABLE)$/);
  });

  describe('through a proxy', () => {
    let proxy: TestProxy;
    beforeEach(async () => { proxy = await new TestProxy().start(); });
    afterEach(async () => { closeSites(); await proxy.stop(); });

    it('tunnels, with the authority and with a pin, for reads and writes', async () => {
      const domain = await serve('good');
      Object.assign(process.env, { HTTPS_PROXY: `http://us%40er:p%3Aw@${proxy.host}` });
      const site = siteAt(portal, { domain }, { tls: ca() });
      await site.info();
      await site.issue(PATRICK, CARD);
      await siteAt(portal, { domain, pin: certificates.good.fingerprint }).info();
      assert.deepEqual([...new Set(proxy.seen)], [`CONNECT 127.0.0.1:${portal.port}`]);
      assert.deepEqual([...new Set(proxy.accounts)], [`Basic ${Buffer.from('us@er:p:w').toString('base64')}`]);
      assert.equal(portal.seen.some(({ headers }) => headers['proxy-authorization'] !== undefined), false);
    });

    it('verifies behind the tunnel as without one', async () => {
      const domain = await serve('selfSigned');
      process.env['https_proxy'] = proxy.host;
      assert.equal(await codeOf(siteAt(portal, { domain }).info()), 'SITE_TLS');
      assert.equal(await codeOf(siteAt(portal, { domain, pin: certificates.good.fingerprint }).info()), 'SITE_TLS');
      assert.equal(portal.seen.length, 0);
    });

    for (const [refusal, expected] of [['403 Forbidden', /it answered 403/], ['407 Proxy Authentication Required', /wants an account/], ['502 Bad Gateway', /it answered 502/]] as const) {
      it(`never takes the proxy's ${refusal} for the site's answer`, async () => {
        const domain = await serve('good');
        proxy.refuseWith = refusal;
        process.env['HTTPS_PROXY'] = `http://user:wordofproxy@${proxy.host}`;
        const error = await failureOf(siteAt(portal, { domain }, { tls: ca() }).issue(PATRICK, CARD));
        assert.equal(error.code, 'SITE_UNREACHABLE');
        assert.match(error.message, expected);
        assert.doesNotMatch(error.message, /wordofproxy/);
      });
    }

    it('goes without where NO_PROXY lists the host', async () => {
      const domain = await serve('good');
      Object.assign(process.env, { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: 'portal.example, 127.0.0.0/8' });
      await siteAt(portal, { domain }, { tls: ca() }).info();
      assert.deepEqual(proxy.seen, []);
    });

    it('forwards plain HTTP', async () => {
      portal = await TestPortal.start();
      process.env['HTTP_PROXY'] = `http://${proxy.host}`;
      const site = siteAt(portal);
      await site.info();
      await site.issue(PATRICK, CARD);
      assert.deepEqual(proxy.seen.map((line) => line.replace(`http://127.0.0.1:${portal.port}`, '')), ['POST /login', 'GET /site/4711', 'POST /user/card']);
    });
  });
});
