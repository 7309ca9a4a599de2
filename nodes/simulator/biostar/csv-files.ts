const MOST_FILES = 20;

/** Files that were uploaded or made for download, and imports that go on after their answer. */
export class CsvFiles {
  private readonly files = new Map<string, string>();
  private readonly tasks = new Set<NodeJS.Immediate>();

  put(name: string, text: string): void {
    this.files.delete(name);
    this.files.set(name, text);
    if (this.files.size > MOST_FILES) this.files.delete(this.files.keys().next().value as string);
  }

  get(name: string): string | undefined {
    return this.files.get(name);
  }

  /** Does the work piece by piece, later. */
  later(pieces: readonly (() => void)[]): void {
    const [first, ...rest] = pieces;
    if (first === undefined) return;
    const task = setImmediate(() => {
      this.tasks.delete(task);
      first();
      this.later(rest);
    });
    this.tasks.add(task);
  }

  stop(): void {
    for (const task of this.tasks) clearImmediate(task);
    this.tasks.clear();
  }

  clear(): void {
    this.stop();
    this.files.clear();
  }
}
