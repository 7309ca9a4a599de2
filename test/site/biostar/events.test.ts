import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { CursorState } from '../../../nodes/site/biostar/event-cursor';
import { eventMeaning } from '../../../nodes/site/biostar/event-codes';
import { EventFeed, type FeedState } from '../../../nodes/site/biostar/event-feed';
import { comesAfter, siteEvent } from '../../../nodes/site/biostar/site-event';
import { World } from './world';

describe('events of BioStar', () => {
  let world: World;
  let told: string[];
  let states: FeedState[];
  let cursor: CursorState | null;
  const feeds: EventFeed[] = [];

  const start = (): EventFeed => {
    const feed = new EventFeed(world.site({}, { timeoutMs: 2000 }).api, {
      cursor, onEvent: ({ id }) => { told.push(id); }, onCursor: (state) => { cursor = JSON.parse(JSON.stringify(state)) as CursorState; },
      onState: (state) => { states.push(state); }, probeMs: 150, onItsWayMs: 50, mostPauseMs: 50,
    });
    feeds.push(feed);
    feed.start();
    return feed;
  };
  const until = async (true_: () => boolean, what: string): Promise<void> => {
    for (let tries = 0; tries < 400; tries += 1) {
      if (true_()) return;
      await pause(10);
    }
    assert.fail(`${what}; told ${told.join(' ')}; states ${states.join(' ')}`);
  };
  const listening = (): Promise<void> => until(() => states.at(-1) === 'listening' && world.server.listeners === 1, 'listening');
  const all = (): string[] => world.server.books.events.map(({ id }) => id);

  beforeEach(async () => {
    world = await World.start();
    [told, states, cursor] = [[], [], null];
  });
  afterEach(async () => {
    for (const feed of feeds.splice(0)) feed.stop();
    await world.stop();
  });

  it('come in the documented order of calls, from now on', async () => {
    world.server.books.addEvent(4118);
    start();
    await listening();
    world.server.emit(4118, { user_id: { user_id: '4021' } });
    world.server.emit(6404);
    await until(() => told.length === 2, 'two events');
    assert.deepEqual(told, all().slice(1), 'what was before is not told');
    const order = world.server.seen.filter((route) => /login|start/.test(route));
    assert.deepEqual(order, ['POST /api/login', 'POST /api/events/start']);
  });

  it('are each told once, and in order, when frames come twice or out of order', async () => {
    start();
    await listening();
    world.server.emit(20992);
    await until(() => told.length === 1, 'the first');
    world.server.silent = true;
    const [a, b, c] = [world.server.emit(1), world.server.emit(2), world.server.emit(3)];
    for (const event of [c, a, a, b, c]) world.server.deliver(event);
    await until(() => told.length === 4, 'all');
    await pause(60);
    assert.deepEqual(told, all());
  });

  it('are filled in where the socket left some out', async () => {
    start();
    await listening();
    world.server.emit(1);
    await until(() => told.length === 1, 'the first');
    world.server.silent = true;
    world.server.emit(2);
    world.server.silent = false;
    world.server.emit(3);
    await until(() => told.length === 3, 'the gap');
    assert.deepEqual(told, all());
  });

  it('notice a socket that is healthy and silent, and connect again', async () => {
    start();
    await listening();
    world.server.silent = true;
    world.server.emit(1);
    await until(() => states.includes('silent'), 'silence');
    world.server.silent = false;
    await listening();
    world.server.emit(2);
    await until(() => told.length === 2, 'both');
    assert.deepEqual(told, all());
  });

  it('leave a quiet site alone', async () => {
    start();
    await listening();
    await pause(600);
    assert.equal(states.filter((state) => state === 'connecting').length, 1);
  });

  it('go on over cut connections, a kicked session and a server that is away', async () => {
    start();
    await listening();
    for (const harm of [() => { world.server.cutSockets(); }, () => { world.server.cutSockets(); world.server.kickAll(); }]) {
      world.server.emit(1);
      harm();
      world.server.emit(2);
      await pause(20);
      await listening();
      world.server.emit(3);
    }
    world.server.fault = () => 'drop';
    world.server.cutSockets();
    world.server.emit(4);
    await pause(300);
    world.server.fault = () => null;
    await until(() => told.length === 7, 'seven events');
    assert.deepEqual(told, all());
  });

  it('go on after a restart with what happened meanwhile', async () => {
    const feed = start();
    await listening();
    world.server.emit(1);
    await until(() => told.length === 1, 'the first');
    feed.stop();
    for (let count = 0; count < 30; count += 1) world.server.books.addEvent(2);
    start();
    await until(() => told.length === 31, 'what was missed');
    world.server.emit(3);
    await until(() => told.length === 32, 'the next');
    assert.deepEqual(told, all());
  });

  it('are told under any mixture of cuts, silence, doubles and orders (property)', async function () {
    this.timeout(60_000);
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('emit', 'emit', 'emit', 'cut', 'hide', 'swap', 'double', 'kick', 'pause'), { minLength: 5, maxLength: 25 }), async (steps) => {
      const before = world.server.books.events.length;
      [told, states] = [[], []];
      const feed = start();
      await listening();
      for (const step of steps) {
        const { server } = world;
        if (step === 'emit') server.emit(1);
        if (step === 'cut') server.cutSockets();
        if (step === 'kick') server.kickAll();
        if (step === 'hide') server.books.addEvent(2);
        if (step === 'double') server.deliver(server.emit(3));
        if (step === 'pause') await pause(20);
        if (step === 'swap') {
          const [a, b] = [server.books.addEvent(4), server.books.addEvent(5)];
          server.deliver(b);
          server.deliver(a);
        }
      }
      const wanted = (): string[] => all().slice(before);
      await until(() => told.length >= wanted().length, `all of ${steps.join(' ')}`);
      await pause(30);
      feed.stop();
      assert.deepEqual(told, wanted(), steps.join(' '));
    }), { numRuns: 25 });
  });

  it('are each told once also where six thousand come within the time that is looked back', async function () {
    this.timeout(30_000);
    start();
    await listening();
    for (let count = 0; count < 6000; count += 1) world.server.emit(1);
    await until(() => told.length === 6000, 'all');
    await pause(500);
    assert.deepEqual(told, all());
  });

  it('are not lost over a cut where a device\'s clock was hours ahead', async () => {
    const ahead = world.server.books.addEvent(1);
    ahead.row['datetime'] = `${new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 19)}.00Z`;
    delete ahead.row['server_datetime'];
    start();
    await listening();
    world.server.cutSockets();
    world.server.emit(2);
    await until(() => told.length === 1, 'what came over the cut');
  });

  it('leave nothing behind at each connection', async () => {
    const warned: Error[] = [];
    const listen = (warning: Error): void => { warned.push(warning); };
    process.on('warning', listen);
    start();
    for (let cut = 0; cut < 14; cut += 1) {
      await listening();
      world.server.cutSockets();
      await until(() => world.server.listeners === 0, 'the cut');
      states.push('lost');
    }
    await listening();
    process.off('warning', listen);
    assert.deepEqual(warned.map(({ name }) => name), []);
  });

  it('have a kind and words for each code', () => {
    for (const [code, kind] of [[4118, 'granted'], [4121, 'granted'], [6400, 'denied'], [6401, 'denied'], [6404, 'blacklisted'], [21504, 'forced-open'], [21760, 'held-open'], [16384, 'tamper'], [22272, 'forced-open-cleared'], [4631, 'duress'], [1, 'other']] as const) {
      assert.equal(eventMeaning(code).kind, kind, String(code));
    }
    assert.deepEqual(siteEvent({ id: 12, datetime: '2026-03-01T08:00:00.00Z', event_type_id: { code: '4118' }, user_id: { user_id: '4021', name: 'Rae' }, door_id: [{ id: '5', name: 'Main' }], device_id: { id: '54' } }), {
      id: '12', code: 4118, kind: 'granted', text: 'Access granted by mobile card', at: '2026-03-01T08:00:00.000Z', userId: '4021', cardId: null, door: 'Main', device: '54',
      raw: { id: 12, datetime: '2026-03-01T08:00:00.00Z', event_type_id: { code: '4118' }, user_id: { user_id: '4021', name: 'Rae' }, door_id: [{ id: '5', name: 'Main' }], device_id: { id: '54' } },
    });
    assert.equal(siteEvent({ id: '1' }), null);
    assert.ok(comesAfter('10', '9') && comesAfter('99999999999999999999', '99999999999999999998'));
  });
});
