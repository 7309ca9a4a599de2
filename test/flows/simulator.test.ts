import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, stopFlow } from '../support/flow';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('mc-simulator in a flow', function () {
  this.timeout(20_000);
  let httpPort: number;
  let modbusPort: number;

  const nodes = (over: Record<string, unknown> = {}): FlowNode[] => [
    { id: 'flow', type: 'tab' },
    { id: 'cfg-site', type: 'mc-site', domain: 'http://127.0.0.1', port: String(httpPort), siteId: '1001' },
    { id: 'cfg-store', type: 'mc-store' },
    { id: 'simulator', z: 'flow', type: 'mc-simulator', httpPort: String(httpPort), modbusPort: String(modbusPort), credits: '2', doors: '1', ...over, wires: [['events']] },
    { id: 'issue', z: 'flow', type: 'mc-issue', site: 'cfg-site', store: 'cfg-store', action: 'issue', wires: [['out']] },
    { id: 'login', z: 'flow', type: 'mc-login', site: 'cfg-site', wires: [['out']] },
    inboxNode('events'), inboxNode('out'), ...catchNodes(),
  ];
  const account = { 'cfg-site': { email: 'demo@portal-to-door.example', password: 'portal-to-door-demo' } };

  beforeEach(async () => {
    httpPort = await freePort();
    modbusPort = await freePort();
  });
  afterEach(async () => {
    await stopFlow();
    await removeUserDirs();
  });

  it('tells what happens to it without links, and keeps its site over a deploy', async () => {
    let flow = await runFlow(nodes(), account);
    await flow.shows('simulator', `127.0.0.1:${httpPort}`);
    await flow.ask('issue', { payload: { userId: '9', name: 'Ann', email: 'ann@example.com' } }, 'out');
    const issued = await flow.inbox('events').next((msg) => msg.topic === 'simulator/issued');
    assert.ok(!/http|activate/i.test(JSON.stringify(issued.payload)), JSON.stringify(issued.payload));
    await stopFlow();
    flow = await runFlow(nodes(), account, flow.userDir);
    await flow.shows('simulator', `127.0.0.1:${httpPort}`);
    const { payload } = await flow.ask('login', {}, 'out');
    assert.equal((payload as { credits: { card: number } }).credits.card, 1, 'the credit that was spent stays spent');
  });

  it('says when its port is taken, and takes nothing down', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(httpPort, '127.0.0.1', resolve));
    const flow = await runFlow(nodes(), account);
    assert.equal((await flow.inbox('errors').next()).error?.code, 'PORT_IN_USE');
    assert.equal(flow.statuses('simulator').at(-1)?.fill, 'red');
    await new Promise((resolve) => other.close(resolve));
  });
});
