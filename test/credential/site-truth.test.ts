import assert from 'node:assert/strict';
import { Blacklist } from '../../nodes/credential/blacklist';
import { changeMessage, changesSince, initialChanges, operationEvent } from '../../nodes/credential/changes';
import { Desk } from '../../nodes/credential/desk';
import { isMcError, McError } from '../../nodes/credential/mc-error';
import { publicRecord } from '../../nodes/credential/public-record';
import { type Merged, mergeList, type MergeOptions, mergeReaders, noteContact } from '../../nodes/credential/site-truth';
import { refuseInactive } from '../../nodes/credential/site-active';
import { MemoryStore } from '../support/memory-store';
import { FakeSite, seeded, VirtualClock } from './fake-site';

describe('the site\'s truth', () => {
  let clock: VirtualClock;
  let site: FakeSite;
  let store: MemoryStore;

  beforeEach(() => {
    clock = new VirtualClock();
    site = new FakeSite(clock, 100_000_000);
    store = new MemoryStore();
  });

  const poll = async (options: Partial<MergeOptions> = {}): Promise<Merged> => {
    clock.pass(1000);
    return mergeList(site, await site.list(), store, { adopt: 'all-doors', maxRemovalPercent: 20, heldRemoval: null, clock, ...options });
  };
  const statusOf = (cardId: string): string | undefined => store.get('credentials', `1001/${cardId}`)?.status;
  const fill = (count: number): void => {
    for (let n = 0; n < count; n += 1) site.add({ userId: `u${n}`, name: `User ${n}` }, String(1000 + n));
  };
  const all = { statuses: [], initial: true };

  it('is taken over first as what was there before, then as changes', async () => {
    fill(3);
    assert.equal((await poll()).changes, 3);
    assert.deepEqual(changesSince(store, '1001', 0, { statuses: [], initial: false }), []);
    assert.equal(changesSince(store, '1001', 0, all).length, 3);
    site.activate('1001');
    assert.equal((await poll()).changes, 1);
    const [change] = changesSince(store, '1001', 3, all);
    assert.ok(change !== undefined);
    const message = changeMessage(change, store);
    assert.deepEqual({ ...message, credential: message.credential?.activatedAt, at: null }, {
      cardId: '1001', userId: 'u1', name: 'User 1', from: 'before-activation', to: 'activated', fromText: 'Before Activation',
      toText: 'Activation', at: null, credential: message.at,
    });
    assert.deepEqual(changesSince(store, '1001', 0, { statuses: ['paused'], initial: true }), []);
    assert.deepEqual(changesSince(store, 'other', 0, all), []);
    assert.equal(initialChanges(store, '1001', { statuses: ['activated'] }).length, 1);
    assert.equal(store.get('sites', '1001')?.listAsOf, new Date(clock.ms).toISOString());
  });

  it('writes nothing for rows that did not change', async () => {
    fill(3);
    await poll();
    const before = store.writes;
    await poll();
    assert.equal(store.writes, before + 1, 'only the time of the list');
  });

  it('adopts as it is told, and keeps local doors', async () => {
    fill(1);
    await poll({ adopt: 'ignore' });
    assert.equal(statusOf('1000'), undefined);
    await poll({ adopt: 'no-doors' });
    assert.deepEqual(store.get('credentials', '1001/1000')?.doors, []);
    const doc = store.get('credentials', '1001/1000');
    assert.ok(doc !== undefined);
    await store.write([{ collection: 'credentials', put: { ...doc, doors: ['Lab'] } }]);
    site.activate('1000');
    await poll();
    assert.deepEqual(store.get('credentials', '1001/1000')?.doors, ['Lab']);
  });

  it('holds a list that would remove much, and believes the next that says the same', async () => {
    fill(10);
    await poll();
    const listAsOf = store.get('sites', '1001')?.listAsOf;
    const cards = site.cards;
    site.cards = new Map([...cards].slice(0, 7));
    site.activate('1000');
    const first = await poll();
    assert.equal(first.error?.code, 'SITE_ANSWER_INVALID');
    assert.deepEqual([statusOf('1009'), statusOf('1000'), store.get('sites', '1001')?.listAsOf], ['before-activation', 'before-activation', listAsOf]);
    site.cards = new Map([...cards].slice(0, 5));
    const other = await poll({ heldRemoval: first.held });
    assert.notEqual(other.held, first.held);
    const second = await poll({ heldRemoval: other.held });
    assert.deepEqual([second.held, second.error, second.changes, statusOf('1009'), statusOf('1000')], [null, null, 6, 'deleted', 'activated']);
    site.cards = new Map([...cards].slice(0, 4));
    assert.equal((await poll()).changes, 1, 'one of five is not more than 20 %');
  });

  it('says nothing of what was touched after it began, and an older list nothing at all', async () => {
    fill(10);
    await poll();
    clock.pass(1000);
    const list = await site.list();
    clock.pass(1000);
    const answer = await new Desk(site, store, { clock, random: seeded() }).act('issue', { userId: 'x', name: 'X', email: 'x@plant.example' });
    assert.ok(answer.ok && !Array.isArray(answer.record));
    await mergeList(site, list, store, { adopt: 'all-doors', maxRemovalPercent: 20, heldRemoval: null, clock });
    assert.equal(statusOf(answer.record.cardId), 'before-activation');
    await poll();
    site.cards.delete('1003');
    assert.equal((await poll()).changes, 1);
    await mergeList(site, list, store, { adopt: 'all-doors', maxRemovalPercent: 20, heldRemoval: null, clock });
    assert.equal(statusOf('1003'), 'deleted');
  });

  it('takes a number that went to another person as another credential', async () => {
    fill(1);
    await poll();
    site.cards.delete('1000');
    site.add({ userId: 'new', name: 'New' }, '1000');
    const before = store.lastChange();
    await poll({ adopt: 'no-doors' });
    assert.deepEqual(changesSince(store, '1001', before, all).map(({ userId, from, to }) => [userId, from, to]), [
      ['u0', 'before-activation', 'deleted'], ['new', null, 'before-activation'],
    ]);
    assert.deepEqual(store.get('credentials', '1001/1000')?.doors, []);
  });

  it('does not bring back a replaced card that is listed beside its successor', async () => {
    fill(5);
    await poll();
    clock.pass(1000);
    const answer = await new Desk(site, store, { clock, random: seeded() }).act('reissue', { userId: 'u0' });
    assert.ok(answer.ok);
    site.cards.set('1000', { ...site.cards.get('1001') as never as object, cardId: '1000', userId: 'u0', status: 'activated' } as never);
    await poll();
    assert.equal(statusOf('1000'), 'deleted');
  });

  it('merges 20,000 rows without freezing', async function () {
    this.timeout(20_000);
    fill(20_000);
    let pauses = 0;
    await poll({ pause: async () => { pauses += 1; return Promise.resolve(); } });
    assert.equal(store.lastChange(), 20_000);
    assert.ok(pauses >= 40);
  });

  it('notes readers and contacts', async () => {
    await mergeReaders(site, [{ device: 'R1', name: null }], store, clock);
    assert.deepEqual(store.get('readers', '1001')?.readers, [{ device: 'R1', name: null }]);
    await noteContact(site, store, clock);
    assert.deepEqual(store.get('sites', '1001'), { _id: '1001', listAsOf: null, contactAsOf: new Date(clock.ms).toISOString() });
    assert.throws(() => { refuseInactive({ siteId: '1001', status: 'PAYMENT_REQUIRED' }); }, McError);
  });

  it('tells every step of an operation', async () => {
    const events: unknown[] = [];
    store.onWrite((batch) => {
      for (const write of batch) if (write.collection === 'operations' && 'put' in write) events.push(operationEvent(write.put).state);
    });
    site.fates = ['lose-after'];
    await new Desk(site, store, { clock, random: seeded() }).act('issue', { userId: 'x', name: 'X', email: 'x@plant.example' });
    await poll();
    assert.deepEqual(events, ['sending', 'unknown', 'confirmed']);
  });
});

describe('the blacklist', () => {
  const clock = new VirtualClock();
  let store: MemoryStore;
  let blacklist: Blacklist;
  let site: FakeSite;

  beforeEach(async () => {
    store = new MemoryStore();
    site = new FakeSite(clock, 5);
    blacklist = new Blacklist(store, site, { clock });
    await new Desk(site, store, { clock, random: seeded() }).act('issue', { userId: '42', name: 'P', email: 'p@plant.example', cardId: '77' });
  });

  const blockedOf = (): unknown => {
    const doc = store.get('credentials', '1001/77');
    return doc === undefined ? undefined : publicRecord(doc, store).blacklisted;
  };

  it('blocks a card by its number, known or not', async () => {
    const since = new Date(clock.ms).toISOString();
    const entry = { cardId: '77', userId: '42', blacklisted: true, since, by: 'flow', reason: 'lost', site: 'none' };
    assert.deepEqual(await blacklist.act('block', { cardId: '77', reason: ' lost ' }), entry);
    clock.pass(1000);
    assert.deepEqual(await blacklist.act('block', '77'), entry);
    assert.deepEqual(await blacklist.act('check', '77'), entry);
    assert.deepEqual(blockedOf(), { since, by: 'flow', reason: 'lost' });
    assert.equal((await blacklist.act('block', '123')).userId, null);
    assert.equal(blacklist.list().length, 2);
    const open = { cardId: '77', userId: '42', blacklisted: false, since: null, by: null, reason: null, site: 'none' };
    assert.deepEqual(await blacklist.act('unblock', '77'), open);
    assert.deepEqual(await blacklist.act('unblock', '77'), open);
    assert.equal(blockedOf(), null);
  });

  it('blocks a user with all cards, and a card stays blocked while its user is', async () => {
    assert.deepEqual((await blacklist.act('block', { userId: 42 })).cardId, null);
    assert.equal((await blacklist.act('check', '77')).blacklisted, true);
    await blacklist.act('block', { cardId: '77', userId: '42' });
    assert.equal((await blacklist.act('unblock', '77')).blacklisted, true);
    assert.equal((await blacklist.act('unblock', { userId: '42' })).blacklisted, false);
    assert.equal(blockedOf(), null);
  });

  it('refuses what is no card number', async () => {
    for (const input of [998877665544, '0123', 'abc', '', '1'.repeat(33), { cardId: 12 }]) {
      await assert.rejects(blacklist.act('block', input), (error) => isMcError(error, 'CARD_ID_INVALID'));
    }
    for (const input of [null, {}, [], { userId: ' ' }, { cardId: null }]) {
      await assert.rejects(blacklist.act('block', input), (error) => isMcError(error, 'INPUT_INVALID'));
    }
  });
});
