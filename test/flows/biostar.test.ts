import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainBiostar } from '../support/plain-biostar';
import { PlainPortal } from '../support/plain-portal';

const RAE = { userId: '4021', name: 'Rae_Okafor 2', email: 'rae@plant.example', cardId: '70310044120018' };

describe('BioStar in a flow, against a server that is not ours', function () {
  this.timeout(30_000);
  let server: PlainBiostar;
  let portal: PlainPortal;
  let flow: RunningFlow;

  const nodes = (beside: boolean): FlowNode[] => [
    ...siteNodes(server.port, { provider: 'biostar', siteId: '4711' }),
    ...(beside ? [{ id: 'cfg-portal', type: 'mc-site', provider: 'portal', domain: `http://127.0.0.1:${portal.port}`, port: '', siteId: '4711' }] : []),
    ...(['mc-login', 'mc-issue', 'mc-watch', 'mc-blacklist', 'mc-user'] as const).map((type) => ({
      id: type.slice(3), z: 'flow', type, site: 'cfg-site', store: 'cfg-store', action: '', intervalSeconds: '3600', wires: [[type === 'mc-watch' ? 'watched' : 'out'], ['second']],
    })),
    { id: 'feed', z: 'flow', type: 'mc-events', site: 'cfg-site', kinds: [], wires: [['events']] },
    { id: 'door', z: 'flow', type: 'mc-door', via: 'site', site: 'cfg-site', siteDoor: 'Main door', door: 'Front', wires: [['out'], []] },
    inboxNode('out'), inboxNode('watched'), inboxNode('second'), inboxNode('events'), ...catchNodes(),
  ];
  const start = async (beside = false, userDir?: string): Promise<void> => {
    const { login_id, password } = server.account;
    flow = await runFlow(nodes(beside), { 'cfg-site': { email: login_id, password }, ...(beside ? { 'cfg-portal': portal.account } : {}) }, userDir);
  };
  const ask = (id: string, msg: Record<string, unknown>): Promise<Record<string, any>> => flow.ask(id, msg, 'out');
  /** The answer to a message, not what the watch tells by itself. */
  const watched = async (): Promise<Record<string, any>> => {
    flow.send('watch', { _msgid: 'x' });
    return flow.inbox('watched').next((msg) => Array.isArray(msg.payload));
  };
  const errorOf = async (id: string, msg: Record<string, unknown>): Promise<string | undefined> => {
    flow.send(id, { _msgid: 'x', ...msg });
    return (await flow.inbox('errors').next()).error?.code;
  };

  beforeEach(async () => {
    server = new PlainBiostar();
    portal = new PlainPortal();
    await Promise.all([server.start(), portal.start()]);
  });
  afterEach(async () => {
    await stopFlow();
    await Promise.all([server.stop(), portal.stop()]);
    await removeUserDirs();
  });

  it('signs in and says what the server is and can do', async () => {
    await start();
    const { payload } = await ask('login', {});
    assert.equal(payload.provider, 'biostar');
    assert.deepEqual(payload.mobile, { configured: true, siteId: '4711', siteType: 'REGULAR', matches: true });
    assert.deepEqual(payload.credits, { card: null, maintenance: null, text: null, used: null, bought: null });
    assert.equal(payload.version, '2.9.8');
    assert.ok(payload.capabilities.includes('users') && !payload.capabilities.includes('resend'));
    assert.ok(payload.unavailable.some(({ capability }: { capability: string }) => capability === 'resend'));
  });

  it('takes a person from user to card, block, and deletion', async () => {
    await start();
    const { cardId: _number, ...person } = RAE;
    assert.equal((await ask('user', { action: 'upsert', payload: person })).payload.userId, '4021');
    const issued = await ask('issue', { action: 'issue', payload: RAE });
    assert.deepEqual([issued.payload.status, issued['credits'].spent], ['before-activation', 1]);
    assert.equal((await ask('blacklist', { action: 'block', payload: RAE.cardId })).payload.site, 'confirmed');
    assert.equal((await ask('blacklist', { action: 'unblock', payload: RAE.cardId })).payload.blacklisted, false);
    assert.equal((await ask('door', { payload: 'open' })).payload.confirmed, true);
    const again = await ask('issue', { action: 'reissue', payload: { userId: '4021' } });
    assert.equal(again.payload.replaces, RAE.cardId);
    const gone = await ask('user', { action: 'delete', payload: { userId: '4021' } });
    assert.deepEqual(gone.payload, { userId: '4021', deleted: true, cards: [again.payload.cardId] });
    assert.equal(server.books.portal.cards.size, 0);
    assert.equal(await errorOf('user', { action: 'delete', payload: '1' }), 'ADMINISTRATOR_KEPT');
    assert.equal(await errorOf('user', { action: 'delete-all', payload: '' }), 'CONFIRMATION_MISSING');
    assert.equal((await ask('user', { action: 'delete-all', confirm: 'delete-all' })).payload.kept[0], '1');
  });

  it('tells events once, also over a restart and two cut connections', async () => {
    await start();
    for (let tries = 0; server.listeners === 0 && tries < 300; tries += 1) await new Promise((resolve) => { setTimeout(resolve, 10); });
    const told: string[] = [];
    const next = async (): Promise<void> => { told.push(((await flow.inbox('events').next(() => true, 10_000)).payload as { id: string }).id); };
    server.emit(4118, { user_id: { user_id: '4021' }, door_id: [{ id: '1', name: 'Main door' }] });
    await next();
    for (let cut = 0; cut < 2; cut += 1) {
      server.cutSockets();
      server.emit(21504);
      await next();
    }
    const { userDir } = flow;
    await stopFlow();
    server.emit(6404);
    await start(false, userDir);
    await next();
    assert.deepEqual(told, server.books.events.map(({ id }) => id));
  });

  it('asks the portal beside for credits and statuses, and says so', async () => {
    portal.siteId = '4711';
    await start(true);
    const { payload } = await ask('login', {});
    assert.equal(payload.credits.card, 10);
    assert.ok(payload.capabilities.includes('suspend') && payload.capabilities.includes('credits'));
    portal.cards.push({ number: RAE.cardId, userKey: '4021', name: 'Rae', email: 'rae@plant.example', phone: undefined, status: 'ACTIVE' });
    assert.equal((await watched())['asked'], 'portal');
    const found = await ask('issue', { action: 'issue', payload: { ...RAE, cardId: undefined } });
    assert.deepEqual([found.payload.cardId, found.payload.status, found['credits'].spent], [RAE.cardId, 'activated', 0]);
  });

  it('takes a person whom a reader of the server let in for activated, where nothing else tells it', async () => {
    await start();
    server.books.addUser('4021', 'Rae', 'rae@plant.example');
    await ask('issue', { action: 'issue', payload: RAE });
    for (let tries = 0; server.listeners === 0 && tries < 300; tries += 1) await new Promise((resolve) => { setTimeout(resolve, 10); });
    server.emit(4118, { user_id: { user_id: '4021' } });
    await flow.inbox('events').next();
    assert.deepEqual((await watched()).payload.map(({ to }: { to: string }) => to), ['activated']);
    await ask('issue', { action: 'reissue', payload: { userId: '4021' } });
    assert.ok(!(await watched()).payload.some(({ to }: { to: string }) => to === 'activated'), 'not the next card');
  });

  it('brings a block at the server to the doors with the next poll', async () => {
    await start();
    server.books.addUser('4021', 'Rae', 'rae@plant.example');
    await ask('issue', { action: 'issue', payload: RAE });
    (server.books.withNumber(RAE.cardId) as { blocked: boolean }).blocked = true;
    assert.equal((await watched())['asked'], 'biostar');
    const { payload } = await ask('blacklist', { action: 'check', payload: RAE.cardId });
    assert.deepEqual([payload.blacklisted, payload.by, payload.site], [true, 'site', 'confirmed']);
  });

  it('refuses users, doors and events of a portal', async () => {
    flow = await runFlow([
      ...siteNodes(portal.port, {}), { id: 'user', z: 'flow', type: 'mc-user', site: 'cfg-site', store: 'cfg-store', action: 'list', wires: [['out'], []] }, inboxNode('out'), ...catchNodes(),
    ], { 'cfg-site': portal.account });
    assert.equal(await errorOf('user', { payload: '' }), 'NOT_SUPPORTED');
  });
});
