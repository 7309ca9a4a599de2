import type { Reason } from '../decision';
import type { Lockout } from '../rules/rules';

/** Reasons that say nothing about the card: the site, the reader or other people are why. */
const NO_FAILURE: ReadonlySet<Reason> = new Set<Reason>([
  'READER_LOCKED_OUT', 'LOCKDOWN', 'READER_NOT_REGISTERED', 'CLOCK_DOUBTFUL', 'DATA_TOO_OLD', 'OCCUPANCY_FULL', 'INTERLOCK', 'SECOND_PERSON_NEEDED', 'GRANTED',
]);

/** Readers are as many as were installed; whatever else a flow makes up is forgotten again. */
const MOST_READERS = 10_000;

interface Row {
  failures: number;
  /** Of the last failure. */
  at: number;
  /** Nothing is granted before. */
  until: number;
}

/** Failed reads in a row at each reader, and which of them are locked out. */
export class FailedReads {
  private readonly byReader = new Map<string, Row>();

  /** When the reader grants again; 0: it is not locked out. */
  until(reader: string): number {
    return this.byReader.get(reader)?.until ?? 0;
  }

  /** Notes what came of a read. True where it locks the reader out. */
  note(reader: string, reason: Reason, { afterFailures, forMs, withinMs }: Lockout, now: number): boolean {
    if (reason === 'GRANTED') this.byReader.delete(reader);
    if (NO_FAILURE.has(reason)) return false;
    const row = this.byReader.get(reader);
    const failures = row === undefined || Math.abs(now - row.at) > withinMs ? 1 : row.failures + 1;
    const isOut = failures >= afterFailures;
    const [oldest] = this.byReader.keys();
    if (row === undefined && this.byReader.size >= MOST_READERS && oldest !== undefined) this.byReader.delete(oldest);
    this.byReader.set(reader, { failures: isOut ? 0 : failures, at: now, until: isOut ? now + forMs : row?.until ?? 0 });
    return isOut;
  }

  lockOut(reader: string, until: number): void {
    this.byReader.set(reader, { failures: 0, at: until, until });
  }
}
