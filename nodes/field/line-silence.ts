/** Tells a line that went dead without a word (a cable pulled, a host gone) from one that is only slow. */

/** So many requests in a row without any answer, whatever is known of the line. */
const SILENT_REQUESTS = 3;
/** With the wait for the next poll, three of its periods. */
const PERIODS = 2;
const SHORTEST_MS = 100;
/** A silence is nothing strange up to so many times the longest answer of late. */
const TIMES_LONGEST = 3;
/** The longest answer of late is forgotten slowly. */
const FADING = 0.99;

export class LineSilence {
  private readonly answering = new Set<number>();
  private longestMs = 0;
  private unanswered = 0;
  /** Doubled with every alarm that was none. */
  private caution = 1;

  constructor(private readonly timeoutMs: number) {}

  /** A unit said something, `ms` after it was asked. */
  heard(unit: number, ms: number): void {
    this.unanswered = 0;
    this.answering.add(unit);
    this.longestMs = Math.max(ms, this.longestMs * FADING);
  }

  /** A unit did not answer in time. True where that was once too often for the line. */
  missed(unit: number): boolean {
    this.answering.delete(unit);
    this.unanswered += 1;
    return this.unanswered >= SILENT_REQUESTS;
  }

  /** For how long this unit may say nothing, null where its timeout decides: it did not answer lately anyway. */
  limitMs(unit: number, shortestPollMs: number | null): number | null {
    if (!this.answering.has(unit) || shortestPollMs === null) return null;
    const limit = this.caution * Math.max(SHORTEST_MS, PERIODS * shortestPollMs, TIMES_LONGEST * this.longestMs);
    return limit < SILENT_REQUESTS * this.timeoutMs ? limit : null;
  }

  /** The line was connected anew; `falseAlarm`: it was taken for dead and answered at once after that. */
  begun(): void {
    this.unanswered = 0;
    this.answering.clear();
  }

  falseAlarm(): void {
    this.caution = Math.min(64, this.caution * 2);
  }
}
