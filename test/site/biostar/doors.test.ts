import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { isMcError } from '../../../nodes/credential/mc-error';
import { SiteDoor } from '../../../nodes/runtime/site-door';
import { World } from './world';

describe('a door of BioStar', () => {
  let world: World;
  let door: SiteDoor;
  const make = (siteDoor: string): SiteDoor => new SiteDoor(world.site(), { door: 'Main door', siteDoor, maxDecisionAgeMs: 5000 });
  const run = (payload: unknown): ReturnType<SiteDoor['handle']> => door.handle(payload, Date.now());
  const codeOf = async (payload: unknown): Promise<string> => run(payload).then(() => 'ok', (error: unknown) => (isMcError(error) ? error.code : String(error)));
  const granted = (more: object = {}): object => ({ granted: true, door: 'Main door', decidedAt: new Date().toISOString(), cardId: '7', ...more });

  beforeEach(async () => {
    world = await World.start();
    door = make('Main door');
  });
  afterEach(async () => {
    door.stop();
    await world.stop();
  });

  it('opens, locks, unlocks and releases, by name or ID, as its row confirms', async () => {
    for (const [command, state] of [['open', 'granted'], ['lock', 'locked'], ['release', 'locked'], ['unlock', 'unlocked'], ['release', 'locked']] as const) {
      const answer = await run(command);
      assert.deepEqual([answer?.command, answer?.state, answer?.confirmed], [command, state, true]);
    }
    door = make('2');
    assert.equal((await run({ command: 'open' }))?.confirmed, true);
    assert.deepEqual((world.server.bodies.at(-1) as { body: unknown }).body, { DoorCollection: { rows: [{ id: 2 }] } });
    assert.equal((await run('status'))?.state, 'locked');
  });

  for (const rows of ['array', 'quirks'] as const) {
    it(`says so where nothing opened (${rows})`, async () => {
      world.server.options.rows = rows;
      await run('status');
      world.server.books.doors.length = 0;
      const answer = await run('open');
      assert.deepEqual([answer?.confirmed, answer?.state], [false, 'unknown'], 'code 0 although nothing opened');
      world.server.books.doors.push({ id: '1', name: 'Main door' });
      world.server.options.offlineDoors.add('1');
      assert.equal(await codeOf('open'), 'LINE_DOWN');
    });
  }

  it('opens once for a decision, only for its own, and not for an old one', async () => {
    const decision = granted();
    assert.equal((await run(decision))?.state, 'granted');
    await run(decision);
    assert.equal(world.server.count('POST /api/doors/open'), 1);
    assert.equal(await run(granted({ door: 'Other' })), null);
    assert.equal(await run(granted({ granted: false })), null);
    assert.equal(await codeOf(granted({ decidedAt: new Date(Date.now() - 6000).toISOString() })), 'COMMAND_EXPIRED');
  });

  it('refuses what ranks below who locked it', async () => {
    await run({ door: '*', command: 'lock', source: 'lockdown' });
    assert.equal(await codeOf(granted()), 'DOOR_LOCKED');
    assert.equal(await codeOf('open'), 'DOOR_LOCKED');
    await run({ door: 'Main door', command: 'unlock', source: 'schedule' });
    assert.equal(world.server.count('POST /api/doors/unlock'), 0);
    const answer = await run({ door: '*', command: 'release', source: 'lockdown' });
    assert.equal(answer?.state, 'unlocked');
    assert.equal(world.server.count('POST /api/doors/unlock'), 1);
  });

  it('is told one command after the other, and again what was not confirmed', async () => {
    world.server.latencyMs = 40;
    await run('status');
    const locking = run('lock');
    await pause(10);
    const [locked, released] = await Promise.all([locking, run({ door: 'Main door', command: 'release', source: 'operator' })]);
    assert.deepEqual([locked?.confirmed, released?.confirmed], [true, true]);
    assert.deepEqual(world.server.seen.filter((route) => /lock$|release$/.test(route)), ['POST /api/doors/lock', 'POST /api/doors/release']);
    const restarted = make('Main door');
    assert.equal((await restarted.handle({ door: '*', command: 'release', source: 'lockdown' }, Date.now()))?.confirmed, true);
    assert.equal(world.server.count('POST /api/doors/release'), 2, 'what held before a restart is ended');
    const doors = world.server.books.doors.splice(0);
    assert.equal((await run({ door: '*', command: 'lock', source: 'lockdown' }))?.confirmed, false);
    world.server.books.doors.push(...doors);
    assert.equal((await run({ door: '*', command: 'lock', source: 'lockdown' }))?.confirmed, true);
    assert.equal(world.server.count('POST /api/doors/lock'), 3);
    restarted.stop();
  });

  it('is unknown under a name that BioStar does not have', async () => {
    door = make('Cellar');
    assert.equal(await codeOf('open'), 'CHANNEL_UNKNOWN');
  });
});
