import { open as openFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { McError } from '../credential/mc-error';
import { Journal } from './journal';
import { formerPath, journalFiles, type JournalFiles, journalPath } from './journal-files';
import { journalLines } from './journal-reader';
import { corrupt, storeError } from './store-error';

/** Where the audit trail of a store lies, in its folder. */
export const AUDIT_FOLDER = 'audit';

/** Who is handed the lines of a journal, as JSON, while it is opened. */
export interface LineReceiver {
  line(json: string): void | Promise<void>;
  /** What was handed over so far does not count: everything comes anew. */
  restart(): void | Promise<void>;
}

/** `journal` null: it cannot be trusted for the reason in `problem`; what could be read was handed over. */
export interface OpenedJournal {
  journal: Journal | null;
  problem: McError | null;
}

/**
 * Opens the journal of a folder, or makes its first. One that is damaged is left as it is, and read as far as it can
 * be: the generation before it, then every line of it that is what was written. Rejects where that is nothing at all.
 */
export async function openJournal(folder: string, receiver: LineReceiver): Promise<OpenedJournal> {
  const files = await journalFiles(folder);
  const generation = files.present.at(-1);
  if (generation === undefined && !await hadStore(folder, files)) {
    await Journal.create(folder);
    return { journal: await Journal.open(folder, 1, () => undefined), problem: null };
  }
  try {
    if (generation === undefined) throw corrupt(journalPath(folder, (files.former.at(-1) ?? 0) + 1), 'is gone');
    return { journal: await Journal.open(folder, generation, (json) => receiver.line(json)), problem: null };
  } catch (error) {
    const problem = storeError(error, folder);
    await receiver.restart();
    if (await salvage(folder, files, receiver) === 0) throw problem;
    return { journal: null, problem };
  }
}

/** True where files show that there was a journal: one that is gone is not a new store. */
async function hadStore(folder: string, { former }: JournalFiles): Promise<boolean> {
  return former.length > 0 || await stat(join(folder, AUDIT_FOLDER)).then(() => true, () => false);
}

/**
 * Hands over what the former generation and then the present one still hold, whatever is damaged between; a document
 * that only a damaged line had is the one that it was before. Answers how many lines that were.
 */
async function salvage(folder: string, { former, present }: JournalFiles, receiver: LineReceiver): Promise<number> {
  const older = former.at(-1);
  const paths = [...older === undefined ? [] : [formerPath(folder, older)], ...present.slice(-2).map((number) => journalPath(folder, number))];
  let found = 0;
  for (const path of paths) {
    const file = await openFile(path, 'r').catch(() => null);
    if (file === null) continue;
    try {
      for await (const { json } of journalLines(file)) {
        if (json === null || json.startsWith('{"journal"')) continue;
        await receiver.line(json);
        found += 1;
      }
    } catch {
      // A disk that cannot be read any further: what it gave is what there is.
    } finally {
      await file.close();
    }
  }
  return found;
}
