/** A file system in memory that knows what of it is on the disk for sure, and what may be. */

const PAGE = 4096;

type FileChange = { at: number; data: Buffer } | { length: number };
/** Names that came and went in one call. */
type FolderChange = { gone: string | null; came: { name: string; node: FileNode | FolderNode } | null };

/** What a power cut keeps of the changes that were not synced. */
export interface Keep {
  /** How many of a file's changes, and how many bytes of the last of them; Infinity: all of it. */
  ofFile: (changes: number) => { changes: number; bytes: number };
  /** True where a page of what is kept of a file reached the disk; one that did not is zeros. */
  ofPage?: () => boolean;
  /** True where a folder's change is kept. */
  ofFolder: () => boolean;
}

export class FileNode {
  private synced = Buffer.alloc(0);
  private pending: FileChange[] = [];
  private length = 0;

  /** As a program sees it. */
  get size(): number {
    return this.length;
  }

  /** Changes so far that a sync which begins now makes durable when it ends. */
  get changes(): number {
    return this.pending.length;
  }

  write(at: number, data: Buffer): void {
    this.pending.push({ at, data });
    this.length = Math.max(this.length, at + data.length);
  }

  truncate(length: number): void {
    this.pending.push({ length });
    this.length = length;
  }

  sync(changes: number): void {
    for (const change of this.pending.splice(0, changes)) this.synced = applied(this.synced, change);
  }

  after(keep: Keep): Buffer {
    const kept = keep.ofFile(this.pending.length);
    let content = Buffer.from(this.synced);
    this.pending.slice(0, kept.changes).forEach((change, index) => {
      const isLast = index === kept.changes - 1 && 'data' in change;
      content = applied(content, isLast ? { at: change.at, data: change.data.subarray(0, kept.bytes) } : change);
    });
    return keep.ofPage === undefined ? content : holed(content, this.synced.length, keep.ofPage);
  }
}

export class FolderNode {
  readonly names = new Map<string, FileNode | FolderNode>();
  private synced = new Map<string, FileNode | FolderNode>();
  private pending: FolderChange[] = [];

  get changes(): number {
    return this.pending.length;
  }

  change(gone: string | null, came: FolderChange['came']): void {
    this.pending.push({ gone, came });
    change(this.names, { gone, came });
  }

  sync(changes: number): void {
    for (const one of this.pending.splice(0, changes)) change(this.synced, one);
  }

  after(keep: Keep): Map<string, FileNode | FolderNode> {
    const names = new Map(this.synced);
    for (const one of this.pending) if (keep.ofFolder()) change(names, one);
    return names;
  }
}

/** Pages that lie behind what was synced may be missing; the rest of the first one was there before. */
function holed(content: Buffer, syncedLength: number, isThere: () => boolean): Buffer {
  const from = Math.min(content.length, syncedLength);
  for (let page = Math.floor(from / PAGE) * PAGE; page < content.length; page += PAGE) {
    if (!isThere()) content.fill(0, Math.max(page, from), Math.min(page + PAGE, content.length));
  }
  return content;
}

function change(names: Map<string, FileNode | FolderNode>, { gone, came }: FolderChange): void {
  if (gone !== null) names.delete(gone);
  if (came !== null) names.set(came.name, came.node);
}

function applied(content: Buffer<ArrayBuffer>, change: FileChange): Buffer<ArrayBuffer> {
  if ('length' in change) {
    return change.length <= content.length ? content.subarray(0, change.length) : Buffer.concat([content, Buffer.alloc(change.length - content.length)]);
  }
  const end = change.at + change.data.length;
  // The memory behind the content is ours and grows ahead, so that a long file is not copied with each line.
  let next = content;
  if (end > content.length) {
    const room = content.buffer.byteLength - content.byteOffset;
    if (end <= room) {
      next = Buffer.from(content.buffer, content.byteOffset, end);
      next.fill(0, content.length, Math.max(content.length, change.at));
    } else {
      const larger = Buffer.from(new ArrayBuffer(end * 2), 0, end);
      content.copy(larger);
      next = larger;
    }
  }
  change.data.copy(next, change.at);
  return next;
}
