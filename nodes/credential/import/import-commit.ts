import { isoTime } from '../clock';
import type { DeskRun } from '../desk';
import type { OperationDocument } from '../documents';
import { type ErrorCode, isMcError, McError } from '../mc-error';
import { isOpen } from '../open-operations';
import { validatePerson } from '../person';
import { inBooks } from '../site-books';
import { allowance, type Allowance } from './allowance';
import { cameToNothing, failedCsv } from './failed-csv';
import { importColumns } from './import-columns';
import type { ImportDocument } from './import-document';
import { type ImportCredits, creditsOf, importEvent, type ImportPorts, reported, rowsOfPlan } from './import-plan';
import type { ImportTotals, ReportRow, StoredRow } from './import-row';
import { planRow, type PlanRules, SeenRows, updatedBy } from './plan-row';
import { rowInput } from './row-input';

export interface CommitOptions {
  confirmReissues: boolean;
  limitToCredits: boolean;
  /** Requests under way at the same time. */
  concurrency: number;
  onProgress: (done: number, total: number) => void;
  /** True once no further row may be started. */
  stopped: () => boolean;
}

/** The answer to `commit`. `credits.spent`: by this commit, null while an outcome is unknown. */
export interface ImportReport {
  hash: string;
  rows: ReportRow[];
  totals: ImportTotals;
  credits: ImportCredits & { spent: number | null };
  /** What kept rows from being started, or null: an error code, or that the node was closed. */
  paused: string | null;
  /** The rows that came to nothing, as a file that can be imported again; empty where there are none. */
  failedCsv: string;
}

/** What is still to be done of a row. `own`: the operation that this plan has kept for it already. */
interface Todo {
  stored: StoredRow;
  own: Readonly<OperationDocument> | null;
}

/** Not the row's fault: whoever comes next would meet the same. */
const STOPS: readonly ErrorCode[] = [
  'SITE_UNREACHABLE', 'SITE_TLS', 'SITE_ANSWER_INVALID', 'LOGIN_REFUSED', 'ACCOUNT_LOCKED', 'SITE_NOT_FOUND', 'SITE_NOT_ACTIVE',
  'PERMISSION_DENIED', 'RATE_LIMITED', 'NOT_SUPPORTED', 'QUEUE_FULL', 'NO_CREDIT', 'CREDIT_LIMIT',
  'STORE_LOCKED', 'STORE_CORRUPT', 'STORE_FULL', 'STORE_CLOSED',
];

/**
 * Carries a kept plan out. What this plan has done already is not done again, so that it may be sent once more after a
 * crash; where the store has changed beneath the rest, it is PLAN_STALE and nothing is sent.
 */
export async function commitPlan(ports: ImportPorts, run: DeskRun, hash: string, options: CommitOptions): Promise<ImportReport> {
  const plan = ports.store.get('imports', hash);
  if (plan?.site !== ports.site.siteId) throw stale('There is no such plan for this site any more');
  return new Commit(ports, run, plan, options).carryOut();
}

class Commit {
  private readonly rows: StoredRow[];
  private readonly report: ReportRow[];
  private readonly rules: PlanRules;
  private stop: string | null = null;
  private spent: number | null = 0;
  private done = 0;

  constructor(
    private readonly ports: ImportPorts, private readonly run: DeskRun,
    private readonly plan: Readonly<ImportDocument>, private readonly options: CommitOptions,
  ) {
    const { site, store } = ports;
    const rows = rowsOfPlan(store, plan);
    if (rows === null) throw stale('Its rows are not kept any more');
    this.rows = rows;
    this.report = rows.map(reported);
    this.rules = { site, store, conflict: plan.conflict, fields: importColumns(plan.headers, plan.mapping, plan.fromNode) };
  }

  async carryOut(): Promise<ImportReport> {
    const { ports, plan, options } = this;
    const todo = await this.stillToDo();
    const { info } = await this.run.figures();
    const limit = allowance(ports.site, ports.store, info.credits.card, ports.clock.now());
    const affordable = this.affordable(todo, limit);
    this.needConfirmation(affordable);
    await ports.ensureRoom(todo.length * 4000);
    await this.note('started', 'started', {});

    const total = affordable.length;
    options.onProgress(0, total);
    let next = 0;
    const work = async (): Promise<void> => {
      for (;;) {
        if (options.stopped()) this.stop ??= 'CLOSED';
        const mine = this.stop === null ? affordable[next] : undefined;
        if (mine === undefined) return;
        next += 1;
        await this.carry(mine);
        this.done += 1;
        options.onProgress(this.done, total);
      }
    };
    // Twice as many rows as requests: while one row's outcome is brought onto the disk, the next one's request is under way.
    await Promise.all(Array.from({ length: 2 * options.concurrency }, work));
    for (const { stored } of affordable.slice(next)) {
      this.answer(stored, { outcome: 'failed', credits: 0, ...this.stop === 'CLOSED' ? {} : { code: this.stop as ErrorCode }, message: 'Not started: send the same commit again.' });
    }
    await this.note(this.stop === null ? 'finished' : 'paused', this.stop === null ? 'finished' : 'paused', this.outcomes());
    const left = await this.run.creditsLeft();
    const credits = creditsOf(plan.needed, info.credits);
    return {
      hash: plan._id, rows: this.report, totals: plan.totals,
      credits: { ...credits, after: left ?? credits.after, spent: this.spent },
      paused: this.stop,
      failedCsv: failedCsv(plan.headers, this.report.filter(cameToNothing).map((row) => ({
        cells: this.rows[row.row - 1]?.cells ?? [], error: [row.code ?? row.reason ?? row.outcome, row.message].filter(Boolean).join(': '),
      }))),
    };
  }

  /** Looks at every row once more. What this plan has carried out is answered; for the rest the store must be as it was. */
  private async stillToDo(): Promise<Todo[]> {
    const seen = new SeenRows();
    const todo: Todo[] = [];
    for (const stored of this.rows) {
      const now = planRow(this.rules, stored.row, stored.cells, seen);
      const own = this.ownOperation(stored);
      if (stored.row % 100 === 0) await this.ports.pause();
      if (own?.state === 'confirmed') {
        await this.run.tell(own);
        this.answer(stored, { outcome: stored.action === 'reissue' ? 'reissued' : 'created', credits: own.credits, cardId: own.cardId });
      } else if (own !== null && isOpen(own)) {
        todo.push({ stored, own });
      } else if (stored.action === 'update' && now.action === 'unchanged') {
        this.answer(stored, { outcome: 'updated', credits: 0 });
      } else if (now.action !== stored.action || now.rests !== stored.rests) {
        throw stale(`Row ${stored.row} would now be "${now.action}" and not "${stored.action}"`);
      } else if (['create', 'reissue', 'update'].includes(stored.action)) {
        todo.push({ stored, own: null });
      } else {
        this.answer(stored, { outcome: OUTCOME_OF[stored.action as keyof typeof OUTCOME_OF], credits: 0 });
      }
    }
    return todo;
  }

  /** The rows that the credits allow, in file order. NO_CREDIT or CREDIT_LIMIT where that is not all and nobody asked for less. */
  private affordable(todo: readonly Todo[], { most, code, why }: Allowance): Todo[] {
    const priced = todo.filter(({ stored, own }) => stored.credits > 0 && own === null);
    if (priced.length <= most) return [...todo];
    if (!this.options.limitToCredits) {
      throw new McError(code, `The import takes ${priced.length} credits and ${why}. Nothing was sent. With msg.plan.limitToCredits the first ${most} rows are carried out, in the order of the file.`);
    }
    const beyond = new Set(priced.slice(most));
    for (const { stored } of beyond) this.answer(stored, { outcome: 'skipped', credits: 0, code, message: `Left out: ${why}.` });
    return todo.filter((one) => !beyond.has(one));
  }

  private needConfirmation(todo: readonly Todo[]): void {
    const ending = todo.filter(({ stored, own }) => own === null && stored.action === 'reissue' && / (activated|paused)$/.test(stored.rests));
    if (ending.length === 0 || this.options.confirmReissues) return;
    throw new McError('CONFIRMATION_MISSING', `The import would end ${ending.length} ${ending.length === 1 ? 'phone' : 'phones'} in use, at once. Nothing was sent. Confirm it with msg.plan.confirmReissues, or leave the rows out.`);
  }

  private async carry({ stored }: Todo): Promise<void> {
    try {
      if (stored.action === 'update') await this.update(stored);
      else await this.send(stored);
    } catch (error) {
      if (!isMcError(error)) throw error;
      this.fail(stored, error, 0);
    }
  }

  private async send(stored: StoredRow): Promise<void> {
    const given = rowInput(stored.cells, this.rules.fields, this.ports.site.timeZone);
    const reissue = stored.action === 'reissue';
    const input = reissue ? { userId: given['userId'], cardId: stored.rests.split(' ')[0], newCardId: given['cardId'] } : given;
    const result = await this.run.act(reissue ? 'reissue' : 'issue', input, { plan: this.plan._id, row: stored.row });
    this.spent = this.spent === null || result.spent === null ? null : this.spent + result.spent;
    if (!result.ok) {
      this.fail(stored, result.error, result.spent);
      return;
    }
    const cardId = Array.isArray(result.record) ? undefined : result.record.cardId;
    const own = this.ownOperation(stored);
    const acted = own?.state === 'confirmed';
    // A card that the site had all along, and the store did not know of.
    const outcome = acted ? (reissue ? 'reissued' : 'created') : 'unchanged';
    this.answer(stored, { outcome, credits: acted ? own.credits : result.spent, ...cardId === undefined ? {} : { cardId } });
  }

  /** The portal has no request for it: what the file says holds here, and at our doors. */
  private async update(stored: StoredRow): Promise<void> {
    const { site, store, clock } = this.ports;
    const { messaging, nameRule, timeZone } = site;
    const given = rowInput(stored.cells, this.rules.fields, this.ports.site.timeZone);
    const person = validatePerson(given, { messaging, nameRule, timeZone, accessType: null });
    await inBooks(store, site.siteId, async () => {
      const card = store.credentialsOf(site.siteId, person.userId).find(({ cardId }) => cardId === stored.rests);
      if (card === undefined) throw new McError('CARD_NOT_FOUND', `The card of user ${person.userId} is gone meanwhile.`);
      await store.write([{ collection: 'credentials', put: { ...updatedBy(card, person, given), updatedAt: isoTime(clock.now()) } }]);
    });
    this.answer(stored, { outcome: 'updated', credits: 0, cardId: stored.rests });
  }

  private fail(stored: StoredRow, { code, message }: McError, credits: number | null): void {
    if (STOPS.includes(code)) this.stop ??= code;
    const outcome = code === 'OUTCOME_UNKNOWN' ? 'unknown' : code === 'CARD_ALREADY_ISSUED' ? 'conflict' : 'failed';
    this.answer(stored, { outcome, code, message, credits });
  }

  private answer({ row }: StoredRow, said: Partial<ReportRow>): void {
    Object.assign(this.report[row - 1] as ReportRow, said);
  }

  /** The operation that this plan has kept for a row, the last of them. */
  private ownOperation({ row, userId, credits }: StoredRow): Readonly<OperationDocument> | null {
    if (credits === 0 || userId === null) return null;
    const { site, store } = this.ports;
    return store.operationsOf(site.siteId, userId)
      .filter(({ import: of }) => of?.plan === this.plan._id && of.row === row).sort((a, b) => (a.at < b.at ? -1 : 1)).at(-1) ?? null;
  }

  private outcomes(): Record<string, number | string> {
    const counts: Record<string, number | string> = { spent: this.spent ?? 'unknown' };
    for (const { outcome } of this.report) if (outcome !== undefined) counts[outcome] = Number(counts[outcome] ?? 0) + 1;
    return counts;
  }

  private async note(state: ImportDocument['state'], outcome: string, figures: Record<string, number | string>): Promise<void> {
    const { store, clock } = this.ports;
    try {
      await store.write([{ collection: 'imports', put: { ...this.plan, state } }, importEvent(this.plan, outcome, isoTime(clock.now()), figures)]);
    } catch (error) {
      // Before anything is sent it must be kept; afterwards the rows themselves are.
      if (!isMcError(error) || state === 'started') throw error;
    }
  }
}

const OUTCOME_OF = { unchanged: 'unchanged', skip: 'skipped', conflict: 'conflict', invalid: 'invalid' } as const;

function stale(why: string): McError {
  return new McError('PLAN_STALE', `${why}: plan the file again. Nothing was sent.`);
}
