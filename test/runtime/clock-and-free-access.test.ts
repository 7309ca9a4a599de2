import assert from 'node:assert/strict';
import sinon from 'sinon';
import { readRules } from '../../nodes/access/rules/read-rules';
import type { Rules } from '../../nodes/access/rules/rules';
import { ClockWatch } from '../../nodes/runtime/access/clock-watch';
import { FreeAccessKeeper } from '../../nodes/runtime/access/free-access-keeper';
import { MemoryStore } from '../support/memory-store';

const MINUTE = 60_000;
const NOW = Date.parse('2026-06-10T08:59:00Z');

describe('the clock of this machine', () => {
  let clock: sinon.SinonFakeTimers;
  let watch: ClockWatch;
  const doubts: boolean[] = [];
  const open = (store: MemoryStore): ClockWatch => (watch = new ClockWatch(store, () => { doubts.push(watch.look()); }));
  const heard = (store: MemoryStore): Promise<void> => store.write([{ collection: 'sites', put: { _id: '1', listAsOf: new Date().toISOString(), contactAsOf: null } }]);
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: NOW, toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
    doubts.length = 0;
  });
  afterEach(() => {
    watch.close();
    clock.restore();
  });

  for (const minutes of [6, -6, 60 * 24 * 365, -60 * 24]) {
    it(`is doubted after a jump of ${minutes} minutes, until a site was heard again`, async () => {
      const store = new MemoryStore();
      open(store);
      clock.tick(3 * 60 * MINUTE);
      assert.equal(watch.look(), false);
      clock.setSystemTime(Date.now() + minutes * MINUTE);
      assert.equal(watch.look(), true);
      clock.tick(60 * MINUTE);
      assert.equal(watch.look(), true, 'time alone mends nothing');
      await heard(store);
      assert.equal(watch.look(), false);
      assert.deepEqual(doubts, [true, false]);
    });
  }

  it('is not doubted for steps that time services make, also many of them', () => {
    open(new MemoryStore());
    for (let i = 0; i < 100; i += 1) {
      clock.tick(MINUTE);
      clock.setSystemTime(Date.now() + 4 * MINUTE);
      assert.equal(watch.look(), false);
    }
  });

  it('is doubted at a start before a time that it had shown, and not when it is later', async () => {
    const store = new MemoryStore();
    open(store);
    clock.tick(30 * MINUTE);
    await store.write([]);
    watch.close();
    clock.setSystemTime(NOW);
    assert.equal(open(store).look(), true);
    watch.close();
    clock.setSystemTime(NOW + 40 * MINUTE);
    assert.equal(open(store).look(), false);
  });
});

describe('free access of a node', () => {
  let clock: sinon.SinonFakeTimers;
  let store: MemoryStore;
  let rules: Rules;
  let orders: string[];
  let keeper: FreeAccessKeeper;
  const document = (afterFirstCard: boolean): unknown => ({
    schedules: { open: { everyday: ['09:00-12:00', '13:00-17:00', '22:00-06:00'] } }, doors: { Front: { freeAccess: { schedule: 'open', afterFirstCard } }, Back: {} },
  });
  const start = (): void => {
    keeper = new FreeAccessKeeper('node', store, () => rules, ({ command, door }) => { orders.push(`${command} ${door}`); });
    keeper.start();
  };
  const to = (time: string): string[] => {
    orders = [];
    clock.tick(Date.parse(`2026-06-${time}:01Z`) - Date.now());
    return orders;
  };
  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: NOW, toFake: ['Date', 'setInterval', 'clearInterval'] });
    store = new MemoryStore();
    orders = [];
    rules = readRules(document(false));
  });
  afterEach(() => {
    keeper.close(false);
    clock.restore();
  });

  it('unlocks and locks by its schedule, also past midnight', () => {
    start();
    assert.deepEqual(orders, []);
    assert.deepEqual(to('10T09:00'), ['unlock Front']);
    assert.deepEqual(to('10T12:30'), ['release Front']);
    assert.deepEqual(to('10T13:30'), ['unlock Front']);
    assert.deepEqual(to('11T05:00'), ['release Front', 'unlock Front']);
    assert.deepEqual(to('11T06:00'), ['release Front']);
  });

  it('waits for the first card of each period, where asked', () => {
    rules = readRules(document(true));
    start();
    keeper.noteGrant('Front');
    assert.deepEqual(to('10T09:30'), [], 'a card before the period does not count');
    keeper.noteGrant('Back');
    assert.deepEqual(orders, []);
    keeper.noteGrant('Front');
    assert.deepEqual(orders, ['unlock Front']);
    assert.deepEqual(to('10T13:30'), ['release Front']);
    keeper.noteGrant('Front');
    assert.deepEqual(orders, ['release Front', 'unlock Front']);
  });

  it('locks after a restart what ended meanwhile, and tells again what still holds', async () => {
    start();
    to('10T09:30');
    await store.write([]);
    keeper.close(false);
    clock.tick(10 * MINUTE);
    orders = [];
    start();
    assert.deepEqual(orders, ['unlock Front']);
    keeper.close(false);
    clock.setSystemTime(Date.parse('2026-06-10T12:30:00Z'));
    orders = [];
    start();
    assert.deepEqual(orders, ['release Front']);
    keeper.close(false);
    await store.write([]);
    orders = [];
    start();
    assert.deepEqual(orders, []);
  });

  it('asks for a new first card after a restart in a later period', async () => {
    rules = readRules(document(true));
    start();
    to('10T09:30');
    keeper.noteGrant('Front');
    await store.write([]);
    keeper.close(false);
    clock.setSystemTime(Date.parse('2026-06-10T14:00:00Z'));
    orders = [];
    start();
    assert.deepEqual(orders, ['release Front']);
    keeper.noteGrant('Front');
    assert.deepEqual(orders, ['release Front', 'unlock Front']);
  });

  it('leaves nothing unlocked when its rules or the node itself go', () => {
    start();
    to('10T09:30');
    rules = readRules({});
    keeper.look();
    assert.deepEqual(orders, ['unlock Front', 'release Front']);
    rules = readRules(document(false));
    keeper.look();
    keeper.close(true);
    assert.deepEqual(orders.slice(2), ['unlock Front', 'release Front']);
  });
});
