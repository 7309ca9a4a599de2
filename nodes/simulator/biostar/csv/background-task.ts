/** The one import that may go on after its answer with code 4. */
export class BackgroundTask {
  private timer: NodeJS.Timeout | null = null;
  private number = 0;

  get running(): boolean {
    return this.timer !== null;
  }

  /** Does one step every `stepMs`, until there are no more. @returns the id of the task */
  start(steps: Iterator<unknown>, stepMs: number): string {
    this.number += 1;
    const next = (): void => {
      this.timer = steps.next().done === true ? null : setTimeout(next, stepMs);
    };
    this.timer = setTimeout(next, stepMs);
    return String(this.number);
  }

  /** What is not done yet is left undone, as when the server is stopped. */
  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
