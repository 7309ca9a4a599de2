/** When a lost line is tried again. */

/** The pause grows with the time that the line is away: a fiftieth of it, so that a line is back soon after its device. */
const SHARE_OF_OUTAGE = 50;
const SHORTEST_PAUSE_MS = 75;
const LONGEST_PAUSE_MS = 5000;
/** A device that takes the connection and says nothing is given twice the pause each time: each try costs it a connection. */
const FIRST_SILENT_PAUSE_MS = 100;
/** A try may wait for a host that does not even refuse: the first one long, then short, or its return would be seen late. */
const SHORT_TRY_MS = 300;
const LONG_TRY_MS = 3000;
const LONG_TRY_EVERY = 4;

export class LineRetry {
  private lostAt: number | null = null;
  private tries = 0;
  private silences = 0;

  constructor(private readonly random: () => number = Math.random) {}

  /** The pause before the next try, in milliseconds; none before the first. `silent`: it was connected and said nothing. */
  pauseMs(now: number, silent: boolean): number {
    if (silent) this.silences += 1;
    if (this.lostAt === null) {
      this.lostAt = now;
      return 0;
    }
    const growing = silent
      ? FIRST_SILENT_PAUSE_MS * 2 ** Math.min(10, this.silences - 1)
      : Math.max(SHORTEST_PAUSE_MS, (now - this.lostAt) / SHARE_OF_OUTAGE);
    const longest = Math.min(LONGEST_PAUSE_MS, growing);
    return longest / 2 + this.random() * (longest / 2);
  }

  /** How long the next try may take to connect. */
  connectMs(): number {
    const ms = this.tries % LONG_TRY_EVERY === 0 ? LONG_TRY_MS : SHORT_TRY_MS;
    this.tries += 1;
    return ms;
  }

  /** Something answered: the next loss is a new one. */
  answered(): void {
    this.lostAt = null;
    this.tries = 1;
    this.silences = 0;
  }
}
