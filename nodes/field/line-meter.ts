/** A poll that was not asked for so long is over. */
const FORGET_MS = 5000;
/** Weight of a new exchange in the mean. */
const SHARE = 0.1;

/**
 * What a running line is asked for: of each poll how often, and how long exchanges take on it. Load is the share of the
 * line's time that the polls ask for, whether or not they get it: above 1 the line cannot keep up.
 */
export class LineMeter {
  private readonly polls = new Map<string, { everyMs: number; unit: number; at: number }>();
  private readonly meanMs = new Map<number, number>();

  asked(name: string, unit: number, everyMs: number): void {
    this.polls.set(name, { everyMs, unit, at: performance.now() });
  }

  /** An exchange with a unit took so long, the line's silence after it included. */
  took(unit: number, ms: number): void {
    const mean = this.meanMs.get(unit);
    this.meanMs.set(unit, mean === undefined ? ms : mean + (ms - mean) * SHARE);
  }

  /** The shortest period of a poll, null while there is none. */
  get shortestMs(): number | null {
    this.forget();
    return this.polls.size === 0 ? null : Math.min(...[...this.polls.values()].map(({ everyMs }) => everyMs));
  }

  get load(): number {
    this.forget();
    return [...this.polls.values()].reduce((sum, { unit, everyMs }) => sum + (this.meanMs.get(unit) ?? 0) / everyMs, 0);
  }

  private forget(): void {
    const now = performance.now();
    for (const [name, { at, everyMs }] of this.polls) if (now - at > FORGET_MS + 2 * everyMs) this.polls.delete(name);
  }
}
