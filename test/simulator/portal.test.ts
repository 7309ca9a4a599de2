import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { ask, type HttpReply, press, signIn, type Started, startSimulator } from './start-simulator';

const PATRICK = '998877665544';
const ACCOUNT = { email: 'demo@portal-to-door.example', password: 'portal-to-door-demo' };

function person(userKey = '4021', number = PATRICK, more: object = {}): object {
  return {
    siteId: '1001',
    user: { userKey, email: `user${userKey}@example.com`, meta: JSON.stringify({ name: `Person ${userKey}`, department: 'Maintenance', title: 'Fitter' }) },
    card: { number },
    ...more,
  };
}

describe('simulator: the portal', () => {
  let started: Started;
  let token: string;
  const call = (method: string, path: string, body?: unknown): Promise<HttpReply> => ask(started.httpPort, method, path, { token, body });

  beforeEach(async () => {
    started = await startSimulator();
    token = await signIn(started.httpPort);
  });

  describe('signing in', () => {
    it('gives a JWT of one hour, signed with HS256', async () => {
      const { status, json } = await ask(started.httpPort, 'POST', '/login', { body: ACCOUNT });
      assert.equal(status, 200);
      const { accessToken, ...rest } = json.record;
      assert.deepEqual({ ...json, record: rest }, { status: 200, message: 'success', record: { email: ACCOUNT.email, accountType: 'sitemanager', name: 'Demonstration', accountStatus: 'ACTIVATED' } });
      const [header, payload] = accessToken.split('.').slice(0, 2).map((part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()));
      assert.deepEqual(header, { alg: 'HS256', typ: 'JWT' });
      assert.deepEqual([payload.ac, payload.em, payload.exp - payload.iat], ['sitemanager', ACCOUNT.email, 3600]);
    });

    it('refuses a wrong password, and the account after five of them until it is unlocked', async () => {
      const login = (password: string): Promise<HttpReply> => ask(started.httpPort, 'POST', '/login', { body: { ...ACCOUNT, password } });
      for (let tries = 0; tries < 5; tries += 1) assert.equal((await login('wrong')).status, 401);
      const locked = await login(ACCOUNT.password);
      assert.equal(locked.status, 423);
      assert.match(locked.json.message, /locked after 5 wrong passwords/);
      assert.equal((await call('GET', '/site/1001')).status, 200, 'sessions go on');
      assert.equal((await press(started.httpPort, 'unlock')).status, 200);
      assert.equal((await login(ACCOUNT.password)).status, 200);
    });

    it('forgets wrong passwords after a right one, and never locks for another account', async () => {
      const login = (body: object): Promise<HttpReply> => ask(started.httpPort, 'POST', '/login', { body });
      for (let tries = 0; tries < 4; tries += 1) await login({ ...ACCOUNT, password: 'wrong' });
      assert.equal((await login(ACCOUNT)).status, 200);
      assert.equal((await login({ ...ACCOUNT, password: 'wrong' })).status, 401);
      for (let tries = 0; tries < 9; tries += 1) assert.equal((await login({ email: 'other@site.example', password: 'x' })).status, 401);
      assert.equal((await login(ACCOUNT)).status, 200);
    });

    it('wants a token that is whole, signed here and not over', async () => {
      const [header, payload, signature] = token.split('.') as [string, string, string];
      const later = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), exp: 9e9 })).toString('base64url');
      for (const bad of [undefined, '', 'x', `${header}.${payload}`, `${header}.${later}.${signature}`, `${token}x`, `${token}.x`]) {
        const { status, json, headers } = await ask(started.httpPort, 'GET', '/site/1001', bad === undefined ? {} : { token: bad });
        assert.deepEqual([status, json.status, headers['www-authenticate']], [401, 401, 'Bearer'], bad);
      }
      started.simulator.portal.expireTokens();
      assert.equal((await call('GET', '/site/1001')).status, 401);
    });

    it('lets a token end after its life', async () => {
      let now = 1_700_000_000_500;
      const { httpPort } = await startSimulator({}, { now: () => now });
      const fresh = await signIn(httpPort);
      now += 3_599_000;
      assert.equal((await ask(httpPort, 'GET', '/site/1001', { token: fresh })).status, 200);
      now += 1000;
      assert.equal((await ask(httpPort, 'GET', '/site/1001', { token: fresh })).status, 401);

      const short = await startSimulator({}, { tokenLifeMs: 150, now: () => now });
      const brief = await signIn(short.httpPort);
      assert.equal((await ask(short.httpPort, 'GET', '/site/1001', { token: brief })).status, 200);
      now += 151;
      assert.equal((await ask(short.httpPort, 'GET', '/site/1001', { token: brief })).status, 401);
    });
  });

  it('tells the site, figures as text', async () => {
    const { json } = await call('GET', '/site/1001');
    const { created, ...record } = json.record;
    assert.equal(typeof created, 'number');
    assert.deepEqual(record, {
      id: '1001', name: 'Demonstration site', accessType: 'REGULAR', status: 'ACTIVATED', credit: '5', refill: '0', smsCredit: '10',
      countryCode: 'GB', languageCode: 'en', timeZone: 'UTC',
    });
  });

  describe('issuing', () => {
    it('spends a credit, lists the card as INACTIVE and sends a message whose link activates', async () => {
      const { status, json } = await call('POST', '/user/card', person());
      const row = { number: PATRICK, userKey: '4021', status: 'INACTIVE', cardType: 'REGULAR', name: 'Person 4021', email: 'user4021@example.com', phone: '', department: 'Maintenance', title: 'Fitter' };
      assert.deepEqual([status, json], [200, { status: 200, message: 'success', record: row }]);
      assert.equal((await call('GET', '/site/1001')).json.record.credit, '4');
      assert.deepEqual((await call('GET', '/site/1001/card?page=0')).json.record, { rows: [row], total: '1' });

      const [message] = (await ask(started.httpPort, 'GET', '/sim/messages')).json;
      assert.deepEqual([message.to, message.kind, message.linkState], ['user4021@example.com', 'email', 'open']);
      const link = new URL(message.link);
      assert.equal(link.port, String(started.httpPort));
      assert.equal((await ask(started.httpPort, 'GET', link.pathname)).status, 200);
      assert.equal((await call('GET', '/site/1001/card')).json.record.rows[0].status, 'ACTIVE');
      assert.equal((await ask(started.httpPort, 'GET', link.pathname)).status, 410, 'a link works once');
    });

    const refusals: [string, (body: any) => void, number, RegExp][] = [
      ['another site', (body) => { body.siteId = '9999'; }, 404, /site ID does not exist/],
      ['no site', (body) => { delete body.siteId; }, 400, /siteId is required/],
      ['no user', (body) => { delete body.user; }, 400, /user must be an object/],
      ['no user key', (body) => { delete body.user.userKey; }, 400, /userKey is required/],
      ['no e-mail', (body) => { delete body.user.email; }, 400, /email is required/],
      ['an e-mail that is none', (body) => { body.user.email = 'nobody'; }, 400, /no e-mail address/],
      ['meta that is an object', (body) => { body.user.meta = { name: 'x' }; }, 400, /user.meta must be a JSON string/],
      ['meta that is no JSON', (body) => { body.user.meta = '{'; }, 400, /user.meta must be a JSON string/],
      ['meta that is an array', (body) => { body.user.meta = '[]'; }, 400, /user.meta must be an object/],
      ['meta without a name', (body) => { body.user.meta = '{}'; }, 400, /name in user.meta/],
      ['no card', (body) => { delete body.card; }, 400, /card must be an object/],
      ['a number as a JSON number', (body) => { body.card.number = 998877665544; }, 400, /card.number must be text/],
      ['a leading zero', (body) => { body.card.number = '0123'; }, 400, /leading zero/],
      ['33 digits', (body) => { body.card.number = '1'.repeat(33); }, 400, /1 to 32/],
      ['hexadecimal', (body) => { body.card.number = 'E8'; }, 400, /decimal/],
      ['a date that is none', (body) => { body.card.startDate = 'tomorrow'; }, 400, /startDate must be milliseconds/],
      ['an end before the start', (body) => { body.card.startDate = 2000; body.card.endDate = '1000'; }, 400, /before card.startDate/],
    ];
    for (const [what, spoil, status, words] of refusals) {
      it(`refuses ${what} with ${status} and spends nothing`, async () => {
        const body = person();
        spoil(body);
        const reply = await call('POST', '/user/card', body);
        assert.equal(reply.status, status);
        assert.equal(reply.json.status, status);
        assert.match(reply.json.message, words);
        assert.equal(started.simulator.portal.credits, 5);
      });
    }

    it('refuses a number, a user and an e-mail that have a card', async () => {
      await call('POST', '/user/card', person());
      const number = await call('POST', '/user/card', person('4022'));
      assert.deepEqual([number.status, number.json.code], [409, 'u1001']);
      const user = await call('POST', '/user/card', person('4021', '77'));
      assert.deepEqual([user.status, user.json.code], [409, 'u1001']);
      const email = await call('POST', '/user/card', { ...person('4023', '78'), user: { userKey: '4023', email: 'USER4021@example.com', meta: '{"name":"x"}' } });
      assert.equal(email.status, 400);
      assert.match(email.json.message, /already used by another user/);
      assert.equal(started.simulator.portal.used, 1);
    });

    it('refuses without credit, and issues again after credits were bought', async () => {
      for (let count = 1; count <= 5; count += 1) assert.equal((await call('POST', '/user/card', person(String(count), String(count)))).status, 200);
      const refused = await call('POST', '/user/card', person('6', '6'));
      assert.equal(refused.status, 402);
      assert.match(refused.json.message, /Not enough credit/);
      assert.equal((await call('PUT', '/user/card/1', { card: { number: '11' } })).status, 402);
      assert.equal((await press(started.httpPort, 'credits', { count: 2 })).json.left, 2);
      assert.equal((await call('POST', '/user/card', person('6', '6'))).status, 200);
    });

    it('refuses what gives while payment is required, and still takes away', async () => {
      await call('POST', '/user/card', person());
      await press(started.httpPort, 'site', { status: 'PAYMENT_REQUIRED' });
      assert.equal((await call('GET', '/site/1001')).json.record.status, 'PAYMENT_REQUIRED');
      for (const [method, path, body] of [['POST', '/user/card', person('2', '2')], ['PUT', `/user/card/${PATRICK}`, { card: { number: '3' } }], ['POST', `/user/card/${PATRICK}/resend`, undefined]] as const) {
        const { status, json } = await call(method, path, body);
        assert.equal(status, 403);
        assert.match(json.message, /PAYMENT_REQUIRED/);
      }
      assert.equal((await call('POST', `/user/card/${PATRICK}/suspend`)).status, 200);
      assert.equal((await call('POST', `/user/card/${PATRICK}/resume`)).status, 403);
      assert.equal((await call('DELETE', `/user/card/${PATRICK}`)).status, 200);
      assert.equal(started.simulator.portal.used, 1);
    });

    it('sends text messages to phones with a country code where the site is set to that', async () => {
      await press(started.httpPort, 'site', { messaging: 'text' });
      const user = { userKey: '4021', meta: '{"name":"Rae"}' };
      assert.match((await call('POST', '/user/card', { ...person(), user })).json.message, /user.phone/);
      assert.match((await call('POST', '/user/card', { ...person(), user: { ...user, phone: '07700 900123' } })).json.message, /country code/);
      assert.equal((await call('POST', '/user/card', { ...person(), user: { ...user, phone: '+447700900123' } })).status, 200);
      assert.equal((await call('GET', '/site/1001')).json.record.smsCredit, '9');
      const [message] = started.simulator.state().messages;
      assert.deepEqual([message!.kind, message!.to], ['text', '+447700900123']);
    });

    it('wants a period on a dynamic site, and lists it', async () => {
      await press(started.httpPort, 'site', { accessType: 'DYNAMIC' });
      assert.match((await call('POST', '/user/card', person())).json.message, /DYNAMIC/);
      const card = { number: PATRICK, startDate: 1_767_225_600_000, endDate: '1798761600000' };
      const { json } = await call('POST', '/user/card', person('4021', PATRICK, { card }));
      assert.deepEqual([json.record.cardType, json.record.startDate, json.record.endDate], ['DYNAMIC', '1767225600000', '1798761600000']);
    });
  });

  describe('a card', () => {
    const status = async (): Promise<string[]> => (await call('GET', '/site/1001/card')).json.record.rows.map((row: any) => `${row.number} ${row.status}`);
    const linkOf = (index: number): string => new URL(started.simulator.state().messages[index]!.link).pathname;
    beforeEach(() => call('POST', '/user/card', person()));

    it('is re-issued: a credit, a new number, and the former number and its link are worth nothing', async () => {
      const former = linkOf(0);
      started.simulator.activate(PATRICK);
      const { json } = await call('PUT', `/user/card/${PATRICK}`, { card: { number: '1234567890123456' } });
      assert.deepEqual([json.record.number, json.record.status], ['1234567890123456', 'INACTIVE']);
      assert.deepEqual(await status(), ['1234567890123456 INACTIVE']);
      assert.equal((await call('GET', '/site/1001')).json.record.credit, '3');
      for (const [method, path] of [['POST', 'resend'], ['POST', 'suspend'], ['DELETE', '']] as const) {
        assert.equal((await call(method, `/user/card/${PATRICK}${path === '' ? '' : `/${path}`}`)).status, 404);
      }
      assert.equal((await ask(started.httpPort, 'POST', former, { body: {} })).status, 410);
      assert.equal((await ask(started.httpPort, 'POST', linkOf(0), { body: {} })).status, 200);
    });

    it('is not re-issued to a number that is taken or is none', async () => {
      await call('POST', '/user/card', person('2', '2'));
      const taken = await call('PUT', `/user/card/${PATRICK}`, { card: { number: '2' } });
      assert.deepEqual([taken.status, taken.json.code], [409, 'u1001']);
      assert.equal((await call('PUT', `/user/card/${PATRICK}`, { card: { number: '02' } })).status, 400);
      assert.equal((await call('PUT', `/user/card/${PATRICK}`, {})).status, 400);
      assert.equal(started.simulator.portal.used, 2);
    });

    it('has its message sent again only before activation; both messages work', async () => {
      assert.equal((await call('POST', `/user/card/${PATRICK}/resend`)).status, 200);
      assert.equal(started.simulator.state().messages.length, 2);
      assert.equal((await ask(started.httpPort, 'GET', linkOf(1))).status, 200);
      assert.equal((await call('POST', `/user/card/${PATRICK}/resend`)).status, 400);
      assert.equal((await call('GET', '/site/1001')).json.record.credit, '4', 'a message costs no card credit');
    });

    it('is paused and comes back as what it was', async () => {
      await call('POST', `/user/card/${PATRICK}/suspend`);
      assert.deepEqual(await status(), [`${PATRICK} PAUSED`]);
      assert.equal((await ask(started.httpPort, 'GET', linkOf(0))).status, 409, 'a paused card is not activated');
      assert.equal((await call('POST', `/user/card/${PATRICK}/suspend`)).status, 200, 'twice is once');
      await call('POST', `/user/card/${PATRICK}/resume`);
      assert.deepEqual(await status(), [`${PATRICK} INACTIVE`]);
      started.simulator.activate(PATRICK);
      await call('POST', `/user/card/${PATRICK}/suspend`);
      await call('POST', `/user/card/${PATRICK}/resume`);
      assert.deepEqual(await status(), [`${PATRICK} ACTIVE`]);
    });

    it('is deleted without a refund, and its user can have another', async () => {
      assert.deepEqual((await call('DELETE', `/user/card/${PATRICK}`)).json.record, { number: PATRICK, userKey: '4021' });
      assert.deepEqual(await status(), []);
      assert.equal((await call('DELETE', `/user/card/${PATRICK}`)).status, 404);
      assert.equal((await call('GET', '/site/1001')).json.record.credit, '4');
      assert.equal((await ask(started.httpPort, 'GET', linkOf(0))).status, 410);
      assert.equal((await call('POST', '/user/card', person('4021', '9'))).status, 200);
    });
  });

  it('lists cards in pages of twenty from 0, and registered readers alike', async () => {
    await press(started.httpPort, 'credits', { count: 100 });
    const numbers = Array.from({ length: 41 }, (_, index) => String(100 + index));
    for (const number of numbers) await call('POST', '/user/card', person(number, number));
    const listed: string[] = [];
    for (let page = 0; page < 4; page += 1) {
      const { rows, total } = (await call('GET', `/site/1001/card?page=${page}`)).json.record;
      assert.deepEqual([rows.length, total], [[20, 20, 1, 0][page], '41']);
      listed.push(...rows.map((row: any) => row.number));
    }
    assert.deepEqual(listed, numbers);
    assert.equal((await call('GET', '/site/1001/card?page=-1')).status, 400);
    assert.equal((await call('GET', '/site/1001/card?page=x')).status, 400);
    assert.deepEqual((await call('GET', '/site/1001/device?page=0')).json.record, {
      rows: [{ id: 'SIM-READER-1', name: 'Reader of door 1' }, { id: 'SIM-READER-2', name: 'Reader of door 2' }], total: '2',
    });
    await press(started.httpPort, 'device', { device: 'SIM-READER-X', registered: true });
    await press(started.httpPort, 'device', { device: 'SIM-READER-1', registered: false });
    assert.deepEqual((await call('GET', '/site/1001/device')).json.record.rows.map((row: any) => row.id), ['SIM-READER-2', 'SIM-READER-X']);
  });

  it('answers in its envelope what it does not know', async () => {
    for (const [method, path, status] of [
      ['GET', '/site/9999', 404], ['GET', '/site/9999/card', 404], ['GET', '/site/9999/device', 404], ['DELETE', '/user/card/1', 404], ['PUT', '/user/card/1', 400],
      ['GET', '/nothing', 404], ['GET', '/site/', 404], ['PATCH', '/site/1001', 405], ['DELETE', '/login', 405], ['GET', '/site/%E0%A4%A', 400],
    ] as const) {
      const reply = await call(method, path, method === 'PUT' ? {} : undefined);
      assert.deepEqual([reply.status, reply.json.status, typeof reply.json.message], [status, status, 'string'], `${method} ${path}`);
    }
  });

  describe('bodies', () => {
    for (const body of ['', '{', 'null', '[]', '"x"', '1']) {
      it(`refuses ${JSON.stringify(body)} with words`, async () => {
        const reply = await call('POST', '/login', body);
        assert.equal(reply.status, 400);
        assert.match(reply.json.message, /JSON|object/);
      });
    }

    it('refuses a body over 1 MB, and the client gets to read that', async () => {
      const reply = await call('POST', '/user/card', `{"x":"${'x'.repeat(10 * 1024 * 1024)}"}`);
      assert.deepEqual([reply.status, reply.json.status, reply.headers['connection']], [413, 413, 'close']);
      assert.equal((await call('GET', '/site/1001')).status, 200);
    });

    it('takes one of just under 1 MB', async () => {
      assert.equal((await call('POST', '/login', { ...ACCOUNT, x: 'x'.repeat(1024 * 1024 - 200) })).status, 200);
    });

    it('survives a client that goes away in the middle', async () => {
      const socket = connect(started.httpPort, '127.0.0.1');
      await new Promise((resolve) => socket.write('POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"em', resolve));
      socket.destroy();
      assert.equal((await call('GET', '/site/1001')).status, 200);
    });

    it('answers any JSON to any route in its envelope, and spends nothing on what is no request', async () => {
      const paths = fc.constantFrom('/login', '/user/card', '/user/card/1', '/user/card/1/resend');
      await fc.assert(fc.asyncProperty(paths, fc.constantFrom('POST', 'PUT'), fc.jsonValue(), async (path, method, value) => {
        const { status, json } = await call(method, path, JSON.stringify(value));
        assert.ok(status >= 400 && status < 500 && json.status === status, `${status}`);
      }), { numRuns: 100 });
      assert.equal(started.simulator.portal.used, 0);
    });
  });

  it('keeps a connection open between requests', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (let count = 0; count < 3; count += 1) {
      await new Promise<void>((resolve, reject) => {
        request({ host: '127.0.0.1', port: started.httpPort, path: '/site/1001', agent }, (response) => {
          ports.add(response.socket.localPort);
          response.resume().on('end', () => { setImmediate(resolve); });
        }).on('error', reject).end();
      });
    }
    assert.equal(ports.size, 1);
    agent.destroy();
  });

  it('cuts requests without an answer while the network is down; its page goes on', async () => {
    await press(started.httpPort, 'portal', { up: false });
    await assert.rejects(call('GET', '/site/1001'), /socket hang up|ECONNRESET/);
    assert.equal((await ask(started.httpPort, 'GET', '/sim/state')).json.site.online, false);
    await press(started.httpPort, 'portal', { up: true });
    assert.equal((await call('GET', '/site/1001')).status, 200);
  });
});
