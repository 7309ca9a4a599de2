const KEPT = 50;

/** The folder of uploads, exports and lists of failed rows: the same name is overwritten (suprema-api A3.1). The last fifty. */
export class Downloads {
  private readonly files = new Map<string, Buffer>();

  put(name: string, content: Buffer): void {
    this.files.delete(name);
    this.files.set(name, content);
    for (const oldest of this.files.keys()) {
      if (this.files.size <= KEPT) break;
      this.files.delete(oldest);
    }
  }

  get(name: string): Buffer | undefined {
    return this.files.get(name);
  }

  clear(): void {
    this.files.clear();
  }
}
