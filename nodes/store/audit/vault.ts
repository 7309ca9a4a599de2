import { join } from 'node:path';
import { journalLines } from '../journal-reader';
import { AppendFile } from './append-file';
import { fileLines } from './file-lines';
import { entryLine, newCard, newPerson, pseudonymOf, readEntry, type VaultEntry } from './vault-entry';
import { VaultTables } from './vault-tables';

const VAULT_FILE = 'persons.log';

/** Who the pseudonyms of the chain are, in a file that can be written anew without somebody. Never two calls at a time. */
export class Vault {
  /** Pseudonyms given out since `watch`; null while nobody wants to know. */
  private given: Set<string> | null = null;
  private unkept: VaultEntry[] = [];

  private constructor(private readonly file: AppendFile, readonly tables: VaultTables) {}

  static async open(folder: string): Promise<Vault> {
    const path = join(folder, VAULT_FILE);
    const tables = new VaultTables();
    const { file } = await AppendFile.open(path, async (handle) => {
      const seen = { end: 0 };
      for await (const { json, end } of journalLines(handle)) {
        seen.end = end;
        take(tables, json);
      }
      return seen;
    });
    return new Vault(file, tables);
  }

  /** The entry of a person, a new one where there is none. It is kept by `keep`. */
  person(userId: string): VaultEntry {
    return this.give(this.tables.person(userId) ?? this.add(newPerson(userId)));
  }

  /** The entry of a card in the hands of a person, given by pseudonym. */
  card(cardId: string, holder: string | null): VaultEntry {
    return this.give(this.tables.cardsWith(cardId).find((entry) => entry.holder === holder) ?? this.add(newCard(cardId, holder)));
  }

  /** Writes the new entries; together with `alongside`, or none of both. */
  async keep(alongside: () => Promise<void>): Promise<void> {
    const entries = this.unkept;
    const { size } = this.file;
    this.unkept = [];
    try {
      if (entries.length > 0) await this.file.append(entries.map(entryLine).join(''));
      await alongside();
    } catch (error) {
      this.forget(entries);
      if (this.file.size > size) await this.file.cutBack(size).catch(() => undefined);
      throw error;
    }
  }

  /** Undoes what was asked for and is not kept. */
  forget(entries: readonly VaultEntry[] = this.unkept): void {
    for (const entry of entries) this.tables.remove(pseudonymOf(entry));
    this.unkept = [];
  }

  sync(): Promise<void> {
    return this.file.sync();
  }

  /** What the file says now, apart from what is remembered of it. */
  async reread(): Promise<VaultTables> {
    const tables = new VaultTables();
    for await (const json of fileLines(this.file.path, this.file.size)) take(tables, json);
    return tables;
  }

  /** From now on it is noted what is given out. */
  watch(): void {
    this.given = new Set();
  }

  /** Pseudonyms that are not in `used` and were not given out since `watch`. */
  unused(used: ReadonlySet<string>): string[] {
    const { given } = this;
    this.given = null;
    return [...this.tables.entries()].map(pseudonymOf).filter((pseudonym) => !used.has(pseudonym) && given?.has(pseudonym) !== true);
  }

  /** Writes the file anew without these. */
  async drop(pseudonyms: readonly string[]): Promise<void> {
    const gone = new Set(pseudonyms.filter((pseudonym) => this.tables.get(pseudonym) !== undefined));
    if (gone.size === 0) return;
    const kept = [...this.tables.entries()].filter((entry) => !gone.has(pseudonymOf(entry)));
    await this.file.replaceBy(kept.map(entryLine).join(''));
    for (const pseudonym of gone) this.tables.remove(pseudonym);
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private add(entry: VaultEntry): VaultEntry {
    this.tables.add(entry);
    this.unkept.push(entry);
    return entry;
  }

  private give(entry: VaultEntry): VaultEntry {
    this.given?.add(pseudonymOf(entry));
    return entry;
  }
}

/** A damaged line means nothing any more; the records that it was for tell when they are verified. */
function take(tables: VaultTables, json: string | null): void {
  const entry = readEntry(json);
  if (entry !== null) tables.add(entry);
}
