/** Replays a record of file system calls up to a moment and makes the folder that a power cut leaves there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileNode, FolderNode, type Keep } from './power-cut-files';
import type { Call, Moment } from './power-cut-trace';

interface Handle { node: FileNode | FolderNode; position: number; appends: boolean }

export class Replay {
  /** Numbers that the process had begun to print. */
  readonly printed: string[] = [];
  private readonly top = new FolderNode();
  private readonly handles = new Map<number, Handle>();
  /** What a sync that is under way will have made durable when it ends. */
  private readonly syncing = new Map<Call, { node: FileNode | FolderNode; changes: number }>();
  private rest = '';

  /** @param root the folder that is watched; it and all above it are taken to be on the disk */
  constructor(private readonly root: string) {}

  step({ call, begins, ends }: Moment): void {
    if (begins) this.begin(call);
    if (ends && (call.result ?? -1) >= 0) this.end(call);
  }

  /** Makes in `folder` what the disk has now. */
  async restore(folder: string, keep: Keep): Promise<void> {
    await restoreFolder(this.top, folder, keep);
  }

  private begin(call: Call): void {
    const fd = Number(call.args[0]);
    if (call.name === 'write' && fd === 1) {
      const parts = (this.rest + String(call.strings[0])).split('\n');
      this.rest = parts.pop() ?? '';
      this.printed.push(...parts);
    }
    const node = this.handles.get(fd)?.node;
    if (isSync(call) && node !== undefined) this.syncing.set(call, { node, changes: node.changes });
  }

  private end(call: Call): void {
    const { name, args, strings } = call;
    const fd = Number(args[0]);
    const result = call.result ?? -1;
    const handle = this.handles.get(fd);
    const paths = strings.map(String);
    switch (name) {
      case 'open': case 'openat': case 'creat': this.opened(paths[0] ?? '', args.join(), result); return;
      case 'close': this.handles.delete(fd); return;
      case 'write': case 'writev': if (handle !== undefined) this.write(handle, null, strings, result); return;
      case 'pwrite64': case 'pwritev': case 'pwritev2':
        if (handle !== undefined) this.write(handle, Number(args[3]), strings, result);
        return;
      case 'fsync': case 'fdatasync': this.synced(call); return;
      case 'ftruncate': if (handle?.node instanceof FileNode) handle.node.truncate(Number(args[1])); return;
      case 'mkdir': case 'mkdirat': this.put(paths[0] ?? '', new FolderNode()); return;
      case 'unlink': case 'unlinkat': case 'rmdir': this.place(paths[0] ?? '')?.parent.change(basename(paths[0] ?? ''), null); return;
      case 'rename': case 'renameat': case 'renameat2': this.renamed(paths[0] ?? '', paths[1] ?? ''); return;
      default:
        if (handle !== undefined || paths.some((path) => this.place(path) !== null)) throw new Error(`the replay does not know ${name}`);
    }
  }

  private opened(path: string, flags: string, fd: number): void {
    this.handles.delete(fd);
    if (path === this.root) this.handles.set(fd, { node: this.top, position: 0, appends: false });
    const place = this.place(path);
    if (place === null) return;
    let node = place.parent.names.get(basename(path));
    if (node === undefined) {
      node = new FileNode();
      place.parent.change(null, { name: basename(path), node });
    } else if (flags.includes('O_TRUNC') && node instanceof FileNode && node.size > 0) {
      node.truncate(0);
    }
    this.handles.set(fd, { node, position: 0, appends: flags.includes('O_APPEND') });
  }

  private write(handle: Handle, at: number | null, strings: readonly Buffer[], length: number): void {
    if (!(handle.node instanceof FileNode)) return;
    const from = at ?? (handle.appends ? handle.node.size : handle.position);
    handle.node.write(from, Buffer.concat(strings).subarray(0, length));
    if (at === null) handle.position = from + length;
  }

  private synced(call: Call): void {
    const sync = this.syncing.get(call);
    this.syncing.delete(call);
    sync?.node.sync(sync.changes);
  }

  private renamed(from: string, to: string): void {
    const source = this.place(from);
    const target = this.place(to);
    const node = source?.parent.names.get(basename(from));
    if (source === null || target === null || node === undefined) return;
    if (source.parent !== target.parent) throw new Error('the replay does not know renames between folders');
    source.parent.change(basename(from), { name: basename(to), node });
  }

  private put(path: string, node: FolderNode): void {
    this.place(path)?.parent.change(null, { name: basename(path), node });
  }

  /** The folder that a path is in, or null where it is not watched. */
  private place(path: string): { parent: FolderNode } | null {
    if (!path.startsWith(`${this.root}/`)) return null;
    const parent = dirname(path);
    if (parent === this.root) return { parent: this.top };
    const node = this.place(parent)?.parent.names.get(basename(parent));
    return node instanceof FolderNode ? { parent: node } : null;
  }
}

function isSync({ name }: Call): boolean {
  return name === 'fsync' || name === 'fdatasync';
}

async function restoreFolder(node: FolderNode, path: string, keep: Keep): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const [name, child] of node.after(keep)) {
    if (child instanceof FolderNode) await restoreFolder(child, join(path, name), keep);
    else await writeFile(join(path, name), child.after(keep));
  }
}
