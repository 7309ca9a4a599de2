import type { AuditEvent } from '../../credential/audit-event';
import type { AuditHead, ChainStart } from './audit-head';
import type { SegmentPart } from './audit-query';
import { type ChainDraft, draftOf } from './chain-draft';
import { type ChainState, newSegment, openChain, type OpenSegment, removeSegments } from './chain-opening';
import { lastRecordIn } from './retention';
import { dayOf, type Segment, segmentPath, segmentsIn } from './segments';
import { SignedHeads } from './signed-heads';
import { Vault } from './vault';

const HEAD_EVENTS = 500;
const HEAD_MS = 60_000;

/** Writes the chain, its heads and its vault. Never two calls at a time. */
export class ChainWriter {
  private headSince: number;

  private constructor(
    private readonly folder: string,
    private readonly now: () => number,
    readonly heads: SignedHeads,
    readonly vault: Vault,
    private readonly state: ChainState,
  ) {
    this.headSince = now();
  }

  static async open(folder: string, now: () => number): Promise<ChainWriter> {
    const heads = await SignedHeads.open(folder);
    let vault: Vault | null = null;
    try {
      vault = await Vault.open(folder);
      const writer = new ChainWriter(folder, now, heads, vault, await openChain(folder, heads, vault));
      // Signed before there is anything to sign, so that nobody can take away a beginning unnoticed.
      if (heads.last === null && writer.state.number === writer.state.start.segment - 1) await writer.signHead();
      return writer;
    } catch (error) {
      await Promise.all([heads.close(), vault?.close()]);
      throw error;
    }
  }

  get head(): AuditHead {
    return this.state.head;
  }

  get mark(): string | null {
    return this.state.mark;
  }

  /**
   * Writes all of the events or none; not yet synced. `mark` null: the former one still holds. `gone`: pseudonyms that mean
   * nothing from here on.
   */
  async append(events: readonly AuditEvent[], mark: string | null, gone?: string[]): Promise<void> {
    const { state, vault } = this;
    const { file } = await this.todaysSegment();
    const reached = mark ?? state.mark;
    let draft: ChainDraft;
    try {
      draft = draftOf({ head: state.head, events, mark: reached, formerMark: state.mark, isCommitted: (pseudonym) => state.committed.has(pseudonym), gone }, vault);
    } catch (error) {
      vault.forget();
      throw error;
    }
    await vault.keep(() => file.append(draft.text));
    state.head = draft.head;
    state.mark = reached;
    for (const pseudonym of draft.committed) state.committed.add(pseudonym);
  }

  /** Brings everything onto the disk, then signs a head when it is time, or at once. */
  async sync(atOnce: boolean): Promise<void> {
    const { state, heads, vault } = this;
    // In this order: a record on the disk whose pseudonym means nothing yet is taken for one that was cut off.
    await vault.sync();
    await state.segment?.file.sync();
    const unsigned = state.head.seq - (heads.last?.seq ?? 0);
    if (unsigned > 0 && (atOnce || unsigned >= HEAD_EVENTS || Math.abs(this.now() - this.headSince) >= HEAD_MS)) await this.signHead();
  }

  /** Writes that these pseudonyms mean nothing any more, and makes it so. */
  async erase(event: AuditEvent, pseudonyms: string[]): Promise<void> {
    await this.append([event], null, pseudonyms);
    // Behind a signed head first: what is cut off by a crash now is finished on the next opening.
    await this.sync(true);
    await this.vault.drop(pseudonyms);
  }

  /** Lets the oldest segments go; what stays is signed to begin behind them. */
  async removeOldest(segments: readonly Segment[]): Promise<void> {
    const { state, folder } = this;
    await this.sync(true);
    const newest = segments.at(-1);
    if (newest === undefined) return;
    if (newest.number === state.segment?.number) await this.leaveSegment();
    const last = newest.number >= state.number
      ? state.head
      : (await lastRecordIn(segments.map((segment) => segmentPath(folder, segment))))?.last;
    const start: ChainStart = { ...state.start, ...last === undefined ? {} : { seq: last.seq + 1, prev: last.hash }, segment: newest.number + 1 };
    state.start = start;
    await this.signHead();
    await removeSegments(folder, segments);
  }

  /** The segments, up to where they are written now. */
  async parts(): Promise<SegmentPart[]> {
    const { state, folder } = this;
    return (await this.segments()).map((segment) => ({
      path: segmentPath(folder, segment),
      to: segment.number === state.segment?.number ? state.segment.file.size : null,
    }));
  }

  async segments(): Promise<Segment[]> {
    const { start, number } = this.state;
    return (await segmentsIn(this.folder)).filter((segment) => segment.number >= start.segment && segment.number <= number);
  }

  async close(): Promise<void> {
    try {
      await this.sync(true);
    } finally {
      await Promise.all([this.state.segment?.file.close(), this.vault.close(), this.heads.close()]);
    }
  }

  private async todaysSegment(): Promise<OpenSegment> {
    const { state, folder } = this;
    const day = dayOf(this.now());
    if (state.segment?.day === day) return state.segment;
    // A segment that will not grow any more is on the disk, and signed.
    await this.sync(true);
    const next = await newSegment(folder, state.number + 1, day);
    await this.leaveSegment();
    state.segment = next;
    state.number = next.number;
    return next;
  }

  private async leaveSegment(): Promise<void> {
    const { state } = this;
    await state.segment?.file.close().catch(() => undefined);
    state.segment = null;
    state.committed = new Set();
  }

  private async signHead(): Promise<void> {
    const { state, heads } = this;
    await heads.sign({ ...state.head, at: new Date(this.now()).toISOString(), mark: state.mark, segment: state.number, start: state.start });
    this.headSince = this.now();
  }
}
