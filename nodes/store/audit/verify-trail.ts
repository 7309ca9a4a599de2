import type { AuditHead, ChainStart, SignedHead } from './audit-head';
import { ChainCheck } from './chain-check';
import { readRecord } from './chain-record';
import { type Fault, firstOf } from './fault';
import { fileLines } from './file-lines';
import { further } from './signed-heads';
import type { SegmentPart } from './audit-query';
import { VaultCheck } from './vault-check';
import type { VaultTables } from './vault-tables';

/** What a look at the whole trail has found. */
export interface AuditVerdict {
  ok: boolean;
  /** Numbers of the first and the last record; null where there is none. */
  from: number | null;
  to: number | null;
  /** Number of the first record that is not what was written, or can no longer be shown to be; null where all is well. */
  firstBad: number | null;
  reason: string | null;
  /** The end of the trail, to be kept elsewhere; null where there is no record, or something is wrong. */
  head: AuditHead | null;
}

export interface TrailEvidence {
  segments: readonly SegmentPart[];
  heads: AsyncIterable<{ head: SignedHead | null; claimed: number | null }>;
  vault: VaultTables;
  /** The last head that was signed, as far as is remembered. */
  lastSigned: SignedHead | null;
  /** Ends that the trail had, remembered or kept elsewhere. */
  ends: readonly AuditHead[];
}

const NO_START: ChainStart = { seq: 1, prev: '', segment: 0 };

/** Reads the whole trail once. */
export async function verifyTrail({ segments, heads, vault, lastSigned, ends }: TrailEvidence): Promise<AuditVerdict> {
  const signed = await readHeads(heads, lastSigned);
  const { start } = signed;
  const chain = new ChainCheck(start, [...signed.points, ...ends]);
  const persons = new VaultCheck(vault);
  let [from, to]: [number | null, number | null] = [null, null];
  let head: AuditHead | null = null;
  for (const { path, to: end } of segments) {
    for await (const json of fileLines(path, end ?? undefined)) {
      const read = readRecord(json);
      if (chain.take(read) && read !== null) {
        persons.take(read.record);
        head = { seq: read.record.seq, hash: read.hash };
      }
      if (read === null) continue;
      // Behind damage too: who was erased was erased.
      persons.erased(read.record.gone ?? []);
      [from, to] = [Math.min(from ?? Infinity, read.record.seq), Math.max(to ?? 0, read.record.seq)];
    }
  }
  chain.end();
  const last = Math.max(start.seq, to ?? 0);
  const fault = firstOf(chain.fault, persons.fault, signed.fault === null ? null : { ...signed.fault, seq: Math.min(Math.max(signed.fault.seq, start.seq), last) });
  return { ok: fault === null, from, to, firstBad: fault?.seq ?? null, reason: fault?.reason ?? null, head: fault === null ? head : null };
}

async function readHeads(heads: TrailEvidence['heads'], remembered: SignedHead | null): Promise<{ start: ChainStart; points: AuditHead[]; fault: Fault | null }> {
  const points: AuditHead[] = [];
  let furthest: SignedHead | null = null;
  let fault: Fault | null = null;
  for await (const { head, claimed } of heads) {
    if (head === null) fault ??= { seq: claimed ?? (furthest?.seq ?? 0) + 1, reason: 'A signed head is damaged or forged.' };
    else points.push({ seq: head.seq, hash: head.hash });
    furthest = further(furthest, head);
  }
  if (furthest === null || (remembered !== null && furthest.seq < remembered.seq)) {
    fault = firstOf(fault, { seq: (furthest?.seq ?? 0) + 1, reason: 'Signed heads are missing.' });
  }
  return { start: furthest?.start ?? NO_START, points, fault };
}
