import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { BiostarFault } from '../../support/plain-biostar';
import { RAE, World } from './world';

const SAID = 'Rae_Okafor 2 rae@plant.example a-Secret-of-BioStar 70310044120018';

describe('errors of a BioStar site', () => {
  let world: World;
  beforeEach(async () => { world = await World.start(); });
  afterEach(() => world.stop());

  it('hold no session, no password, no name, no address and no whole card number, whatever the server says', async function () {
    this.timeout(30_000);
    world.server.books.addUser('4021', RAE.name, RAE.email);
    const faults: BiostarFault[] = ['drop', 'act-then-drop', 'html', { http: 400, code: SAID }, { http: 500, code: SAID, bare: true }, { http: 403, code: 20 }, { http: 400, code: 1403 }, { http: 409, code: 65651 }];
    let looked = 0;
    for (const fault of faults) {
      const site = world.site({}, { timeoutMs: 500 });
      const session = await site.api.sessionId();
      world.server.fault = (_method, path) => (path === '/api/login' ? null : fault);
      const steps = { userId: '4021', progress: {}, keep: () => Promise.resolve() };
      const calls = [
        () => site.info(), () => site.list(), () => site.users.get('4021'), () => site.users.update('4021', { name: RAE.name }), () => site.block(RAE.cardId),
        () => site.issue({ ...RAE, phone: null, department: null, title: null, validFrom: null, validTo: null, doors: null }, RAE.cardId, steps), () => site.doors.command('open', '1'), () => site.delete(RAE.cardId, steps),
      ];
      for (const call of calls) {
        const error: unknown = await (call as () => Promise<unknown>)().then(() => null, (failure: unknown) => failure);
        if (error === null) continue;
        looked += 1;
        const all = [inspect(error, { depth: Infinity, showHidden: true }), JSON.stringify(error)].join('\n');
        assert.deepEqual([session, world.server.account.password, RAE.name, RAE.email, RAE.cardId, 'bs-session-id'].filter((secret) => all.includes(secret)), [], all);
      }
      world.server.fault = () => null;
      site.close();
    }
    assert.ok(looked > 40, String(looked));
  });
});
