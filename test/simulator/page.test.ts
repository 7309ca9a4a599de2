import assert from 'node:assert/strict';
import { get, type IncomingMessage } from 'node:http';
import { ask, press, signIn, type Started, startSimulator, until } from './start-simulator';

const PATRICK = '998877665544';

describe('simulator: the page', () => {
  let started: Started;
  let port: number;
  const state = async (): Promise<any> => (await ask(port, 'GET', '/sim/state')).json;
  const add = (more: object = {}): Promise<any> => press(port, 'add', { name: 'Patrick Johnson', email: 'patrick@example.com', userId: '4021', cardId: PATRICK, ...more });

  beforeEach(async () => {
    started = await startSimulator();
    port = started.httpPort;
  });

  describe('its files', () => {
    it('are served, refer to nothing outside and to nothing that is not there', async () => {
      const index = await ask(port, 'GET', '/');
      assert.equal(index.status, 200);
      assert.match(String(index.headers['content-type']), /text\/html/);
      const seen = new Set<string>();
      const look = async (path: string, text: string): Promise<void> => {
        assert.doesNotMatch(text.replace('http://www.w3.org/2000/svg', ''), /https?:\/\//, `${path} names another place`);
        const found = [...text.matchAll(/(?:src|href)="(\/[^"]*)"|from '\.\/([\w-]+\.js)'/g)].map(([, absolute, beside]) => absolute ?? `/sim/${beside!}`);
        for (const next of found.filter((each) => !seen.has(each))) {
          seen.add(next);
          const { status, text: content, headers } = await ask(port, 'GET', next);
          assert.deepEqual([status, headers['x-content-type-options']], [200, 'nosniff'], next);
          await look(next, content);
        }
      };
      await look('/', index.text);
      assert.ok(seen.size >= 11, [...seen].join(' '));
    });

    it('may load nothing from elsewhere, run nothing inline and be framed by nobody', async () => {
      const { headers, text } = await ask(port, 'GET', '/');
      assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/);
      assert.doesNotMatch(text, /<script(?![^>]*src=)|\sstyle=|\son\w+=/);
    });

    it('are the only ones: no path leads to the rest of the disk', async () => {
      for (const path of ['/sim/', '/sim/page-http.js', '/sim/../simulator.js', '/sim/%2e%2e/simulator.js', '/sim/files/index.html', '/sim/constructor', '/sim/toString']) {
        assert.equal((await ask(port, 'GET', path)).status >= 400, true, path);
      }
      assert.equal((await press(port, 'constructor')).status, 404);
    });
  });

  describe('who may ask', () => {
    it('answers at loopback names only, portal included', async () => {
      const at = async (host: string, path = '/sim/state'): Promise<number> => (await ask(port, 'GET', path, { headers: { host } })).status;
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'LOCALHOST', '127.8.9.1', `[::1]:${port}`, 'a.localhost', 'localhost.']) assert.equal(await at(host), 200, host);
      for (const host of ['portal.example', `portal.example:${port}`, '127.0.0.1.portal.example', 'localhost.portal.example', '10.0.0.1', '0.0.0.0', '[::2]', '127.0.0.1:x']) {
        assert.equal(await at(host), 403, host);
        assert.equal(await at(host, '/'), 403, host);
        assert.equal(await at(host, '/site/1001'), 403, host);
      }
    });

    it('refuses buttons that are pressed from another page', async () => {
      const buy = async (headers: Record<string, string>): Promise<number> => (await ask(port, 'POST', '/sim/credits', { body: { count: 1 }, headers })).status;
      assert.equal(await buy({ origin: 'https://portal.example' }), 403);
      assert.equal(await buy({ origin: 'null' }), 403);
      assert.equal(await buy({ origin: `http://127.0.0.1:${port + 1}` }), 403);
      assert.equal(await buy({ 'sec-fetch-site': 'cross-site' }), 403);
      assert.equal(await buy({ 'content-type': 'text/plain' }), 415);
      assert.equal((await state()).credits.bought, 5);
      assert.equal(await buy({ origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' }), 200);
      assert.equal((await ask(port, 'OPTIONS', '/sim/credits')).status, 405, 'no leave is given to ask from elsewhere');
    });
  });

  it('shows the portal\'s list in its words', async () => {
    await add({ department: 'Maintenance', phone: '+447700900123' });
    await add({ name: 'Rae', userId: '', cardId: '', email: 'rae@example.com', reserve: true });
    const [patrick, rae] = (await state()).credentials;
    assert.deepEqual(patrick, {
      cardId: PATRICK, userId: '4021', status: 'before-activation', statusText: 'Before Activation', name: 'Patrick Johnson',
      email: 'patrick@example.com', phone: '+447700900123', department: 'Maintenance', title: '',
    });
    assert.deepEqual([rae.statusText, rae.userId, /^\d{16}$/.test(rae.cardId)], ['Issuing Reserved', '5001', true]);
    assert.deepEqual((await state()).credits, { used: 1, bought: 5, left: 4, text: 10 });
    started.simulator.activate(PATRICK);
    assert.equal((await state()).credentials[0].statusText, 'Activation');
    await press(port, 'card', { cardId: PATRICK, do: 'suspend' });
    assert.equal((await state()).credentials[0].statusText, 'Pausing');
  });

  it('does to a card what the portal\'s buttons do', async () => {
    await add();
    const todo = async (cardId: string, action: string): Promise<any> => (await press(port, 'card', { cardId, do: action })).json;
    await todo(PATRICK, 'resend');
    await todo(PATRICK, 'suspend');
    await todo(PATRICK, 'resume');
    const { cardId } = await todo(PATRICK, 'reissue');
    assert.match(cardId, /^\d{16}$/);
    assert.deepEqual((await state()).messages.map(({ subject, linkState }: any) => [subject, linkState]), [
      ['Your new mobile credential', 'open'], ['Your mobile credential, sent again', 'void'], ['Your mobile credential', 'void'],
    ]);
    await todo(cardId, 'delete');
    assert.deepEqual((await state()).credentials, []);
    assert.match((await todo(cardId, 'delete')).error.message, /no such card/);
    const { cardId: reserved } = (await add({ reserve: true })).json;
    for (const action of ['resend', 'reissue', 'suspend']) assert.notEqual((await todo(reserved, action)).error, undefined, action);
    await todo(reserved, 'issue');
    assert.equal((await state()).credentials[0].status, 'before-activation');
  });

  it('opens links: a page for a browser, JSON for others; HEAD only looks', async () => {
    await add({ name: '<b>Bold</b>' });
    const path = new URL((await state()).messages[0].link).pathname;
    assert.equal((await ask(port, 'HEAD', path)).status, 204);
    assert.equal((await state()).credentials[0].status, 'before-activation');
    const opened = await ask(port, 'GET', path, { headers: { accept: 'text/html,*/*' } });
    assert.equal(opened.status, 200);
    assert.match(opened.text, /This phone is now a key/);
    const again = await ask(port, 'GET', path, { headers: { accept: 'text/html' } });
    assert.equal(again.status, 410);
    assert.match(again.text, /card is activated/);
    assert.equal((await ask(port, 'POST', '/sim/activate/nonsense', { body: {} })).status, 404);
  });

  it('holds cards to readers, and moves doors as hands do', async () => {
    await press(port, 'present', { reader: 1, cardId: '4815162342' });
    assert.equal(started.simulator.readers[0]!.sequence, 1);
    const door = async (action: string): Promise<number> => (await press(port, 'door', { door: 1, do: action })).status;
    assert.equal(await door('open'), 409, 'the strike holds it');
    started.simulator.doors[0]!.drive('test', true);
    assert.deepEqual([(await state()).doors[0].strike, await door('open'), (await state()).doors[0].closed], [true, 200, false]);
    started.simulator.doors[0]!.drive('test', false);
    assert.equal(await door('close'), 200);
    assert.equal(await door('force'), 200);
    assert.equal((await state()).events[0].event, 'door-forced');
    await door('close');
    await press(port, 'exit', { door: 2 });
    assert.equal((await state()).doors[1].exit, true);
    await until(async () => !(await state()).doors[1].exit);
    await press(port, 'exit', { door: 2, pressed: true });
    await press(port, 'tamper', { door: 2, open: true });
    assert.deepEqual((await state()).doors[1], { door: 2, strike: false, closed: true, exit: true, tamper: true, strikes: 0, energisedMs: 0 });
  });

  it('registers readers and takes them off', async () => {
    assert.deepEqual((await state()).readers, [
      { reader: 1, device: 'SIM-READER-1', door: 1, registered: true }, { reader: 2, device: 'SIM-READER-2', door: 2, registered: true },
      { reader: 3, device: 'SIM-READER-X', door: null, registered: false },
    ]);
    await press(port, 'device', { device: 'SIM-READER-X', registered: true });
    await press(port, 'device', { device: 'SIM-READER-X', registered: true });
    await press(port, 'device', { device: 'SIM-READER-1', registered: false });
    assert.deepEqual((await state()).readers.map(({ registered }: any) => registered), [false, true, true]);
    assert.deepEqual((await state()).events.map(({ event }: any) => event), ['reader-unregistered', 'reader-registered']);
  });

  const bad: [string, object, number][] = [
    ['credits', {}, 400], ['credits', { count: 0 }, 400], ['credits', { count: 1.5 }, 400], ['credits', { count: '5' }, 400], ['credits', { count: 1e9 }, 400],
    ['present', { reader: 1, cardId: '012' }, 400], ['present', { reader: 1, cardId: 12 }, 400], ['present', { reader: 9, cardId: '12' }, 404],
    ['door', { door: 3, do: 'open' }, 404], ['door', { door: 1, do: 'fly' }, 400], ['door', { do: 'open' }, 400],
    ['exit', { door: 1, pressed: 'yes' }, 400], ['tamper', { door: 1 }, 400],
    ['device', { device: 'X', registered: true }, 404], ['device', { device: 'SIM-READER-1' }, 400],
    ['site', { status: 'GONE' }, 400], ['portal', {}, 400],
    ['add', {}, 400], ['add', { name: 'x' }, 400], ['add', { name: 'x', email: 'x' }, 400], ['add', { name: 'x', email: 'x@y', cardId: '0' }, 400], ['add', { name: 'x'.repeat(300), email: 'x@y' }, 400],
    ['card', { cardId: '1', do: 'resend' }, 404], ['card', { cardId: '1' }, 400], ['nothing', {}, 404],
  ];
  for (const [action, body, status] of bad) {
    it(`refuses ${action} ${JSON.stringify(body).slice(0, 60)} with words`, async () => {
      const reply = await press(port, action, body);
      assert.equal(reply.status, status);
      assert.equal(typeof reply.json.error.message, 'string');
    });
  }

  it('refuses bodies that are no JSON object, or too long', async () => {
    for (const body of ['{', '[]', 'null']) assert.equal((await ask(port, 'POST', '/sim/exit', { body })).status, 400);
    assert.equal((await ask(port, 'POST', '/sim/exit', { body: `"${'x'.repeat(70_000)}"` })).status, 413);
    assert.equal((await ask(port, 'DELETE', '/sim/exit')).status, 405);
  });

  it('starts anew', async () => {
    const token = await signIn(port);
    await add();
    await press(port, 'site', { status: 'PAYMENT_REQUIRED', messaging: 'text', accessType: 'DYNAMIC' });
    await press(port, 'present', { reader: 1, cardId: '5' });
    await press(port, 'door', { door: 1, do: 'force' });
    await press(port, 'device', { device: 'SIM-READER-1', registered: false });
    const before = await startSimulator();
    await press(port, 'reset');
    const [fresh, now] = [before.simulator.state(), await state()];
    assert.deepEqual({ ...now, events: now.events.map(({ event }: any) => event) }, { ...JSON.parse(JSON.stringify(fresh)), events: ['reset'] });
    assert.equal((await ask(port, 'GET', '/site/1001', { token })).status, 401);
    assert.equal(started.simulator.readers[0]!.sequence, 0);
  });

  describe('live', () => {
    const open = (): Promise<IncomingMessage> => new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/sim/events', agent: false }, resolve).on('error', reject);
    });

    it('gets the state at once and after each change, gathered, and whole', async () => {
      const stream = await open();
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
      const states = (): any[] => [...text.matchAll(/event: state\ndata: (.*)\n\n/g)].map(([, data]) => JSON.parse(data!));
      await until(() => states().length === 1);
      for (let count = 0; count < 50; count += 1) started.simulator.presentCard(1, '5');
      await until(() => states().at(-1).events.length === 50);
      assert.ok(states().length <= 6, `${states().length} messages`);
      await add();
      await until(() => states().at(-1).credentials.length === 1);
      assert.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8');
      stream.destroy();
    });

    it('takes only so many pages, and others in place of those that left', async () => {
      const streams = await Promise.all(Array.from({ length: 32 }, open));
      const refused = await open();
      assert.equal(refused.statusCode, 503);
      refused.resume();
      streams[0]!.destroy();
      await until(async () => {
        const next = await open();
        next.destroy();
        return next.statusCode === 200;
      });
      for (const stream of streams) stream.destroy();
    });
  });
});
