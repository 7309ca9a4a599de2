import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

describe('configuration that is wrong', function () {
  this.timeout(20_000);
  let portal: PlainPortal;

  const login: FlowNode = { id: 'login', z: 'flow', type: 'mc-login', site: 'cfg-site', store: '', wires: [['out']] };
  const ask = async (nodes: FlowNode[], credentials: Record<string, Record<string, string>>, to = 'login'): Promise<{ code: string; flow: RunningFlow }> => {
    const flow = await runFlow([...nodes, inboxNode('out'), ...catchNodes()], credentials);
    const msg = await flow.ask(to, { payload: {} }, 'errors', 15_000);
    assert.ok((msg.error?.message ?? '').length > 20, 'a message that says what to do');
    return { code: String(msg.error?.code), flow };
  };
  const red = (flow: RunningFlow, id: string): string => {
    const status = flow.statuses(id).at(-1);
    assert.equal(status?.fill, 'red', JSON.stringify(flow.statuses(id)));
    return String(status.text);
  };

  beforeEach(async () => {
    portal = new PlainPortal();
    await portal.start();
  });
  afterEach(async () => {
    await stopFlow();
    await portal.stop();
    await removeUserDirs();
  });

  it('an unresolved variable: red status naming it, no connection attempt', async () => {
    const { code, flow } = await ask([...siteNodes(portal.port, { domain: '${MC_NO_SUCH_DOMAIN}' }), login], { 'cfg-site': portal.account });
    assert.equal(code, 'CONFIG_UNRESOLVED');
    assert.match(red(flow, 'login'), /MC_NO_SUCH_DOMAIN/);
    assert.equal(portal.seen.length, 0);
  });

  it('an unresolved variable in the password', async () => {
    const { code } = await ask([...siteNodes(portal.port), login], { 'cfg-site': { ...portal.account, password: '${MC_NO_SUCH_PASSWORD}' } });
    assert.equal(code, 'CONFIG_UNRESOLVED');
    assert.equal(portal.seen.length, 0);
  });

  it('variables with values, in every kind of property', async () => {
    process.env['MC_T_PORT'] = String(portal.port);
    process.env['MC_T_SITE'] = '4711';
    process.env['MC_T_PASSWORD'] = portal.account.password;
    const flow = await runFlow([...siteNodes(0, { port: '${MC_T_PORT}', siteId: '${MC_T_SITE}' }), login, inboxNode('out'), ...catchNodes()],
      { 'cfg-site': { email: portal.account.email, password: '${MC_T_PASSWORD}' } });
    const msg = await flow.ask('login', {}, 'out');
    assert.equal((msg.payload as { name: string }).name, 'Plant North');
  });

  const cases: [string, () => [FlowNode[], Record<string, Record<string, string>>], string][] = [
    ['a missing password', () => [siteNodes(portal.port), { 'cfg-site': { email: 'a@b.example' } }], 'CREDENTIALS_MISSING'],
    ['a wrong password', () => [siteNodes(portal.port), { 'cfg-site': { ...portal.account, password: 'wrong' } }], 'LOGIN_REFUSED'],
    ['an unknown site', () => [siteNodes(portal.port, { siteId: '999' }), { 'cfg-site': portal.account }], 'SITE_NOT_FOUND'],
    ['plain http to a foreign host', () => [siteNodes(80, { domain: 'http://portal.example' }), { 'cfg-site': portal.account }], 'CONFIG_INVALID'],
    ['routes that are no JSON', () => [siteNodes(portal.port, { routes: '{' }), { 'cfg-site': portal.account }], 'CONFIG_INVALID'],
    ['a missing config node', () => [[{ id: 'flow', type: 'tab' }], {}], 'CONFIG_MISSING'],
    ['a disabled config node', () => [siteNodes(portal.port, { d: true }), { 'cfg-site': portal.account }], 'CONFIG_MISSING'],
  ];
  for (const [words, make, expected] of cases) {
    it(`${words} is ${expected}`, async () => {
      const [nodes, credentials] = make();
      const { code, flow } = await ask([...nodes, login], credentials);
      assert.equal(code, expected);
      red(flow, 'login');
    });
  }

  it('a portal in PAYMENT_REQUIRED is SITE_NOT_ACTIVE, and the answer says so', async () => {
    portal.siteStatus = 'PAYMENT_REQUIRED';
    assert.equal((await ask([...siteNodes(portal.port), login], { 'cfg-site': portal.account })).code, 'SITE_NOT_ACTIVE');
  });

  for (const [fault, code] of [['html', 'SITE_ANSWER_INVALID'], [{ status: 423, body: { status: 423, message: 'account locked' } }, 'ACCOUNT_LOCKED'], [{ status: 500 }, 'SITE_UNREACHABLE'], [{ status: 429, headers: { 'retry-after': '1' } }, 'RATE_LIMITED']] as const) {
    it(`a portal that answers ${JSON.stringify(fault)} is ${code}`, async () => {
      portal.fault = () => fault;
      const got = (await ask([...siteNodes(portal.port), login], { 'cfg-site': portal.account })).code;
      assert.ok(got === code || (code === 'SITE_UNREACHABLE' && got === 'SITE_ANSWER_INVALID'), got);
    });
  }

  it('two stores on one folder: the second is STORE_LOCKED', async () => {
    const watch = (id: string, store: string): FlowNode => ({ id, z: 'flow', type: 'mc-access', store, wires: [[], [], []] });
    const flow = await runFlow([
      ...siteNodes(portal.port).map((node) => node.id === 'cfg-store' ? { ...node, folder: 'one' } : node),
      { id: 'cfg-store-2', type: 'mc-store', engine: 'nedb', folder: './one/../one' },
      watch('a', 'cfg-store'), watch('b', 'cfg-store-2'), ...catchNodes(),
    ], {});
    flow.send('b', { payload: { cardId: '1', door: 'x' } });
    const msg = await flow.inbox('errors').next((found) => found.error?.code !== undefined, 3000);
    assert.equal(msg.error?.code, 'STORE_LOCKED');
  });

  it('a store folder outside the user directory is CONFIG_INVALID', async () => {
    const nodes = [{ id: 'flow', type: 'tab' }, { id: 'cfg-store', type: 'mc-store', engine: 'nedb', folder: '../elsewhere' }, { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', wires: [[], [], []] }];
    assert.equal((await ask(nodes, {}, 'access')).code, 'CONFIG_INVALID');
  });

  it('a line that refuses, and one that is silent', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const door = (line: string): FlowNode[] => [
      { id: 'flow', type: 'tab' },
      { id: 'cfg-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: line, timeoutMs: '100' },
      { id: 'cfg-c', type: 'mc-controller', line: 'cfg-line', unit: '1', profile: 'waveshare-io-8' },
      { id: 'door', z: 'flow', type: 'mc-door', via: 'controller', door: 'Front', controller: 'cfg-c', strike: '1', wires: [[], []] },
      inboxNode('out'), ...catchNodes(),
    ];
    for (const [where, codes] of [['1', ['LINE_DOWN']], [String(port), ['LINE_DOWN', 'LINE_TIMEOUT', 'COMMAND_EXPIRED']]] as const) {
      const flow = await runFlow(door(where), {});
      await new Promise((resolve) => setTimeout(resolve, 300));
      flow.send('door', { payload: 'open' });
      const msg = await flow.inbox('errors').next(({ error }) => (error as unknown as { source?: { id: string } } | undefined)?.source?.id === 'door', 10_000);
      assert.ok((codes as readonly string[]).includes(String(msg.error?.code)), msg.error?.code);
      await stopFlow();
    }
    silent.close();
  });

  const doors: [string, Record<string, unknown>, Record<string, unknown>, string][] = [
    ['a profile that does not exist', { profile: 'nonsense' }, {}, 'PROFILE_UNKNOWN'],
    ['a channel that the device lacks', {}, { strike: '9' }, 'CHANNEL_UNKNOWN'],
    ['a unit out of range', { unit: '300' }, {}, 'CONFIG_INVALID'],
    ['an empty strike: no output is opened on a guess', {}, { strike: '' }, 'CONFIG_MISSING'],
  ];
  for (const [words, controller, door, expected] of doors) {
    it(`${words} is ${expected}`, async () => {
      const { code } = await ask([
        { id: 'flow', type: 'tab' },
        { id: 'cfg-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: '1' },
        { id: 'cfg-c', type: 'mc-controller', line: 'cfg-line', unit: '1', profile: 'waveshare-io-8', ...controller },
        { id: 'door', z: 'flow', type: 'mc-door', via: 'controller', door: 'Front', controller: 'cfg-c', strike: '1', ...door, wires: [[], []] },
      ], {}, 'door');
      assert.equal(code, expected);
    });
  }

  it('two doors on one strike: the second is STRIKE_SHARED', async () => {
    const door = (id: string): FlowNode => ({ id, z: 'flow', type: 'mc-door', via: 'controller', door: id, controller: 'cfg-c', strike: '1', wires: [[], []] });
    const { code } = await ask([
      { id: 'flow', type: 'tab' },
      { id: 'cfg-line', type: 'mc-line', transport: 'tcp', host: '127.0.0.1', port: '1' },
      { id: 'cfg-c', type: 'mc-controller', line: 'cfg-line', unit: '1', profile: 'waveshare-io-8' },
      door('first'), door('second'),
    ], {}, 'second');
    assert.equal(code, 'STRIKE_SHARED');
  });
});
