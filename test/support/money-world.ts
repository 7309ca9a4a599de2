/**
 * A desk and a portal with a proxy between them that breaks what it can, and the portal's books to judge the desk by.
 * Real sockets, real files; only the clock is ours, so that the two minutes after which a request cannot arrive any
 * more pass at once.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Desk, type DeskAnswer } from '../../nodes/credential/desk';
import { isMcError } from '../../nodes/credential/mc-error';
import { Outbox } from '../../nodes/credential/outbox';
import { recoverOperations } from '../../nodes/credential/recover-operations';
import { SETTLE_GRACE_MS } from '../../nodes/credential/settle-grace';
import { mergeList } from '../../nodes/credential/site-truth';
import { PortalSite } from '../../nodes/site/portal/portal-site';
import { readSiteSettings } from '../../nodes/site/site-settings';
import { NedbStore } from '../../nodes/store/nedb-store';
import { seeded, VirtualClock } from '../credential/fake-site';
import { PlainPortal } from './plain-portal';
import { seededRandom } from './seeded-random';
import { TURN_FAULTS, TurnProxy } from './turn-proxy';

const USERS = ['7', '8', '9', '10'];
const CREDITS = 100_000;
const TIMEOUT_MS = 250;
const FAULTY = 0.25;

export interface WorldFigures { seed: number; actions: number; faults: number; spent: number; restarts: number; unknown: number }

type Action = 'issue' | 'reissue' | 'delete' | 'suspend' | 'resume';

export class MoneyWorld {
  private readonly random: () => number;
  private readonly clock = new VirtualClock();
  private readonly numbers;
  private isFaulty = true;
  private actions = 0;
  private restarts = 0;
  private saidSpent = 0;
  private saidUnknown = 0;
  /** New cards that somebody asked for, by user, and whether the outcome of the last request for one is not known. */
  private readonly asked = new Map<string, { reissues: number; isOpen: boolean }>();
  private site!: PortalSite;
  private store!: NedbStore;
  private outbox!: Outbox;

  private constructor(private readonly seed: number, private readonly folder: string, private readonly portal: PlainPortal, private proxy: TurnProxy) {
    this.random = seededRandom(seed);
    this.numbers = seeded(seed);
  }

  /** Plays until there were so many faults, heals everything, and judges. */
  static async run(seed: number, faults: number): Promise<WorldFigures> {
    const portal = new PlainPortal();
    portal.credits = CREDITS;
    const port = await portal.start();
    const random = seededRandom(seed + 1);
    let world: MoneyWorld | null = null;
    const proxy = await TurnProxy.start(port, {
      choose: () => (world?.isFaulty === true && random() < FAULTY ? TURN_FAULTS[Math.floor(random() * TURN_FAULTS.length)]! : null),
      slowMs: TIMEOUT_MS / 3, lateMs: TIMEOUT_MS * 2,
    });
    const folder = await mkdtemp(join(tmpdir(), 'mc-money-'));
    world = new MoneyWorld(seed, folder, portal, proxy);
    try {
      await world.open();
      while (proxy.faults < faults) {
        await world.step();
        world.check();
      }
      await world.heal();
      return { seed, actions: world.actions, faults: proxy.faults, spent: world.spent, restarts: world.restarts, unknown: world.saidUnknown };
    } finally {
      await world.close();
      await proxy.close();
      await portal.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }

  private get spent(): number {
    return CREDITS - this.portal.credits;
  }

  private async open(): Promise<void> {
    const settings = readSiteSettings({ domain: `http://127.0.0.1:${this.proxy.port}`, siteId: this.portal.siteId, ...this.portal.account });
    this.site = new PortalSite(settings, { clock: this.clock, timeoutMs: TIMEOUT_MS });
    this.store = await NedbStore.open(join(this.folder, 'store'), { id: 'money' });
    await recoverOperations(this.store, this.clock);
    // Its pauses are ours: it goes to work when a step says so.
    this.outbox = new Outbox({ site: this.site, store: this.store, clock: this.clock, random: this.numbers, timer: () => () => undefined });
  }

  private async close(): Promise<void> {
    this.outbox.stop();
    this.site.close();
    await this.store.close();
  }

  private async step(): Promise<void> {
    this.clock.pass(1 + Math.floor(this.random() * 2000));
    const dice = this.random();
    if (dice < 0.55) await this.act(this.anyAction(), this.anyUser());
    else if (dice < 0.75) await this.duplicates();
    else if (dice < 0.82) await this.poll();
    else if (dice < 0.87) await this.outbox.round();
    else if (dice < 0.93) await this.graceOver();
    else await this.restartDuring(this.act(this.anyAction(), this.anyUser()));
    // Left alone after five failures, the site would be left alone for ten seconds of real time.
    if (this.site.state === 'paused') await this.restartDuring(Promise.resolve());
  }

  /** The same wish twice or three times at once, or two wishes for one user. */
  private async duplicates(): Promise<void> {
    const user = this.anyUser();
    const action = this.anyAction();
    const other = this.random() < 0.5 ? action : this.anyAction();
    await Promise.all([
      this.act(action, user), this.act(other, user, other === action), ...(this.random() < 0.5 ? [this.act(action, user, true)] : []),
    ]);
  }

  /** `same`: the message of a moment ago once more, which wants nothing new. */
  private async act(action: Action, userId: string, same = false): Promise<void> {
    this.actions += 1;
    const desk = new Desk(this.site, this.store, { clock: this.clock, random: this.numbers });
    if (!same) this.noteAsked(action, userId);
    const input = action === 'issue' ? { userId, name: `User ${userId}`, email: `u${userId}@plant.example` } : { userId };
    this.note(action, userId, await desk.act(action, input));
  }

  private noteAsked(action: Action, userId: string): void {
    if (action !== 'reissue') return;
    const asked = this.asked.get(userId) ?? { reissues: 0, isOpen: false };
    // Whoever was not told asks for the same again: once.
    if (asked.isOpen) asked.isOpen = false;
    else asked.reissues += 1;
    this.asked.set(userId, asked);
  }

  /** What was said is held against the books at once. */
  private note(action: Action, userId: string, answer: DeskAnswer): void {
    const { spent } = answer.credits;
    if (spent === null) this.saidUnknown += 1;
    else this.saidSpent += spent;
    const asked = this.asked.get(userId);
    if (asked !== undefined && action === 'reissue') asked.isOpen = spent === null;
    // A card that was ended meanwhile is not what somebody still waits for.
    if (asked !== undefined && action === 'delete' && answer.ok) asked.isOpen = false;
    if (!answer.ok) return;
    for (const { cardId } of [answer.record].flat()) {
      const wasThere = this.portal.books.some(({ number, userKey }) => number === cardId && userKey === userId);
      assert.ok(wasThere, `seed ${this.seed}: "${action}" of user ${userId} was answered with a card that the portal never had`);
    }
  }

  private async poll(): Promise<void> {
    try {
      await mergeList(this.site, await this.site.list(), this.store, { adopt: 'all-doors', maxRemovalPercent: 100, heldRemoval: null, clock: this.clock });
    } catch (error) {
      if (!isMcError(error)) throw error;
    }
  }

  /** Two minutes in which nothing that is on its way stays on its way. */
  private async graceOver(): Promise<void> {
    await this.quiet();
    this.clock.pass(SETTLE_GRACE_MS + 1000);
  }

  private async quiet(): Promise<void> {
    do await wait(30); while (this.proxy.isBusy);
  }

  /** The nodes are stopped in the middle of something and started again, as on a deploy. */
  private async restartDuring(work: Promise<void>): Promise<void> {
    this.restarts += 1;
    const [done] = await Promise.allSettled([work, this.closeSoon()]);
    if (done.status === 'rejected') throw done.reason;
    await this.open();
  }

  private async closeSoon(): Promise<void> {
    await wait(Math.floor(this.random() * TIMEOUT_MS / 2));
    await this.close();
  }

  private check(): void {
    const { cards, books } = this.portal;
    const where = `seed ${this.seed}, after ${this.actions} actions and ${this.proxy.faults} faults`;
    assert.equal(new Set(cards.map(({ userKey }) => userKey)).size, cards.length, `${where}: two live cards for one user`);
    const count = (what: string, userId?: string): number => books.filter((entry) => entry.what === what && (userId === undefined || entry.userKey === userId)).length;
    assert.equal(this.spent, count('issue') + count('reissue'), `${where}: the books do not add up`);
    assert.equal(this.spent, cards.length + count('delete') + count('reissue'), `${where}: credits that are gone are cards that exist, were deleted or were replaced`);
    for (const userId of USERS) {
      assert.ok(count('issue', userId) <= 1 + count('delete', userId), `${where}: user ${userId} was issued a card twice`);
      assert.ok(count('reissue', userId) <= (this.asked.get(userId)?.reissues ?? 0), `${where}: user ${userId} was replaced a card more often than asked`);
    }
    const arrived = this.proxy.turns.filter(({ head, arrived: came }) => came && head.startsWith('POST /user/card')).length;
    assert.ok(count('issue') <= arrived, `${where}: the portal issued what the proxy never carried`);
    assert.ok(this.saidSpent <= this.spent, `${where}: ${this.saidSpent} credits were reported and ${this.spent} are gone`);
    assert.ok(this.spent <= this.saidSpent + this.saidUnknown, `${where}: a credit is gone that no report knows of`);
  }

  /** No more faults; then the outbox and lists must bring the store to what the portal has. */
  private async heal(): Promise<void> {
    this.isFaulty = false;
    await this.restartDuring(Promise.resolve());
    for (let round = 0; round < 3; round += 1) {
      await this.outbox.round();
      await this.graceOver();
    }
    await this.askPerson();
    await this.poll();
    this.check();
    const where = `seed ${this.seed}, healed`;
    assert.deepEqual([...this.store.all('operations')].filter(({ state }) => state !== 'confirmed' && state !== 'rejected'), [], `${where}: operations are still open`);
    const kept = [...this.store.all('credentials')].filter(({ status }) => status !== 'deleted');
    assert.deepEqual(
      kept.map(({ cardId, userId, status, provisional, pending }) => `${cardId} ${userId} ${status === 'paused' ? 'PAUSED' : 'live'} ${provisional} ${pending.length}`).sort(),
      this.portal.cards.map(({ number, userKey, status }) => `${number} ${userKey} ${status === 'PAUSED' ? 'PAUSED' : 'live'} false 0`).sort(),
      `${where}: the store is not what the portal has`,
    );
    const confirmed = [...this.store.all('operations')].filter(({ state }) => state === 'confirmed').reduce((sum, { credits }) => sum + credits, 0);
    assert.equal(confirmed, this.spent, `${where}: confirmed operations and spent credits differ`);
  }

  /** What the outbox has handed over. */
  private async askPerson(): Promise<void> {
    const desk = new Desk(this.site, this.store, { clock: this.clock, random: this.numbers });
    for (const { _id, state } of [...this.store.all('operations')]) if (state === 'waiting') await desk.act('retry', null, _id);
  }

  private anyUser(): string {
    return USERS[Math.floor(this.random() * USERS.length)]!;
  }

  private anyAction(): Action {
    const weighted: Action[] = ['issue', 'issue', 'issue', 'reissue', 'reissue', 'delete', 'delete', 'suspend', 'resume'];
    return weighted[Math.floor(this.random() * weighted.length)]!;
  }
}
