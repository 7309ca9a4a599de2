import type { AuditHead, ChainStart } from './audit-head';
import type { ReadRecord } from './chain-record';
import type { Fault } from './fault';

/** Follows the chain from its start and finds the first record that does not belong where it is. */
export class ChainCheck {
  fault: Fault | null = null;
  private readonly known = new Map<number, string[]>();
  private next: number;
  private prev: string;
  /** Last record that a head speaks for. */
  private vouched: number;
  /** A record that does not follow on the one before: the next tells which of the two was changed. */
  private doubt: AuditHead | null = null;

  /** `heads`: what the chain has to agree with. */
  constructor(private readonly start: ChainStart, heads: readonly AuditHead[]) {
    [this.next, this.prev, this.vouched] = [start.seq, start.prev, start.seq - 1];
    for (const { seq, hash } of heads) {
      const hashes = this.known.get(seq) ?? [];
      if (!hashes.includes(hash)) this.known.set(seq, [...hashes, hash]);
    }
    if (this.known.get(start.seq - 1)?.some((hash) => hash !== start.prev) === true) this.bad(start.seq, 'does not follow on what was kept of the records before it');
  }

  /** True where the record, null where it is damaged, belongs to the chain as far as it can be seen yet. */
  take(read: ReadRecord | null): boolean {
    if (this.fault !== null) return false;
    if (this.doubt !== null) return this.settle(this.doubt, read);
    const seq = this.next;
    if (read === null) return this.bad(seq, 'is damaged or was changed');
    const { record, hash } = read;
    if (record.seq !== seq) return this.bad(seq, 'is missing or not in its place');
    if (record.prev !== this.prev) {
      if (this.vouched === seq - 1) return this.bad(seq, 'does not follow on the one before');
      this.doubt = { seq, hash };
      return false;
    }
    const heads = this.known.get(seq);
    if (heads?.some((known) => known !== hash) === true) return this.bad(this.vouched + 1, `or a later one up to record ${seq} was changed: a head says otherwise`);
    if (heads !== undefined) this.vouched = seq;
    this.next = seq + 1;
    this.prev = hash;
    return true;
  }

  /** To be called after the last record. */
  end(): void {
    if (this.doubt !== null) this.settle(this.doubt, null);
    const furthest = Math.max(this.start.seq - 1, ...this.known.keys());
    if (this.fault === null && furthest >= this.next) this.bad(this.next, `is missing: a head says that there are records up to ${furthest}`);
  }

  private settle({ seq, hash }: AuditHead, after: ReadRecord | null): false {
    const vouched = this.known.get(seq);
    const stands = vouched === undefined ? after === null || after.record.prev === hash : vouched.includes(hash);
    return stands ? this.bad(seq - 1, 'is not the one that the next record follows on') : this.bad(seq, 'does not follow on the one before');
  }

  private bad(seq: number, what: string): false {
    this.fault ??= { seq, reason: `Record ${seq} ${what}.` };
    return false;
  }
}
