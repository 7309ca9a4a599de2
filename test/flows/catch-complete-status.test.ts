import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainPortal } from '../support/plain-portal';

describe('Catch, Complete and Status nodes', function () {
  this.timeout(20_000);
  let portal: PlainPortal;
  const person = { userId: '5', name: 'Ann', email: 'ann@plant.example' };

  const nodes = (): FlowNode[] => [
    ...siteNodes(portal.port),
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: 'issue', wires: [['out']] },
    { id: 'login', z: 'flow', type: 'mc-login', site: 'cfg-site', store: '', wires: [['out']] },
    { id: 'access', z: 'flow', type: 'mc-access', store: 'cfg-store', wires: [['out'], ['out'], ['out']] },
    { id: 'block', z: 'flow', type: 'mc-blacklist', store: 'cfg-store', action: '', wires: [['out']] },
    { id: 'complete', z: 'flow', type: 'complete', scope: ['issue', 'login', 'access', 'block'], wires: [['completed']] },
    { id: 'status', z: 'flow', type: 'status', scope: null, wires: [['statuses']] },
    inboxNode('out'), inboxNode('completed'), inboxNode('statuses'), ...catchNodes(),
  ];

  beforeEach(async () => {
    portal = new PlainPortal();
    await portal.start();
  });
  afterEach(async () => {
    await stopFlow();
    await portal.stop();
    await removeUserDirs();
  });

  it('a message that succeeds completes once and is not caught; one that fails is caught once and does not complete', async () => {
    const flow = await runFlow(nodes(), { 'cfg-site': portal.account });
    await flow.ask('issue', { payload: person, mark: 1 }, 'out');
    await flow.ask('access', { payload: { cardId: '1', door: 'x' }, mark: 2 }, 'out');
    await flow.ask('block', { payload: '123', action: 'block', mark: 3 }, 'out');
    await flow.ask('login', { mark: 4 }, 'out');
    await flow.ask('issue', { payload: null, mark: 5 }, 'errors');
    await flow.ask('access', { payload: 7, mark: 6 }, 'errors');
    await flow.ask('block', { payload: 'x', action: 'block', mark: 7 }, 'errors');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual(flow.inbox('completed').messages.map((msg) => msg['mark']), [1, 2, 3, 4]);
    assert.deepEqual(flow.inbox('errors').messages, [], 'nothing was caught twice');
  });

  it('an error names its code and carries no secret; statuses reach the Status node as keys', async () => {
    portal.fault = (_method, path) => path === '/login' ? { status: 401, body: { status: 401, message: 'no' } } : null;
    const flow = await runFlow(nodes(), { 'cfg-site': portal.account });
    const caught = await flow.ask('login', {}, 'errors');
    assert.equal(caught.error?.code, 'LOGIN_REFUSED');
    assert.ok(!JSON.stringify(caught).includes(portal.account.password));
    const texts = flow.inbox('statuses').messages.map((msg) => (msg['status'] as { text?: string }).text);
    assert.ok(texts.includes('mc-login.status.signing-in'), JSON.stringify(texts));
    assert.ok(texts.includes('LOGIN_REFUSED'), JSON.stringify(texts));
  });

  it('a person without a name in the message of an error, and no token anywhere on disk', async () => {
    const flow = await runFlow(nodes(), { 'cfg-site': portal.account });
    await flow.ask('issue', { payload: person }, 'out');
    const [token = ''] = portal.tokens;
    const folder = join(flow.userDir, 'mobile-credential', 'cfg-store');
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    assert.ok(files.length > 0);
    for (const file of files) {
      const text = await readFile(join(folder, file), 'utf8');
      assert.ok(!text.includes(token) && !text.includes(portal.account.password), file);
    }
    const refused = await flow.ask('issue', { payload: { ...person, userId: '6', name: "Zoe O'Hara" } }, 'errors');
    assert.ok(!refused.error?.message.includes('Zoe'), refused.error?.message);
    assert.ok(refused.error?.message.includes('6'));
  });

  it('twenty redeploys leave one store, no timers that pile up and no connection at the portal', async () => {
    let userDir: string | undefined;
    for (let round = 0; round < 20; round += 1) {
      const flow = await runFlow(nodes(), { 'cfg-site': portal.account }, userDir);
      userDir = flow.userDir;
      await flow.ask('login', {}, 'out');
      await stopFlow();
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(portal.connections, 0);
    await runFlow(nodes(), {}, userDir);
  });
});
