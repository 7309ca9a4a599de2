/**
 * An import whose process is killed again and again, at a portal in this process. The plan is carried on each time
 * with the same commit; in the end the portal's books, the store and the report must say the same.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ImportReport } from '../../nodes/credential/import/import-commit';
import type { ImportPlan } from '../../nodes/credential/import/import-plan';
import { SETTLE_GRACE_MS } from '../../nodes/credential/settle-grace';
import { NedbStore } from '../../nodes/store/nedb-store';
import { ChildScript } from './child-script';
import { PlainPortal } from './plain-portal';

const CHILD = join(__dirname, 'import-child');
const CREDITS = 10_000;
/** Starts that end by themselves and still have something open. */
const MOST_REPEATS = 5;
const START_MS = 900;

export type KillMoment = 'starting' | 'before the request' | 'before the answer' | 'at any time';
export interface CrashFigures { rows: number; kills: Record<KillMoment, number>; starts: number }

export async function crashImport(rows: number, kills: number, random: () => number): Promise<CrashFigures> {
  const crash = new ImportCrash(rows, random);
  const base = await mkdtemp(join(tmpdir(), 'mc-crash-'));
  try {
    return await crash.run(join(base, 'store'), kills);
  } finally {
    await crash.end();
    await rm(base, { recursive: true, force: true });
  }
}

class ImportCrash {
  private readonly portal = new PlainPortal();
  private readonly kills: CrashFigures['kills'] = { starting: 0, 'before the request': 0, 'before the answer': 0, 'at any time': 0 };
  private child: ChildScript | null = null;
  private starts = 0;
  private aheadMs = 0;
  private hash = '';

  constructor(private readonly rows: number, private readonly random: () => number) {
    this.portal.credits = CREDITS;
    this.portal.pageSize = 200;
  }

  async end(): Promise<void> {
    await this.child?.kill();
    await this.portal.stop();
  }

  async run(folder: string, kills: number): Promise<CrashFigures> {
    await this.portal.start();
    // Spread over the import: each is meant for the moment when so many cards exist.
    const at = Array.from({ length: kills }, () => Math.floor(this.random() * this.rows)).sort((a, b) => a - b);
    for (const cards of at) {
      await this.killed(folder, cards);
      this.hash ||= this.child?.lines.find((line) => line.startsWith('plan '))?.slice('plan '.length) ?? '';
      assert.ok(this.child?.lines.every((line) => !line.startsWith('failed')), this.child?.lines.join('\n'));
    }
    const killed = Object.values(this.kills).reduce((sum, count) => sum + count, 0);
    // One that is meant for the last rows may come too late.
    assert.ok(killed * 2 >= kills, `only ${killed} of ${kills} kills came in time`);
    const { report, again } = await this.finished(folder);
    await this.compare(folder, report, again);
    return { rows: this.rows, kills: this.kills, starts: this.starts };
  }

  /** `soon`: again within the time in which a request of the dead process may still arrive; nothing unknown is decided then. */
  private start(folder: string, soon: boolean): ChildScript {
    this.starts += 1;
    this.aheadMs += soon ? 1000 : SETTLE_GRACE_MS + 5000;
    this.child = ChildScript.start(CHILD, [folder, String(this.portal.port), String(this.rows), String(this.aheadMs), this.hash], {
      env: { PORTAL_EMAIL: this.portal.account.email, PORTAL_PASSWORD: this.portal.account.password },
    });
    return this.child;
  }

  /** Starts the import and kills it at a moment of one kind or another, once there are so many cards. */
  private async killed(folder: string, cards: number): Promise<void> {
    const child = this.start(folder, this.random() < 0.4);
    const moment = this.anyMoment();
    const kill = (): void => { child.process.kill('SIGKILL'); };
    let armed = true;
    const fire = (): void => {
      armed = false;
      kill();
    };
    this.portal.fault = (method, path) => {
      if (!armed || method !== 'POST' || path !== '/user/card' || this.portal.cards.length < cards) return null;
      if (moment === 'before the request') {
        fire();
        return 'hang';
      }
      if (moment === 'before the answer') {
        fire();
        return null;
      }
      if (moment === 'at any time') {
        armed = false;
        setTimeout(kill, this.random() * 60);
      }
      return null;
    };
    if (moment === 'starting') setTimeout(fire, this.random() * START_MS);
    await child.ended;
    await this.settled();
    if (child.process.signalCode === 'SIGKILL') this.kills[moment] += 1;
  }

  private anyMoment(): KillMoment {
    const moments = Object.keys(this.kills) as KillMoment[];
    return moments[Math.floor(this.random() * moments.length)]!;
  }

  /** Nothing of a dead process is on its way any more. */
  private async settled(): Promise<void> {
    while (this.portal.connections > 0) await wait(5);
    this.portal.fault = () => null;
  }

  /** The same commit until it is through. */
  private async finished(folder: string): Promise<{ report: ImportReport; again: ImportPlan }> {
    for (let repeat = 0; repeat < MOST_REPEATS; repeat += 1) {
      const child = this.start(folder, false);
      await child.ended;
      this.hash ||= child.lines.find((line) => line.startsWith('plan '))?.slice('plan '.length) ?? '';
      const found = (beginning: string): string | undefined => child.lines.find((line) => line.startsWith(beginning))?.slice(beginning.length);
      const [report, again] = [found('report '), found('again ')];
      assert.ok(report !== undefined && again !== undefined, `the import ended without a report: ${child.lines.join('\n')}`);
      const parsed = JSON.parse(report) as ImportReport;
      if (parsed.rows.every(({ outcome }) => outcome === 'created')) return { report: parsed, again: JSON.parse(again) as ImportPlan };
    }
    return assert.fail('the import is never through');
  }

  private async compare(folder: string, report: ImportReport, again: ImportPlan): Promise<void> {
    const { portal, rows } = this;
    const booked = portal.cards.map(({ userKey, number }) => `${userKey} ${number}`).sort();
    assert.equal(portal.cards.length, rows, 'one card a row');
    assert.equal(new Set(portal.cards.map(({ userKey }) => userKey)).size, rows, 'one card a user');
    assert.equal(CREDITS - portal.credits, rows, 'one credit a card');
    assert.deepEqual([portal.books.length, portal.books.filter(({ what }) => what === 'issue').length], [rows, rows], 'nothing was deleted or replaced to get there');
    assert.deepEqual(report.rows.map(({ userId, cardId }) => `${userId ?? ''} ${cardId ?? ''}`).sort(), booked, 'the report has the cards of the portal');
    assert.equal(report.rows.reduce((sum, { credits }) => sum + (credits ?? NaN), 0), rows, 'the report says where every credit went');
    assert.equal(report.failedCsv, '');
    assert.deepEqual([again.totals.unchanged, again.credits.needed], [rows, 0], 'the same file again would spend nothing');
    const store = await NedbStore.open(folder, { id: 'compare', waitMs: 0 });
    try {
      const kept = [...store.all('credentials')].map(({ userId, cardId, status, provisional, pending }) => `${userId} ${cardId} ${status === 'deleted' || provisional || pending.length > 0 ? 'not settled' : ''}`.trim());
      assert.deepEqual(kept.sort(), booked, 'the store has the cards of the portal');
      assert.deepEqual(store.openOperations(portal.siteId), []);
    } finally {
      await store.close();
    }
  }
}
