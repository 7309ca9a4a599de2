import { join } from 'node:path';
import { journalLines } from '../journal-reader';
import { lineOf } from '../journal-line';
import { AppendFile } from './append-file';
import type { SignedHead } from './audit-head';
import { fileLines } from './file-lines';
import { claimedSeq, headLine, readHead } from './signed-head';
import { type SigningKey, signingKey } from './signing-key';

const HEADS_FILE = 'heads.log';

/** The signed heads of a trail, in a file of their own. Never two calls at a time. */
export class SignedHeads {
  private constructor(
    private readonly key: SigningKey,
    private readonly file: AppendFile,
    /** The furthest that verifies. */
    private furthest: SignedHead | null,
  ) {}

  static async open(folder: string): Promise<SignedHeads> {
    const path = join(folder, HEADS_FILE);
    const key = await signingKey(folder);
    const { file, found } = await AppendFile.open(path, async (handle) => {
      const seen: { end: number; furthest: SignedHead | null } = { end: 0, furthest: null };
      for await (const { json, end } of journalLines(handle)) {
        seen.end = end;
        seen.furthest = further(seen.furthest, readHead(json, key.publicKey));
      }
      return seen;
    });
    return new SignedHeads(key, file, found.furthest);
  }

  get last(): SignedHead | null {
    return this.furthest;
  }

  /** Resolves when the head is on the disk. */
  async sign(head: SignedHead): Promise<void> {
    await this.file.append(headLine(head, this.key.privateKey));
    await this.file.sync();
    this.furthest = further(this.furthest, head);
  }

  /** Every head in the file, in order; `head` is null where one is damaged or forged, `claimed` the record it speaks of. */
  async* read(upTo = this.file.size): AsyncGenerator<{ head: SignedHead | null; claimed: number | null }> {
    for await (const json of fileLines(this.file.path, upTo)) yield { head: readHead(json, this.key.publicKey), claimed: claimedSeq(json) };
  }

  /**
   * Leaves one head of each former segment, and none of what is past its retention: the last one speaks for all before
   * it. What does not verify stays where it is, for whoever verifies next.
   */
  async thin(): Promise<void> {
    const lines: { line: string; head: SignedHead | null }[] = [];
    for await (const json of fileLines(this.file.path, this.file.size)) {
      lines.push({ line: lineOf(json ?? '{}'), head: readHead(json, this.key.publicKey) });
    }
    const { furthest } = this;
    if (furthest === null) return;
    const past = lines.findLastIndex(({ head }) => head !== null && head.seq < furthest.start.seq && head.segment < furthest.segment);
    const kept = lines.slice(past + 1).filter(({ head }, index, rest) => {
      const next = rest[index + 1]?.head;
      return head === null || head.segment === furthest.segment || next?.segment !== head.segment;
    });
    if (kept.length === lines.length) return;
    await this.file.replaceBy(kept.map(({ line }) => line).join(''));
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** The same end can be signed again with a later start. */
export function further(a: SignedHead | null, b: SignedHead | null): SignedHead | null {
  if (a === null || b === null) return a ?? b;
  return b.seq > a.seq || (b.seq === a.seq && b.start.seq >= a.start.seq) ? b : a;
}
