import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from '../../../nodes/credential/audit-event';
import { AuditTrail } from '../../../nodes/store/audit/audit-trail';

export const DAY_MS = 86_400_000;
export const START = Date.parse('2026-03-01T08:00:00.000Z');

/** Folders and trails of one test, gone after it, and a clock that stands still until it is set. */
export class TrailBench {
  now = START;
  private readonly folders: string[] = [];
  private readonly trails: AuditTrail[] = [];

  async folder(): Promise<string> {
    const parent = await mkdtemp(join(tmpdir(), 'mc-audit-'));
    this.folders.push(parent);
    return join(parent, 'audit');
  }

  async open(folder: string, retentionDays = 365): Promise<AuditTrail> {
    const trail = await AuditTrail.open(folder, { retentionDays, now: () => this.now });
    this.trails.push(trail);
    return trail;
  }

  /** A closed trail of events with one head for each `perHead` of them. */
  async made(count: number, perHead = count): Promise<string> {
    const folder = await this.folder();
    let trail = await this.open(folder);
    for (let i = 1; i <= count; i += 1) {
      await trail.append([numbered(i)], String(i));
      if (i % perHead === 0) {
        await trail.close();
        trail = await this.open(folder);
      }
    }
    await trail.close();
    return folder;
  }

  event(fields: Partial<AuditEvent> = {}): AuditEvent {
    return { ...numbered(0), at: new Date(this.now).toISOString(), ...fields };
  }

  async clear(): Promise<void> {
    await Promise.all(this.trails.map((trail) => trail.close().catch(() => undefined)));
    await Promise.all(this.folders.map((folder) => rm(folder, { recursive: true, force: true })));
    this.now = START;
  }
}

/** Five persons with a card each take turns. */
export function numbered(number: number): AuditEvent {
  return {
    kind: 'decision', at: new Date(START + number * 1000).toISOString(), userId: `person-${number % 5}`, cardId: `77000000${number % 5}`,
    door: 'Front', outcome: 'GRANTED', by: 'door-node', detail: { number },
  };
}

export async function segmentFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('audit-')).sort().map((name) => join(folder, name));
}

export async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').slice(0, -1);
}

export async function putLines(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
}

/** Everything that lies in a folder, as one text. */
export async function bytesOf(folder: string): Promise<string> {
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n');
}

/** The rights of each file of a folder, and of itself as '.'. */
export async function modesOf(folder: string): Promise<Record<string, number>> {
  const names = ['.', ...await readdir(folder)];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await stat(join(folder, name))).mode & 0o777])));
}
