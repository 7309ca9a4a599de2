import { execFileSync } from 'node:child_process';

/** A dated line of figures, with what they were taken on. */
export function soakLine(name: string, figures: string): void {
  console.log(`${new Date().toISOString().slice(0, 10)} ${name} (${commit()}, Node ${process.version}): ${figures}`);
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'no git';
  }
}
