import assert from 'node:assert/strict';
import { isLockedDown, lockdown, lockdownOrders, type LockdownStep, releaseLockdown } from '../../nodes/access/lockdown';
import { longestNumberBits } from '../../nodes/access/longest-number';
import { ask, blocked, CARD, credential, Knowledge, NOW, site } from './fixtures';

describe('lockdown', () => {
  const orders = ({ orders: found }: Pick<LockdownStep, 'orders'>): string[] => found.map(({ door, command }) => `${command} ${door}`);

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
