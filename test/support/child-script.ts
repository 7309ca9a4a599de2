/** A script of ours in a process of its own, whether the tests run as TypeScript or compiled. */
import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';

export interface ScriptOptions {
  /** Put before the command: `strace` and what belongs to it. */
  under?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** A running script, and the lines it has printed so far. */
export class ChildScript {
  readonly lines: string[] = [];
  /** Resolves when the process is gone and everything it had printed is in `lines`. */
  readonly ended: Promise<void>;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly process: ChildProcess) {
    let rest = '';
    process.stdout?.on('data', (data: Buffer) => {
      const parts = (rest + data.toString()).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
      this.wake();
    });
    this.ended = new Promise((resolve) => {
      process.once('error', () => { resolve(); }).once('close', () => { this.wake(); resolve(); });
    });
  }

  /** `path` is that of a module without its extension, as `join(__dirname, 'power-cut-writer')`. */
  static start(path: string, args: readonly string[], { under = [], env = {} }: ScriptOptions = {}): ChildScript {
    const extension = extname(__filename);
    const loader = extension === '.ts' ? ['--import', 'tsx'] : [];
    const [command = '', ...rest] = [...under, process.execPath, ...loader, path + extension, ...args];
    // A child is no part of the coverage: it is killed before it could report.
    const { NODE_V8_COVERAGE, ...inherited } = process.env;
    return new ChildScript(spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...inherited, ...env } }));
  }

  /** True until the process has ended. */
  get runs(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  /** The first line that begins so; rejects where the script ends without it. */
  async line(beginning: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.startsWith(beginning));
      if (found !== undefined) return found;
      if (!this.runs) throw new Error(`the script ended without "${beginning}": ${this.lines.slice(-5).join(' | ')}`);
      await this.news();
    }
  }

  /** Waits until there are so many lines; rejects where the script ends before. */
  async count(lines: number): Promise<void> {
    while (this.lines.length < lines) {
      if (!this.runs) throw new Error(`the script ended after ${this.lines.length} lines: ${this.lines.slice(-5).join(' | ')}`);
      await this.news();
    }
  }

  async kill(): Promise<void> {
    if (this.runs) this.process.kill('SIGKILL');
    await this.ended;
  }

  private news(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        resolve();
      };
      this.waiting.add(wake);
    });
  }

  private wake(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
