interface Watcher {
  pollMs: number;
  onInputs: (inputs: boolean[], at: number) => void;
  onError: (error: Error) => void;
}

/** Until so long after something happened the inputs of a device keep their pace, also on a line that is asked too much. */
const LIVELY_MS = 10_000;

export interface HowToRead {
  deadlineAt: number;
  everyMs: number;
  lively: boolean;
}

/**
 * One poll for everybody who watches the inputs of a device, as often as the most demanding of them wants. Polls that
 * are due while one is under way run once, after it.
 */
export class InputPoll {
  private readonly watchers = new Set<Watcher>();
  private timer: NodeJS.Timeout | undefined;
  private everyMs = 0;
  private underWay = false;
  /** Another one was due meanwhile, once or more often: one follows at once. */
  private due = false;
  private livelyUntil = 0;
  private last = '';

  constructor(private readonly read: (how: HowToRead) => Promise<boolean[]>, private readonly up: () => boolean) {}

  /** Something will happen at the inputs soon. */
  expectChange(): void {
    this.livelyUntil = performance.now() + LIVELY_MS;
  }

  /** Polls at once, whoever watches: the line has just come back. */
  now(): void {
    if (this.timer === undefined) return;
    this.begin();
    void this.poll();
  }

  watch(pollMs: number, onInputs: Watcher['onInputs'], onError: Watcher['onError']): () => void {
    const watcher = { pollMs, onInputs, onError };
    this.watchers.add(watcher);
    this.plan();
    return () => {
      this.watchers.delete(watcher);
      this.plan();
    };
  }

  stop(): void {
    this.watchers.clear();
    this.plan();
  }

  private plan(): void {
    const wanted = [...this.watchers].reduce((least, { pollMs }) => Math.min(least, pollMs), Infinity);
    if (wanted === this.everyMs) return;
    this.everyMs = wanted;
    clearInterval(this.timer);
    this.timer = undefined;
    if (wanted !== Infinity) this.begin();
  }

  private begin(): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => { void this.poll(); }, this.everyMs);
  }

  private async poll(): Promise<void> {
    if (!this.up()) return;
    if (this.underWay) {
      this.due = true;
      return;
    }
    this.underWay = true;
    this.due = false;
    try {
      const lively = performance.now() < this.livelyUntil;
      const inputs = await this.read({ deadlineAt: Date.now() + Math.max(this.everyMs, 1000), everyMs: this.everyMs, lively });
      const at = Date.now();
      this.noteChange(inputs);
      this.tell(({ onInputs }) => { onInputs([...inputs], at); });
    } catch (error) {
      this.tell(({ onError }) => { onError(error as Error); });
    } finally {
      this.underWay = false;
    }
    this.follow();
  }

  /** What became due meanwhile. */
  private follow(): void {
    if (this.due && this.timer !== undefined) void this.poll();
  }

  private noteChange(inputs: readonly boolean[]): void {
    const levels = inputs.join();
    if (this.last !== '' && levels !== this.last) this.expectChange();
    this.last = levels;
  }

  /** One door's listener that throws must not cost the others their inputs. */
  private tell(say: (watcher: Watcher) => void): void {
    for (const watcher of [...this.watchers]) {
      try {
        say(watcher);
      } catch {
        // Whoever listens reports its own errors.
      }
    }
  }
}
