/**
 * A read that is shared: who asks while one runs gets the next, together with all others who ask meanwhile. So each
 * answer began after it was asked for, and many askers cost few reads.
 */
export class NextRead<T> {
  private running: Promise<T> | null = null;
  private next: Promise<T> | null = null;

  constructor(private readonly read: () => Promise<T>) {}

  get(): Promise<T> {
    if (this.running === null) return this.start();
    const start = (): Promise<T> => this.start();
    this.next ??= this.running.then(start, start);
    return this.next;
  }

  private start(): Promise<T> {
    this.next = null;
    const mine = this.read();
    this.running = mine;
    const over = (): void => {
      if (this.running === mine) this.running = null;
    };
    mine.then(over, over);
    return mine;
  }
}
