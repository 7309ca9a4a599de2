/** An input that toggles at random, and the coil that should follow it: how long it took, and where it did not. */
const SHORTEST_MS = 300;
const LONGEST_MS = 500;

export interface EdgeFigures {
  /** From each toggle until a write of the new state was served, where one came before the next toggle. */
  tookMs: number[];
  /** Edges that the next one overtook. */
  missed: number;
  /** Writes of a state that was no longer so. */
  stale: number;
}

export class EdgeInput {
  on = false;
  private figures: EdgeFigures = { tookMs: [], missed: 0, stale: 0 };
  private counting = false;
  /** When it toggled; null where the write has come, or nobody waits for one. */
  private since: number | null = null;

  /** The first `unmeasured` edges are for warming up. Resolves when the last one has had its time. */
  async measure(edges: number, unmeasured: number): Promise<EdgeFigures> {
    this.figures = { tookMs: [], missed: 0, stale: 0 };
    for (let edge = 0; edge < unmeasured + edges; edge += 1) {
      this.counting = edge >= unmeasured;
      this.on = !this.on;
      this.since = performance.now();
      const untilNext = SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS);
      await new Promise((resolve) => { setTimeout(resolve, untilNext); });
      if (this.since !== null && this.counting) this.figures.missed += 1;
    }
    this.since = null;
    this.counting = false;
    return this.figures;
  }

  /** The coil was switched. A state written again without need counts as nothing. */
  written(on: boolean): void {
    if (on !== this.on) {
      if (this.counting) this.figures.stale += 1;
      return;
    }
    if (this.since !== null && this.counting) this.figures.tookMs.push(performance.now() - this.since);
    this.since = null;
  }
}
