/** Listeners of one kind of news. One that throws must not keep the news from the others, nor from whoever tells it. */
export class Listeners<T extends unknown[]> {
  private readonly listeners = new Set<(...news: T) => void>();

  /** Adds one, and calls it at once where there is news already. Returns the end of it. */
  add(listener: (...news: T) => void, present?: T): () => void {
    this.listeners.add(listener);
    if (present !== undefined) safely(listener, present);
    return () => { this.listeners.delete(listener); };
  }

  tell(...news: T): void {
    for (const listener of [...this.listeners]) safely(listener, news);
  }

  clear(): void {
    this.listeners.clear();
  }
}

function safely<T extends unknown[]>(listener: (...news: T) => void, news: T): void {
  try {
    listener(...news);
  } catch {
    // Whoever listens reports its own errors.
  }
}
