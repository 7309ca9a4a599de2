import assert from 'node:assert/strict';
import { type FlowNode, catchNodes, inboxNode, type Message, removeUserDirs, runFlow, type RunningFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

interface Change { cardId: string; userId: string; from: string | null; to: string; fromText: string | null; toText: string; credential: { doors: unknown } }

describe('mc-watch in a flow', function () {
  this.timeout(30_000);
  let portal: PlainPortal;
  let flow: RunningFlow;

  const nodes = (watch: Record<string, unknown> = {}): FlowNode[] => [
    ...siteNodes(portal.port),
    { id: 'watch', z: 'flow', type: 'mc-watch', site: 'cfg-site', store: 'cfg-store', intervalSeconds: '3600', statuses: [], adopt: 'all-doors', maxRemovalPercent: '20', ...watch, wires: [['changes'], ['operations']] },
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: 'issue', wires: [['issued']] },
    { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', wires: [['decided'], ['decided'], []] },
    inboxNode('changes'), inboxNode('operations'), inboxNode('issued'), inboxNode('decided'), ...catchNodes(),
  ];
  const start = async (watch: Record<string, unknown> = {}, userDir?: string): Promise<void> => {
    flow = await runFlow(nodes(watch), { 'cfg-site': portal.account }, userDir);
  };
  const card = (number: string, userKey: string, status = 'ACTIVE'): void => {
    portal.cards.push({ number, userKey, name: `Person ${userKey}`, email: undefined, phone: undefined, status });
  };
  const check = async (): Promise<Change[]> => {
    flow.send('watch', { payload: 'now' });
    return (await flow.inbox('changes').next((msg) => Array.isArray(msg.payload), 15_000)).payload as Change[];
  };
  const decide = async (cardId: string): Promise<string> => {
    flow.send('access', { payload: { cardId, door: 'Front', direction: 'in', device: '' } });
    return ((await flow.inbox('decided').next()).payload as { reason: string }).reason;
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

  it('does not report what was there before, and reports it with initial', async () => {
    card('11', 'a');
    await start();
    assert.deepEqual(await check(), []);
    await stopFlow();
    await start({ initial: true });
    const first = await flow.inbox('changes').next((msg: Message) => !Array.isArray(msg.payload), 15_000);
    assert.equal((first.payload as Change).cardId, '11');
    assert.equal((first.payload as Change).from, null);
    assert.equal(first.topic, 'credential/activated');
  });

  it('reports own issues at once and activations with the next look, each once, also across a restart', async () => {
    await start();
    await check();
    await flow.ask('issue', { payload: { userId: '1x', name: 'Ann', email: 'a@b.example', cardId: '123' } }, 'issued');
    const own = await flow.inbox('changes').next();
    assert.deepEqual({ ...(own.payload as Change), credential: 0, at: 0 }, {
      cardId: '123', userId: '1x', name: 'Ann', from: null, to: 'before-activation', fromText: null, toText: 'Before Activation', at: 0, credential: 0,
    });
    assert.equal(await decide('123'), 'BEFORE_ACTIVATION');
    (portal.card('123') as { status: string }).status = 'ACTIVE';
    const [change, ...others] = await check();
    assert.equal(change?.to, 'activated');
    assert.equal(change.from, 'before-activation');
    assert.equal(others.length, 0);
    assert.equal(await decide('123'), 'GRANTED');
    const { userDir } = flow;
    await stopFlow();
    await start({}, userDir);
    assert.deepEqual(await check(), []);
    assert.equal(await decide('123'), 'GRANTED');
  });

  it('a second watch sees all changes too', async () => {
    flow = await runFlow([...nodes(), { id: 'second', z: 'flow', type: 'mc-watch', site: 'cfg-site', store: 'cfg-store', intervalSeconds: '3600', statuses: [], wires: [['others'], []] }, inboxNode('others')], { 'cfg-site': portal.account });
    await check();
    card('5', 'b', 'INACTIVE');
    await check();
    const other = await flow.inbox('others').next();
    assert.equal((other.payload as Change).cardId, '5');
  });

  it('a short, cut or empty list locks nobody out', async () => {
    for (let i = 1; i <= 30; i += 1) card(String(1000 + i), `u${i}`);
    await start();
    await check();
    assert.equal(await decide('1003'), 'GRANTED');
    const all = portal.cards;
    // Wrong total: the empty page comes before the total is reached.
    portal.fault = (method, path) => path.endsWith('/card') && method === 'GET' ? { status: 200, body: { status: 200, record: { rows: [], total: '30' } } } : null;
    flow.send('watch', { payload: 'now' });
    assert.equal((await flow.inbox('errors').next(() => true, 15_000)).error?.code, 'SITE_ANSWER_INVALID');
    assert.equal(await decide('1003'), 'GRANTED');
    portal.fault = () => null;
    // Much shorter: held back once, applied when it is said again.
    portal.cards = all.slice(0, 5);
    flow.send('watch', { payload: 'now' });
    assert.equal((await flow.inbox('errors').next(() => true, 15_000)).error?.code, 'SITE_ANSWER_INVALID');
    assert.equal(await decide('1010'), 'GRANTED');
    assert.equal((await check()).filter(({ to }) => to === 'deleted').length, 25);
    assert.equal(await decide('1010'), 'DELETED');
    assert.equal(await decide('1003'), 'GRANTED');
  });

  it('adopts without doors, or not at all', async () => {
    card('61', 'n');
    await start({ adopt: 'no-doors' });
    await check();
    assert.equal(await decide('61'), 'DOOR_NOT_ALLOWED');
    await stopFlow();
    await removeUserDirs();
    await start({ adopt: 'ignore' });
    await check();
    assert.equal(await decide('61'), 'UNKNOWN_CARD');
  });

  it('raises one error an outage, and settles a lost answer from the list', async () => {
    portal.fault = (method, path) => method === 'POST' && path === '/user/card' ? 'act-then-drop' : null;
    await start();
    await check();
    flow.send('issue', { payload: { userId: 'z', name: 'Zoe', email: 'z@b.example', cardId: '9009' } });
    assert.equal((await flow.inbox('errors').next(() => true, 15_000)).error?.code, 'OUTCOME_UNKNOWN');
    const states = flow.inbox('operations').messages.map(({ payload }) => (payload as { state: string }).state);
    assert.deepEqual(states, ['sending', 'unknown']);
    const changes = await check();
    assert.deepEqual(changes.map(({ cardId, from, to }) => ({ cardId, from, to })), [{ cardId: '9009', from: null, to: 'before-activation' }]);
    const confirmed = await flow.inbox('operations').next(({ payload }) => (payload as { state: string }).state === 'confirmed');
    assert.equal((confirmed.payload as { operation: string }).operation, 'issue');
    assert.equal(portal.credits, 9);
  });

  it('a route for the readers that fails keeps nobody from the credentials, nor from signing in', async () => {
    card('71', 'q');
    await start();
    await check();
    assert.equal(await decide('71'), 'GRANTED');
    portal.fault = (_method, path) => path.endsWith('/device') ? { status: 403 } : null;
    (portal.card('71') as { status: string }).status = 'INACTIVE';
    flow.send('watch', { payload: 'now' });
    assert.equal((await flow.inbox('errors').next(() => true, 15_000)).error?.code, 'PERMISSION_DENIED');
    await flow.inbox('changes').next((msg) => (msg.payload as Change).to === 'before-activation', 5000);
    assert.equal(await decide('71'), 'BEFORE_ACTIVATION');
  });
});
