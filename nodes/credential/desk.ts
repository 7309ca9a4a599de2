import { abandon } from './abandon';
import { atMost } from './at-most';
import { cardAction } from './card-action';
import { tell } from './carry-out';
import type { Clock } from './clock';
import { DeskContext, type ImportedRow, type Result } from './desk-context';
import type { OperationDocument } from './documents';
import { issue } from './issue';
import { isMcError, McError } from './mc-error';
import type { RandomPort } from './random-port';
import type { CredentialRecord } from './record';
import { reissue } from './reissue';
import { release } from './release';
import { retry } from './retry';
import type { SitePort } from './site-port';
import { type DatedInfo, SiteReading } from './site-reading';
import type { StorePort } from './store-port';

export type DeskAction = 'issue' | 'reissue' | 'resend' | 'suspend' | 'resume' | 'delete' | 'release' | 'retry' | 'abandon';

/** `spent` null: an outcome is unknown. `left` null: unknown, or the site does not tell. */
export interface SpentCredits {
  spent: number | null;
  left: number | null;
}

/** `record` is an array only where an action by `userId` met several cards of that user. */
export type DeskAnswer =
  | { ok: true; record: CredentialRecord | CredentialRecord[]; credits: SpentCredits }
  | { ok: false; error: McError; record: CredentialRecord | null; credits: SpentCredits };

/** What a job of many rows works with. */
export interface DeskRun {
  act(action: 'issue' | 'reissue', input: unknown, of: ImportedRow): Promise<Result>;
  /** The site's figures, read now. */
  figures(): Promise<DatedInfo>;
  /** Null in every case where the site or a network may be the reason. */
  creditsLeft(): Promise<number | null>;
  /** Notes that whoever asked for an operation now knows its outcome. */
  tell(operation: Readonly<OperationDocument>): Promise<void>;
}

/**
 * The counter where credentials are issued and everything else is done to them: `mc-issue` behind its wrapper.
 * Every request has its intent kept before it goes out; an answer that is lost is settled by the site's list, never
 * by sending again. Domain failures are answers, not exceptions.
 */
export class Desk {
  constructor(
    private readonly site: SitePort,
    private readonly store: StorePort,
    private readonly options: { clock: Clock; random: RandomPort },
  ) {}

  /** One action on one input. `operationId` is for `retry` and `abandon`. */
  async act(action: DeskAction, input: unknown, operationId?: string): Promise<DeskAnswer> {
    const ctx = this.context(action);
    const result = await answered(ctx, action, input, operationId);
    return { ...shown(result), credits: await creditsAfter(ctx, [result]) };
  }

  /** An action on each input, in their order; the site's list and figures are read once while they can be trusted. */
  async actAll(
    action: DeskAction, inputs: readonly unknown[], onProgress?: (done: number, total: number) => void,
  ): Promise<{ answers: DeskAnswer[]; credits: SpentCredits }> {
    const ctx = this.context(action);
    const results: Result[] = [];
    for (const input of inputs) {
      results.push(await answered(ctx, action, input, undefined));
      onProgress?.(results.length, inputs.length);
    }
    const credits = await creditsAfter(ctx, results);
    const answers = results.map((result) => ({ ...shown(result), credits: { spent: result.spent, left: credits.left } }));
    return { answers, credits };
  }

  /**
   * For a job of many rows: the site's list and figures are read once while they can be trusted.
   * @param concurrency requests that are under way at a time
   */
  run(concurrency: number): DeskRun {
    const { clock, random } = this.options;
    const reading = new SiteReading(this.site, clock);
    const inTurn = atMost(concurrency);
    const context = (importedRow?: ImportedRow): DeskContext =>
      new DeskContext(this.site, this.store, clock, random, reading, importedRow === undefined ? {} : { importedRow, inTurn });
    return {
      act: (action, input, of) => answered(context(of), action, input, undefined),
      figures: () => reading.freshInfo(),
      creditsLeft: () => context().creditsLeft(),
      tell: (operation) => tell(context(), operation),
    };
  }

  private context(action: DeskAction): DeskContext {
    const { clock, random } = this.options;
    const by = action === 'retry' || action === 'abandon' ? 'person' : 'flow';
    return new DeskContext(this.site, this.store, clock, random, new SiteReading(this.site, clock), { by });
  }
}

async function answered(ctx: DeskContext, action: DeskAction, input: unknown, operationId: string | undefined): Promise<Result> {
  try {
    return await dispatched(ctx, action, input, operationId);
  } catch (error) {
    if (!isMcError(error)) throw error;
    return { ok: false, error, record: null, spent: error.code === 'OUTCOME_UNKNOWN' ? null : 0 };
  }
}

function dispatched(ctx: DeskContext, action: DeskAction, input: unknown, operationId: string | undefined): Promise<Result> {
  switch (action) {
    case 'issue': return issue(ctx, input);
    case 'reissue': return reissue(ctx, input);
    case 'resend':
    case 'suspend':
    case 'resume':
    case 'delete': return cardAction(ctx, action, input);
    case 'release': return release(ctx, input);
    case 'retry': return retry(ctx, operationId ?? operationIdIn(input));
    case 'abandon': return abandon(ctx, operationId ?? operationIdIn(input));
    default: throw new McError('INPUT_INVALID', 'Unknown action. Use issue, reissue, resend, suspend, resume, delete, release, retry or abandon.');
  }
}

/** In an array each entry says for itself which operation it means. */
function operationIdIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { operationId } = input as { operationId?: unknown };
  return typeof operationId === 'string' ? operationId : undefined;
}

/** A failure costs no further request: then the figures are those already read for it, if any. */
async function creditsAfter(ctx: DeskContext, results: readonly Result[]): Promise<SpentCredits> {
  if (results.some(({ spent }) => spent === null)) return { spent: null, left: null };
  const spent = results.reduce((sum, result) => sum + (result.spent ?? 0), 0);
  const left = results.some(({ ok }) => ok) ? await ctx.creditsLeft() : ctx.reading.knownInfo?.credits.card ?? null;
  return { spent, left };
}

type Shown = { ok: true; record: CredentialRecord | CredentialRecord[] } | { ok: false; error: McError; record: CredentialRecord | null };

function shown(result: Result): Shown {
  return result.ok ? { ok: true, record: result.record } : { ok: false, error: result.error, record: result.record };
}
