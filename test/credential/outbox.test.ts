import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fullJitter, LONGEST_WAIT_MS } from '../../nodes/credential/backoff';
import { Desk, type DeskAction, type DeskAnswer } from '../../nodes/credential/desk';
import type { OperationDocument } from '../../nodes/credential/documents';
import { McError } from '../../nodes/credential/mc-error';
import { Outbox } from '../../nodes/credential/outbox';
import type { RandomPort } from '../../nodes/credential/random-port';
import { recoverOperations } from '../../nodes/credential/recover-operations';
import { BUDGET_MS, MOST_ATTEMPTS } from '../../nodes/credential/retry-budget';
import { SETTLE_GRACE_MS } from '../../nodes/credential/settle-grace';
import { MemoryStore } from '../support/memory-store';
import { FakeSite, type Fate, seeded, VirtualClock } from './fake-site';

const ann = { userId: '7', name: 'Ann', email: 'ann@plant.example' };

describe('the outbox', () => {
  let clock: VirtualClock;
  let site: FakeSite;
  let store: MemoryStore;
  let outbox: Outbox;
  let random: RandomPort;
  /** Pauses it asked for, and what it does after the last one. */
  let pauses: number[];
  let due: (() => void) | null;

  beforeEach(() => {
    clock = new VirtualClock();
    site = new FakeSite(clock, 50);
    store = new MemoryStore();
    random = seeded(9);
    outbox = newOutbox();
  });

  function newOutbox(): Outbox {
    pauses = [];
    due = null;
    return new Outbox({
      site, store, clock, random: seeded(5),
      timer: (ms, work) => {
        pauses.push(ms);
        due = work;
        return () => { due = null; };
      },
    });
  }

  const act = (action: DeskAction, input: unknown, operationId?: string): Promise<DeskAnswer> =>
    new Desk(site, store, { clock, random }).act(action, input, operationId);
  const operation = (): Readonly<OperationDocument> => [...store.all('operations')].at(-1) as OperationDocument;
  const lost = async (action: DeskAction, fate: Fate): Promise<void> => {
    site.fates = [fate];
    await act(action, action === 'issue' ? ann : { userId: '7' });
    clock.pass(1000);
  };
  const afterGrace = async (...fates: Fate[]): Promise<void> => {
    clock.pass(SETTLE_GRACE_MS + 1000);
    site.fates = fates;
    await outbox.round();
  };

  it('settles by itself what was lost, also what a restart has left open, and sends no issue', async () => {
    await lost('issue', 'lose-after');
    await outbox.start();
    assert.deepEqual([operation().state, site.sent.length], ['confirmed', 1]);
    site.fates = ['hang-after'];
    void act('reissue', { userId: '7' });
    await new Promise((resolve) => setImmediate(resolve));
    store = store.restart();
    await recoverOperations(store, clock);
    clock.pass(1000);
    outbox = newOutbox();
    await outbox.start();
    assert.deepEqual([operation().state, site.sent.length, site.spent], ['confirmed', 2, 2]);
    await lost('issue', 'answer');
    site.cards.clear();
    assert.equal(due, null, 'with nothing open there is nothing to wait for');
  });

  it('rejects an issue that is proven undone and leaves it to who asked', async () => {
    await lost('issue', 'lose-before');
    await outbox.start();
    assert.equal(operation().state, 'unknown');
    assert.ok(due !== null);
    await afterGrace();
    assert.deepEqual([operation().state, site.sent.length], ['rejected', 1]);
  });

  it('wakes when an answer is lost, and tries with growing pauses while the site cannot be read', async () => {
    await outbox.start();
    await lost('issue', 'lose-after');
    site.listError = new McError('SITE_UNREACHABLE', 'down');
    for (let round = 0; round < 12; round += 1) {
      assert.ok(due !== null, `round ${round}`);
      clock.pass(pauses.at(-1) as number);
      await outbox.round();
    }
    assert.ok(pauses.every((ms, index) => ms <= Math.min(LONGEST_WAIT_MS, 2000 * 2 ** index)), pauses.join());
    assert.ok(Math.max(...pauses) > 60_000, pauses.join());
    site.listError = null;
    await outbox.round();
    assert.deepEqual([operation().state, due], ['confirmed', null]);
  });

  it('sends again what costs nothing, under its own ID, until it is done', async () => {
    await act('issue', ann);
    await lost('suspend', 'lose-before');
    const { _id } = operation();
    await outbox.start();
    assert.equal(site.sent.filter((what) => what.startsWith('suspend')).length, 1, 'not before it is proven undone');
    await afterGrace('lose-before');
    assert.deepEqual([operation()._id, operation().state, operation().attempts], [_id, 'unknown', 2]);
    assert.equal(store.credentialsOf('1001', '7')[0]?.pending[0]?.attempts, 2);
    await afterGrace('answer');
    assert.deepEqual([operation()._id, operation().state, operation().attempts], [_id, 'confirmed', 3]);
    assert.deepEqual([store.credentialsOf('1001', '7')[0]?.status, store.credentialsOf('1001', '7')[0]?.pending], ['paused', []]);
    assert.deepEqual(store.audit.filter(({ kind }) => kind === 'suspend').map(({ outcome, by }) => `${outcome} ${by}`), [
      'sending flow', 'unknown flow', 'unknown site', 'sending outbox', 'unknown outbox', 'unknown site', 'sending outbox', 'confirmed outbox',
    ]);
  });

  it('hands over to a person after so many attempts, whose retry gives it new ones', async () => {
    await act('issue', ann);
    await lost('delete', 'lose-before');
    await outbox.start();
    for (let round = 0; round < MOST_ATTEMPTS + 3; round += 1) await afterGrace('lose-before');
    assert.deepEqual([operation().state, operation().attempts, due], ['waiting', MOST_ATTEMPTS, null]);
    assert.deepEqual(store.credentialsOf('1001', '7')[0]?.pending.map(({ attempts, lastError }) => [attempts, lastError]), [[MOST_ATTEMPTS, 'OUTCOME_UNKNOWN']]);
    assert.equal(store.audit.at(-1)?.outcome, 'waiting');
    clock.pass(1000);
    site.fates = ['lose-before'];
    await act('retry', null, operation()._id);
    assert.equal(operation().state, 'unknown');
    await afterGrace('answer');
    assert.deepEqual([operation().state, operation().attempts], ['confirmed', MOST_ATTEMPTS + 2]);
  });

  it('hands over to a person what cannot be settled in two days, or at all', async () => {
    await lost('issue', 'lose-after');
    site.listError = new McError('SITE_UNREACHABLE', 'down');
    await outbox.start();
    clock.pass(BUDGET_MS + 1000);
    await outbox.round();
    assert.deepEqual([operation().state, due], ['waiting', null]);
    site.listError = null;
    assert.equal((await act('issue', ann)).ok, true, 'whoever asks again settles it');
    assert.deepEqual([operation().state, site.spent], ['confirmed', 1]);

    site.able = site.able.filter((able) => able !== 'list');
    await lost('suspend', 'lose-after');
    await outbox.round();
    assert.equal(operation().state, 'waiting', 'without a list nothing can settle it');
    const abandoned = await act('abandon', null, operation()._id);
    assert.equal(abandoned.ok, true);
    assert.equal(operation().state, 'rejected');
  });

  it('does not undo what was done since: an older wish gives way', async () => {
    await act('issue', ann);
    await act('suspend', { userId: '7' });
    await lost('resume', 'lose-before');
    await outbox.start();
    clock.pass(SETTLE_GRACE_MS + 1000);
    site.fates = [];
    assert.equal((await act('delete', { userId: '7' })).ok, true);
    await outbox.round();
    assert.deepEqual([...store.all('operations')].map(({ operation: kind, state }) => `${kind} ${state}`), [
      'issue confirmed', 'suspend confirmed', 'resume rejected', 'delete confirmed',
    ]);
    assert.equal(site.sent.filter((what) => what.startsWith('resume')).length, 1);
  });

  it('gives way to the same wish from a flow', async () => {
    await act('issue', ann);
    await lost('suspend', 'lose-before');
    await outbox.start();
    clock.pass(SETTLE_GRACE_MS + 1000);
    site.listError = null;
    assert.equal((await act('suspend', { userId: '7' })).ok, true);
    await outbox.round();
    assert.equal(site.sent.filter((what) => what.startsWith('suspend')).length, 2);
    assert.equal(store.openOperations('1001').length, 0);
  });

  it('keeps what the site is not ready for, and drops what there is nothing left to do', async () => {
    await act('issue', ann);
    await lost('suspend', 'lose-before');
    await outbox.start();
    await afterGrace('refuse');
    assert.deepEqual([operation().state, operation().lastError], ['unknown', 'PERMISSION_DENIED']);
    await afterGrace('answer');
    assert.equal(operation().state, 'confirmed');
  });

  it('stops when it is told to', async () => {
    await lost('issue', 'lose-after');
    site.listError = new McError('SITE_UNREACHABLE', 'down');
    await outbox.start();
    outbox.stop();
    assert.equal(due, null);
    const reads = site.reads.list;
    await outbox.round();
    assert.deepEqual([site.reads.list, due], [reads, null]);
  });

  it('waits anything from nothing to twice as long each time, and ten minutes at most (property)', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 1e6 }), (tries, seed) => {
      const random = seeded(seed);
      const limit = Math.min(LONGEST_WAIT_MS, 2000 * 2 ** tries);
      const waits = Array.from({ length: 300 }, () => fullJitter(tries, random));
      assert.ok(waits.every((ms) => ms >= 0 && ms <= limit));
      const mean = waits.reduce((sum, ms) => sum + ms, 0) / waits.length;
      assert.ok(mean > limit * 0.38 && mean < limit * 0.62, `mean ${mean} of ${limit}`);
      assert.ok(Math.min(...waits) < limit * 0.1 && Math.max(...waits) > limit * 0.9);
    }), { numRuns: 60 });
  });
});

describe('the limits of a site\'s credits', () => {
  it('hold while many ask at once, answers are lost and the process ends (property)', async function () {
    this.timeout(60_000);
    const fate: fc.Arbitrary<Fate> = fc.constantFrom('answer', 'answer', 'lose-after', 'lose-before', 'late', 'hang-after');
    const plan = fc.record({
      reserve: fc.nat(4), daily: fc.nat(5), bought: fc.integer({ min: 0, max: 12 }),
      rounds: fc.array(fc.record({ users: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }), fates: fc.array(fate, { maxLength: 6 }), restart: fc.boolean(), passMs: fc.constantFrom(1000, SETTLE_GRACE_MS + 1000, 86_400_000) }), { maxLength: 5 }),
    });
    await fc.assert(fc.asyncProperty(plan, async ({ reserve, daily, bought, rounds }) => {
      const clock = new VirtualClock();
      const site = new FakeSite(clock, bought);
      Object.assign(site, { creditReserve: reserve, dailyCreditLimit: daily, timeZone: 'Europe/Berlin' });
      let store = new MemoryStore();
      const random = seeded(3);
      const spentOn = new Map<string, number>();
      let before = 0;
      const note = (): void => {
        const day = new Date(clock.now()).toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' });
        spentOn.set(day, (spentOn.get(day) ?? 0) + site.spent - before);
        before = site.spent;
        if (daily > 0) assert.ok((spentOn.get(day) ?? 0) <= daily, `${spentOn.get(day)} of ${daily} in a day`);
        assert.ok(site.spent === 0 || bought - site.spent >= reserve, `${bought - site.spent} left of a reserve of ${reserve}`);
      };
      for (const { users, fates, restart, passMs } of rounds) {
        site.fates = [...fates];
        const desk = new Desk(site, store, { clock, random });
        const asked = Promise.all(users.map((userId) => desk.act('issue', { ...ann, userId: String(userId) })));
        await Promise.race([asked, new Promise((resolve) => setImmediate(resolve))]);
        for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        // What travels arrives within the day and the grace.
        site.arrive();
        note();
        if (restart || fates.includes('hang-after')) {
          store = store.restart();
          await recoverOperations(store, clock);
        }
        clock.pass(passMs);
      }
    }), { numRuns: 200 });
  });
});
