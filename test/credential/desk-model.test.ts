import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Desk, type DeskAnswer } from '../../nodes/credential/desk';
import { Outbox } from '../../nodes/credential/outbox';
import { recoverOperations } from '../../nodes/credential/recover-operations';
import { mergeList } from '../../nodes/credential/site-truth';
import { SETTLE_GRACE_MS } from '../../nodes/credential/settle-grace';
import { MemoryStore } from '../support/memory-store';
import { FakeSite, type Fate, seeded, VirtualClock } from './fake-site';

type Step =
  | { do: 'act'; action: 'issue' | 'reissue' | 'delete' | 'suspend' | 'resume' | 'resend'; user: string; fate: Fate; crash: boolean }
  | { do: 'both'; user: string; other: string; fates: Fate[] }
  | { do: 'retry' | 'abandon'; pick: number; fate: Fate }
  | { do: 'pass'; ms: number }
  | { do: 'twice'; action: 'issue' | 'reissue'; user: string; together: boolean; fates: Fate[] }
  | { do: 'outbox'; fates: Fate[] }
  | { do: 'poll' } | { do: 'restart' } | { do: 'arrive' };

const users = fc.constantFrom('7', '8', '9');
const fate: fc.Arbitrary<Fate> = fc.constantFrom('answer', 'answer', 'answer', 'refuse', 'lose-before', 'lose-after', 'late');
const steps: fc.Arbitrary<Step[]> = fc.array(fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('act' as const), action: fc.constantFrom('issue', 'issue', 'issue', 'reissue', 'reissue', 'delete', 'suspend', 'resume', 'resend'), user: users, fate, crash: fc.nat(6).map((n) => n === 0) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('both' as const), user: users, other: users, fates: fc.array(fate, { minLength: 2, maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('twice' as const), action: fc.constantFrom('issue' as const, 'reissue' as const), user: users, together: fc.boolean(), fates: fc.array(fate, { minLength: 2, maxLength: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('outbox' as const), fates: fc.array(fate, { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'abandon' as const), pick: fc.nat(20), fate }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1000, 30_000, SETTLE_GRACE_MS + 1000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('poll' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('arrive' as const) }) },
), { minLength: 1, maxLength: 30 });

/** Plans that once went wrong. */
const FOUND: Step[][] = [
  // A suspend that is sent again for a card that is gone meanwhile has nothing left to do.
  [
    { do: 'both', user: '8', other: '7', fates: ['answer', 'answer'] },
    { do: 'act', action: 'delete', user: '8', fate: 'answer', crash: true },
    { do: 'abandon', pick: 20, fate: 'answer' },
    { do: 'act', action: 'suspend', user: '8', fate: 'lose-before', crash: true },
  ],
];

describe('the desk against a site that loses answers', () => {
  it('never spends a credit twice, whatever is lost, repeated or restarted', async function () {
    this.timeout(60_000);
    const numRuns = Number(process.env['DESK_RUNS'] ?? 1000);
    await fc.assert(fc.asyncProperty(steps, (plan) => new World().play(plan)), { numRuns, examples: FOUND.map((plan) => [plan]) });
  });
});

/** The desk, its store and a site with books; the books are what the desk is judged by. */
class World {
  private readonly clock = new VirtualClock();
  private readonly site = new FakeSite(this.clock, 12);
  private readonly random = seeded(7);
  private store = new MemoryStore();
  private outbox = this.newOutbox();
  /** Credits that the desk said were spent, and how often it said that it does not know. */
  private saidSpent = 0;
  private saidUnknown = 0;
  private retried = false;
  private heldRemoval: string | null = null;

  async play(plan: Step[]): Promise<void> {
    for (const step of plan) {
      await this.step(step);
      // Asked by a person to send again within the grace, the first request is let in before anything else happens:
      // it then collides with the second by its number. (Later, after that card was ended, it could not.)
      if (this.retried) this.site.arrive();
      this.clock.pass(1);
      this.check();
    }
    await this.end();
  }

  private async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'act': return this.act(step);
      case 'both': {
        this.site.fates = [...step.fates];
        const answers = await Promise.all([this.desk().act('issue', person(step.user)), this.desk().act('issue', person(step.other))]);
        this.site.fates = [];
        answers.forEach((answer) => { this.note(answer); });
        return;
      }
      case 'retry':
      case 'abandon': {
        const operations = [...this.store.all('operations')];
        const picked = operations[step.pick % Math.max(1, operations.length)];
        if (picked === undefined) return;
        this.site.fates = [step.fate];
        this.retried = true;
        this.note(await this.desk().act(step.do, null, picked._id));
        this.site.fates = [];
        return;
      }
      case 'pass':
        this.clock.pass(step.ms);
        // A request that was sent longer ago than the grace has arrived or never will.
        this.site.arrive(this.clock.now() - SETTLE_GRACE_MS + 1000);
        return;
      case 'outbox': {
        this.site.fates = [...step.fates];
        const issues = this.site.sent.filter((what) => /issue/.test(what)).length;
        await this.outbox.round();
        assert.equal(this.site.sent.filter((what) => /issue/.test(what)).length, issues, 'the outbox never asks for a card');
        this.site.fates = [];
        return;
      }
      case 'twice': return this.twice(step);
      case 'poll': return this.poll();
      case 'restart': return this.restart();
      case 'arrive': this.site.arrive();
    }
  }

  private async act({ action, user, fate, crash }: Extract<Step, { do: 'act' }>): Promise<void> {
    this.site.fates = [crash ? (fate === 'lose-before' ? 'hang-before' : 'hang-after') : fate];
    const sentBefore = this.site.sent.length;
    const answer = this.desk().act(action, action === 'issue' ? person(user) : { userId: user });
    if (!crash) {
      this.note(await answer);
    } else {
      const done = await Promise.race([answer, ticks(200).then(() => null)]);
      if (done !== null) this.note(done);
      else this.saidUnknown += 1;
      await this.restart();
    }
    this.site.fates = [];
    assert.ok(this.site.sent.length - sentBefore <= 2, 'one action on one card is one request');
  }

  /** The same message sent again, at once or after its answer. */
  private async twice({ action, user, together, fates }: Extract<Step, { do: 'twice' }>): Promise<void> {
    this.site.fates = [...fates];
    const input = action === 'issue' ? person(user) : { userId: user };
    const spent = this.site.spent;
    if (together || action === 'reissue') {
      const answers = await Promise.all([this.desk().act(action, input), this.desk().act(action, input)]);
      answers.forEach((answer) => { this.note(answer); });
    } else {
      const { answers } = await this.desk().actAll(action, [input, input]);
      answers.forEach((answer) => { this.note(answer); });
    }
    assert.ok(this.site.spent - spent <= 1, 'twice the same message is one card');
    this.site.fates = [];
  }

  private newOutbox(): Outbox {
    return new Outbox({ site: this.site, store: this.store, clock: this.clock, random: this.random, timer: () => () => undefined });
  }

  private note(answer: DeskAnswer): void {
    if (answer.credits.spent === null) this.saidUnknown += 1;
    else this.saidSpent += answer.credits.spent;
  }

  private async poll(): Promise<void> {
    const merged = await mergeList(this.site, await this.site.list(), this.store, {
      adopt: 'all-doors', maxRemovalPercent: 20, heldRemoval: this.heldRemoval, clock: this.clock,
    });
    this.heldRemoval = merged.held;
  }

  private async restart(): Promise<void> {
    this.store = this.store.restart();
    await recoverOperations(this.store, this.clock);
    this.outbox = this.newOutbox();
  }

  private check(): void {
    assert.equal(this.site.spent, this.site.created);
    const holders = [...this.site.cards.values()].map(({ userId }) => userId);
    assert.equal(new Set(holders).size, holders.length, `two live cards for one user: ${this.site.sent.join(', ')}`);
    if (!this.retried) {
      const spending = this.site.sent.filter((what) => what.startsWith('issue'));
      const lost = [...this.store.all('operations')].filter(({ operation }) => operation === 'issue').length;
      assert.ok(spending.length <= lost, 'each request has an operation of its own');
    }
    assert.ok(this.saidSpent <= this.site.spent, 'the desk says no more was spent than the books say');
    assert.ok(this.site.spent <= this.saidSpent + this.saidUnknown, 'each credit in the books was told, or told to be unknown');
  }

  /** When all has arrived, the outbox and polls make the store say what the books say. */
  private async end(): Promise<void> {
    this.site.arrive();
    this.clock.pass(SETTLE_GRACE_MS + 1000);
    await this.poll();
    this.clock.pass(1000);
    await this.poll();
    this.clock.pass(1000);
    await this.poll();
    for (let round = 0; round < 3; round += 1) {
      await this.outbox.round();
      this.clock.pass(SETTLE_GRACE_MS + 1000);
    }
    for (const { _id, state } of [...this.store.all('operations')]) if (state === 'waiting') await this.desk().act('retry', null, _id);
    await this.poll();
    const open = [...this.store.all('operations')].filter(({ state }) => !['confirmed', 'rejected'].includes(state));
    assert.deepEqual(open, []);
    const kept = [...this.store.all('credentials')].filter(({ status }) => status !== 'deleted');
    assert.deepEqual(
      kept.map(({ cardId, userId, status, provisional, pending }) => ({ cardId, userId, status, provisional, pending: pending.length })).sort(byCard),
      [...this.site.cards.values()].map(({ cardId, userId, status }) => ({ cardId, userId, status, provisional: false, pending: 0 })).sort(byCard),
    );
    const confirmed = [...this.store.all('operations')].filter(({ state }) => state === 'confirmed').reduce((sum, { credits }) => sum + credits, 0);
    assert.ok(confirmed <= this.site.spent);
    if (!this.retried) assert.equal(confirmed, this.site.spent, 'each credit has its confirmed operation');
  }

  private desk(): Desk {
    return new Desk(this.site, this.store, { clock: this.clock, random: this.random });
  }
}

function person(userId: string): object {
  return { userId, name: `User ${userId}`, email: `u${userId}@plant.example` };
}

function byCard(a: { cardId: string }, b: { cardId: string }): number {
  return a.cardId < b.cardId ? -1 : 1;
}

async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick += 1) await Promise.resolve();
}
