import assert from 'node:assert/strict';
import { begin, type EmergencyStep, end, FIRE, holds, LOCKDOWN, standing } from '../../nodes/access/emergency';
import { isLockedDown } from '../../nodes/access/lockdown';
import { longestNumberBits } from '../../nodes/access/longest-number';
import { ask, blocked, CARD, credential, Knowledge, NOW, site } from './fixtures';

describe('lockdown', () => {
  type Kept = Parameters<typeof standing>[1];
  const doors = (door: string): string[] => (door === '' ? [] : [door]);
  const lockdown = (store: Kept, door: string, now: number): EmergencyStep => begin(LOCKDOWN, store, doors(door), now);
  const releaseLockdown = (store: Kept, door: string, now: number): EmergencyStep => end(LOCKDOWN, store, doors(door), now);
  const lockdownOrders = (store: Kept, now: number): EmergencyStep['orders'] => standing(LOCKDOWN, store, now);
  const orders = ({ orders: found }: Pick<EmergencyStep, 'orders'>): string[] => found.map(({ door, command }) => `${command} ${door}`);

  it('locks one door, or all, until released', () => {
    const knowledge = new Knowledge([site(), credential()]);
    const one = lockdown(knowledge, 'Front', NOW);
    assert.deepEqual(one.orders, [{ door: 'Front', command: 'lock', source: 'lockdown', at: new Date(NOW).toISOString() }]);
    knowledge.write(...one.writes);
    assert.deepEqual([ask(knowledge).reason, ask(knowledge, { door: 'Back' }).reason], ['LOCKDOWN', 'GRANTED']);
    knowledge.write(...releaseLockdown(knowledge, 'Front', NOW).writes);
    assert.equal(ask(knowledge).reason, 'GRANTED');
    const all = lockdown(knowledge, '', NOW);
    assert.deepEqual(orders(all), ['lock *']);
    knowledge.write(...all.writes);
    assert.deepEqual([ask(knowledge).reason, ask(knowledge, { door: 'Back' }).reason], ['LOCKDOWN', 'LOCKDOWN']);
  });

  it('a single door is let out of a lockdown of all, over a restart, until it or all are locked again', () => {
    const knowledge = new Knowledge();
    knowledge.write(...lockdown(knowledge, '', NOW).writes, ...lockdown(knowledge, 'Front', NOW).writes);
    const single = releaseLockdown(knowledge, 'Front', NOW);
    assert.deepEqual(orders(single), ['release Front']);
    knowledge.write(...single.writes);
    assert.deepEqual([isLockedDown(knowledge, 'Front'), isLockedDown(knowledge, 'Back')], [false, true]);
    assert.deepEqual(orders({ orders: lockdownOrders(knowledge, NOW) }), ['lock *', 'release Front']);
    knowledge.write(...lockdown(knowledge, 'Front', NOW).writes);
    assert.deepEqual([isLockedDown(knowledge, 'Front'), orders({ orders: lockdownOrders(knowledge, NOW) })], [true, ['lock *', 'lock Front']]);
    knowledge.write(...releaseLockdown(knowledge, 'Front', NOW).writes, ...lockdown(knowledge, '', NOW).writes);
    knowledge.write(...lockdown(knowledge, '', NOW).writes);
    assert.equal(isLockedDown(knowledge, 'Front'), true);
    const all = releaseLockdown(knowledge, '', NOW);
    assert.deepEqual(orders(all)[0], 'release *');
    knowledge.write(...all.writes);
    assert.deepEqual(lockdownOrders(knowledge, NOW), []);
    assert.equal(isLockedDown(knowledge, 'Back'), false);
  });

  it('asked again keeps the first beginning and still tells the doors', () => {
    const knowledge = new Knowledge();
    knowledge.write(...lockdown(knowledge, 'Front', NOW).writes);
    assert.deepEqual([lockdown(knowledge, 'Front', NOW + 5).writes, orders(lockdown(knowledge, 'Front', NOW + 5))], [[], ['lock Front']]);
    assert.deepEqual([releaseLockdown(knowledge, 'Back', NOW).writes, orders(releaseLockdown(knowledge, 'Back', NOW))], [[], ['release Back']]);
  });

  it('takes several doors at once, also out of one of all', () => {
    const knowledge = new Knowledge();
    const group = begin(LOCKDOWN, knowledge, ['Front', 'Back'], NOW);
    assert.deepEqual(orders(group), ['lock Front', 'lock Back']);
    knowledge.write(...group.writes);
    assert.deepEqual(['Front', 'Back', 'Gate'].map((door) => isLockedDown(knowledge, door)), [true, true, false]);
    knowledge.write(...begin(LOCKDOWN, knowledge, [], NOW).writes);
    knowledge.write(...end(LOCKDOWN, knowledge, ['Front', 'Back'], NOW).writes);
    assert.deepEqual(['Front', 'Back', 'Gate'].map((door) => isLockedDown(knowledge, door)), [false, false, true]);
  });

  it('is apart from a fire, which unlocks', () => {
    const knowledge = new Knowledge();
    const fire = begin(FIRE, knowledge, [], NOW);
    assert.deepEqual(fire.orders.map(({ door, command, source }) => [door, command, source]), [['*', 'unlock', 'fire']]);
    knowledge.write(...fire.writes, ...lockdown(knowledge, 'Front', NOW).writes);
    assert.deepEqual([holds(FIRE, knowledge, 'Front'), isLockedDown(knowledge, 'Back'), isLockedDown(knowledge, 'Front')], [true, false, true]);
    assert.deepEqual(orders({ orders: standing(FIRE, knowledge, NOW) }), ['unlock *']);
    knowledge.write(...end(FIRE, knowledge, [], NOW).writes);
    assert.deepEqual([holds(FIRE, knowledge, 'Front'), isLockedDown(knowledge, 'Front')], [false, true]);
  });
});

describe('longestNumberBits', () => {
  it('follows what comes and goes, blacklist entries included', () => {
    const knowledge = new Knowledge();
    assert.equal(longestNumberBits(knowledge), 0);
    knowledge.write(credential({ cardId: '4294967295' }));
    assert.equal(longestNumberBits(knowledge), 32);
    knowledge.write(blocked({ cardId: '4294967296' }), blocked({ userId: 'u' }), credential());
    assert.equal(longestNumberBits(knowledge), BigInt(CARD).toString(2).length);
    knowledge.write({ collection: 'credentials', remove: `1/${CARD}` });
    assert.equal(longestNumberBits(knowledge), 33);
    knowledge.write({ collection: 'blacklist', remove: 'card:4294967296' });
    assert.equal(longestNumberBits(knowledge), 32);
  });
});
