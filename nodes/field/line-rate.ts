/** How many requests went out in the last whole second. */
export class RequestRate {
  private second = 0;
  private now = 0;
  private last = 0;

  count(): void {
    this.turn();
    this.now += 1;
  }

  get perSecond(): number {
    this.turn();
    return this.last;
  }

  private turn(): void {
    const second = Math.floor(performance.now() / 1000);
    if (second === this.second) return;
    this.last = second === this.second + 1 ? this.now : 0;
    this.now = 0;
    this.second = second;
  }
}
