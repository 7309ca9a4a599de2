interface Watcher {
  pollMs: number;
  onInputs: (inputs: boolean[], at: number) => void;
  onError: (error: Error) => void;
}

/**
 * One poll for everybody who watches the inputs of a device, as often as the most demanding of them wants. A poll
 * that is due while one is under way is left out: what it would bring is being fetched.
 */
export class InputPoll {
  private readonly watchers = new Set<Watcher>();
  private timer: NodeJS.Timeout | undefined;
  private everyMs = 0;
  private underWay = false;

  constructor(private readonly read: (deadlineMs: number) => Promise<boolean[]>, private readonly up: () => boolean) {}

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
    if (wanted !== Infinity) this.timer = setInterval(() => { void this.poll(); }, wanted);
  }

  private async poll(): Promise<void> {
    if (this.underWay || !this.up()) return;
    this.underWay = true;
    try {
      const inputs = await this.read(Math.max(this.everyMs, 1000));
      const at = Date.now();
      this.tell(({ onInputs }) => { onInputs([...inputs], at); });
    } catch (error) {
      this.tell(({ onError }) => { onError(error as Error); });
    } finally {
      this.underWay = false;
    }
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
