import { systemClock } from '../credential/clock';
import { isMcError, McError } from '../credential/mc-error';
import { usersGone } from '../credential/users-gone';
import type { BiostarSite } from '../site/biostar/biostar-site';
import { exportCsv, importCsv } from '../site/biostar/csv-import';
import { type Deleted, UserDesk } from '../site/biostar/user-desk';
import { failedEntry } from './failed-entry';
import { importMapping } from './import-mapping';
import type { Message, NodeTools } from './palette';
import type { StoreLoan } from './store-node';
import { userCsv } from './user-csv';

const MOST_ROWS = 100_000;
const FOLLOW = { everyMs: 2000, quietMs: 60_000 };
/** What is exported where a message does not say which columns. */
const COLUMNS = ['user_id', 'name', 'department', 'user_title', 'phone', 'email', 'user_group', 'start_datetime', 'expiry_datetime', 'csn_mobile'];

/** What `mc-user` does with a message, action by action. Resolves with the payload of the answer. */
export class UsersNode {
  private readonly ending = new AbortController();
  private readonly desk: UserDesk;
  /** Cards that ended by what is being carried out. */
  private ended: string[] = [];

  constructor(private readonly site: BiostarSite, private readonly store: StoreLoan, private readonly tools: NodeTools) {
    this.desk = new UserDesk(site, async (userIds) => { this.ended.push(...await this.gone(userIds)); });
  }

  /** The node is closing: what is only watched is watched no longer. */
  stop(): void {
    this.ending.abort();
  }

  upsert(payload: unknown): Promise<unknown> {
    return each(payload, (input) => this.desk.upsert(input));
  }

  get(payload: unknown): Promise<unknown> {
    return each(payload, (input) => this.desk.get(input));
  }

  list(payload: unknown): Promise<unknown> {
    return this.desk.list(payload);
  }

  delete(payload: unknown): Promise<unknown> {
    return each(payload, async (input) => {
      this.ended = [];
      const userId = await this.desk.delete(input);
      return { userId, deleted: true, cards: this.ended };
    });
  }

  /** CONFIRMATION_MISSING unless the message says `confirm: 'delete-all'`. */
  async deleteAll(msg: Message): Promise<unknown> {
    if (msg['confirm'] !== 'delete-all') {
      throw new McError('CONFIRMATION_MISSING', 'Deleting all users deletes their mobile credentials on the portal and cannot be undone. Send msg.confirm = "delete-all" with the message.');
    }
    this.ended = [];
    const result: Deleted = await this.desk.deleteAll((done, total) => { this.progress(done, total); });
    return {
      deleted: result.deleted.length, cards: this.ended.length, kept: result.kept,
      failed: result.failed.map(({ userId, error }) => failedEntry(error, { userId })),
    };
  }

  async importCsv(msg: Message, conflict: 'preserve' | 'overwrite'): Promise<unknown> {
    const { settings } = this.tools;
    const mapping = importMapping(settings.json('mapping'), true) ?? importMapping(msg['mapping'], false);
    const file = await userCsv(msg.payload, mapping?.mapping ?? null, MOST_ROWS);
    this.progress(0, file.userIds.length);
    const outcome = await importCsv(this.site.api, this.site.users, file, conflict, {
      ...FOLLOW, signal: this.ending.signal,
      onProgress: (done, total) => { this.progress(done, total); },
      onFollowing: () => { this.tools.status.setActivity('yellow', 'ring', 'following', { stay: true }); },
    });
    this.tools.status.setWarning('rows', outcome.outcome === 'partly' || outcome.missing.length > 0 ? 'partial' : null);
    if (outcome.outcome === 'failed') {
      msg['failedCsv'] = outcome.failedCsv;
      throw new McError('INPUT_INVALID', `BioStar took none of the ${outcome.rows} rows. msg.failedCsv has them as it gave them back; look at columns, dates and user IDs.`);
    }
    // What the file's csn_mobile column issued costs a credit each: only the portal knows how many it were.
    return { ...outcome, credits: { mayBeSpent: file.mobileCards } };
  }

  /** CSV text of everybody, or of the users that the payload or its `userIds` names, with `msg.payload.columns` or the usual ones. */
  exportCsv(payload: unknown): Promise<string> {
    const { userIds, columns } = (Array.isArray(payload) ? { userIds: payload } : typeof payload === 'object' && payload !== null ? payload : {}) as { userIds?: unknown; columns?: unknown };
    return exportCsv(this.site.api, texts(userIds, 'userIds'), texts(columns, 'columns') ?? COLUMNS);
  }

  private progress(done: number, total: number): void {
    this.tools.emit(2, { done, total }, 'users/progress');
    this.tools.status.setActivity('blue', 'dot', `${done} / ${total}`, { plain: true, stay: true });
  }

  /** Their cards open no door of this runtime any more. */
  private async gone(userIds: readonly string[]): Promise<string[]> {
    return usersGone(await this.store.ready(), this.site.siteId, userIds, systemClock);
  }
}

/** An array in gives an array out, failed entries among it; a single input that fails is an error. */
async function each(payload: unknown, act: (input: unknown) => Promise<unknown>): Promise<unknown> {
  if (!Array.isArray(payload)) return act(payload);
  const answers: unknown[] = [];
  for (const input of payload as unknown[]) {
    answers.push(await act(input).catch((error: unknown) => {
      if (!isMcError(error)) throw error;
      return failedEntry(error, input);
    }));
  }
  return answers;
}

function texts(value: unknown, name: string): string[] | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')) return value.map(String);
  throw new McError('INPUT_INVALID', `"${name}" must be a list of texts.`);
}
