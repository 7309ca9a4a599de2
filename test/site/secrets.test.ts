import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ACCOUNT, CARD, closeSites, no, ok, PATRICK, siteAt, TestPortal, type Answer } from './test-portal';

/** Everything of an error that a log, a Catch node or a debugger could show. */
function everythingOf(error: unknown): string {
  const parts = [inspect(error, { depth: Infinity, showHidden: true }), JSON.stringify(error)];
  for (let at = error as Error | undefined; at instanceof Error; at = at.cause as Error | undefined) parts.push(at.message, at.stack ?? '', String((at as { code?: string }).code));
  return parts.join('\n');
}

describe('errors of a site', () => {
  let portal: TestPortal;
  beforeEach(async () => { portal = await TestPortal.start(); });
  afterEach(async () => { closeSites(); await portal.stop(); });

  /** A portal that echoes what it was told, with each answer that is no success. */
  const echoes = (said: string): Answer[] => [
    no(400, said), no(401, said), no(403, said), no(404, said), no(409, said), no(500, said), { ...no(429, said), headers: { 'retry-after': '99' } }, { text: said }, { text: `{"record":{"x":"${said}` },
    { status: 302, headers: { location: `/?${encodeURIComponent(said)}` } }, no(400, 'x', { code: said }), no(400, 'x', { error: said }), { json: { message: said } },
    ok({ status: said, rows: [{ number: said, userKey: said, name: said }], total: said }), ok({ rows: [{ number: CARD, userKey: '1', status: said }] }),
    (res) => { res.destroy(); }, (res) => { res.writeHead(200, { 'content-length': '900' }); res.write(said); setTimeout(() => res.destroy(), 5); }, (res) => { res.socket?.end(`${said}\r\n\r\n`); }, () => undefined,
  ];

  it('hold no token, no password, no name, no address and no whole card number, whatever the portal says', async function () {
    this.timeout(60_000);
    const count = echoes('').length;
    const looked = await Promise.all(Array.from({ length: count }, async (_, n) => {
      const own = await TestPortal.start();
      const site = siteAt(own, {}, { timeoutMs: 300 });
      await site.info();
      const [token = ''] = own.tokens;
      own.answer = ({ path, body, headers }) => (path === '/login' ? undefined : echoes(JSON.stringify([headers.authorization, body, PATRICK, CARD, ACCOUNT]).replaceAll('"', "'"))[n]);
      const errors: unknown[] = [];
      const calls = [() => site.issue(PATRICK, CARD), () => site.suspend(CARD), () => site.list(), () => site.devices(), () => site.info()];
      for (const call of calls) await call().catch((error: unknown) => { errors.push(error); });
      own.answer = ({ body }) => echoes(JSON.stringify(body))[n];
      const fresh = siteAt(own, {}, { timeoutMs: 300 });
      await fresh.info().catch((error: unknown) => { errors.push(error); });
      await own.stop();
      for (const error of errors) {
        const all = everythingOf(error);
        const secrets = [...own.tokens, token.split('.')[1] ?? '', ACCOUNT.password, ACCOUNT.email, PATRICK.name, PATRICK.email ?? '', CARD, 'Bearer'];
        assert.deepEqual(secrets.filter((secret) => all.includes(secret)), [], `answer ${n}: ${all}`);
      }
      return errors.length;
    }));
    assert.ok(looked.every((errors) => errors > 0) && looked.reduce((sum, errors) => sum + errors, 0) > count * 4, looked.join());
  });
});
