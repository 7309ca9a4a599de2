/** Turns of the event loop that took longer than they may, while it watches. */
export class TurnWatch {
  longestMs = 0;
  private last = performance.now();
  private stopped = false;

  constructor() {
    const turn = (): void => {
      const now = performance.now();
      this.longestMs = Math.max(this.longestMs, now - this.last);
      this.last = now;
      if (!this.stopped) setImmediate(turn);
    };
    setImmediate(turn);
  }

  stop(): number {
    this.stopped = true;
    return this.longestMs;
  }
}
