import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type FlowNode, catchNodes, inboxNode, removeUserDirs, runFlow, siteNodes, stopFlow } from '../support/flow';
import { PlainBiostar } from '../support/plain-biostar';
/** Deploys of every node that speaks to BioStar, one after the other: what each leaves behind would add up. */
describe('deploys of BioStar\'s nodes', function () {
  this.timeout(120_000);
  it('leave nothing behind', async () => {
    const server = new PlainBiostar();
    await server.start();
    const nodes = (): FlowNode[] => [
      ...siteNodes(server.port, { provider: 'biostar', siteId: '4711' }),
      ...(['mc-login', 'mc-issue', 'mc-watch', 'mc-blacklist', 'mc-user'] as const).map((type) => ({ id: type.slice(3), z: 'flow', type, site: 'cfg-site', store: 'cfg-store', action: '', intervalSeconds: '5', wires: [['out'], []] })),
      { id: 'feed', z: 'flow', type: 'mc-events', site: 'cfg-site', kinds: [], wires: [['out']] },
      { id: 'door', z: 'flow', type: 'mc-door', via: 'site', site: 'cfg-site', siteDoor: 'Main door', door: 'Front', wires: [['out'], []] },
      inboxNode('out'), ...catchNodes(),
    ];
    const { login_id, password } = server.account;
    let dir: string | undefined;
    const counts: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const flow = await runFlow(nodes(), { 'cfg-site': { email: login_id, password } }, dir);
      dir = flow.userDir;
      for (let tries = 0; server.listeners === 0 && tries < 200; tries += 1) await pause(5);
      flow.send('door', { payload: 'open' });
      await pause(30);
      await stopFlow();
      await pause(60);
      counts.push(process.getActiveResourcesInfo().filter((name) => !/TTY|Immediate/.test(name)).length);
    }
    const { listeners } = server;
    await server.stop();
    await removeUserDirs();
    assert.equal(listeners, 0);
    assert.ok(Math.max(...counts.slice(-4)) <= Math.max(...counts.slice(1, 5)) + 1, counts.join(' '));
  });
});
