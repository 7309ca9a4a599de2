import { unwatchFile, watchFile } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { McError } from '../../credential/mc-error';

const LOOK_EVERY_MS = 2000;
/** A file longer than rules may be is not read at all. */
const LONGEST = 20_000_000;

/** A document of rules in a file that somebody else writes. Looked at by its times, which also works on network drives. */
export class RulesFile {
  constructor(private readonly path: string, private readonly name: string) {}

  /** Throws CONFIG_INVALID where it cannot be read. */
  async read(): Promise<string> {
    try {
      if ((await stat(this.path)).size > LONGEST) throw new Error('it is too long');
      return await readFile(this.path, 'utf8');
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      throw new McError('CONFIG_INVALID', `The rules file "${this.name}" cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code ?? message}.`, { cause });
    }
  }

  /** Called after each change. Returns the end of it. */
  watch(onChange: () => void): () => void {
    const changed = (now: { mtimeMs: number; size: number; ino: number }, before: { mtimeMs: number; size: number; ino: number }): void => {
      if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) onChange();
    };
    watchFile(this.path, { interval: LOOK_EVERY_MS, persistent: false }, changed);
    return () => { unwatchFile(this.path, changed); };
  }
}
