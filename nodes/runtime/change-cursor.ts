import { changeMessage, type ChangeMessage, initialChanges } from '../credential/changes';
import type { ChangeDocument } from '../credential/documents';
import type { CredentialStatus } from '../credential/record';
import type { NedbStore } from '../store/nedb-store';

/**
 * How far one watch node has reported the changes of a site. Its place is durable: after a restart it goes on where
 * it stopped, and two watches each see all. A change is reported before the place moves on, so a crash between the
 * two repeats it and never swallows it.
 */
export class ChangeCursor {
  private backlog: ChangeDocument[] = [];
  private readonly unlisten: () => void;

  private constructor(
    private readonly store: NedbStore,
    private readonly nodeId: string,
    private readonly site: string,
    private readonly withInitial: boolean,
    onChange: () => void,
  ) {
    this.unlisten = store.onWrite((batch) => {
      const before = this.backlog.length;
      for (const write of batch) if (write.collection === 'changes' && 'put' in write) this.remember(write.put);
      if (this.backlog.length > before) onChange();
    });
  }

  /**
   * A watch that is new here starts at the present; with `withInitial` it first reports what is already there, and
   * what the site's first list brings.
   */
  static async open(
    store: NedbStore, nodeId: string, site: string, withInitial: boolean, statuses: readonly CredentialStatus[], onChange: () => void,
  ): Promise<{ cursor: ChangeCursor; initial: ChangeMessage[] }> {
    const place = store.get('cursors', nodeId);
    const cursor = new ChangeCursor(store, nodeId, site, withInitial, onChange);
    if (place !== undefined) {
      for (const change of store.all('changes')) if (change.seq > place.seq) cursor.remember(change);
      cursor.backlog.sort((a, b) => a.seq - b.seq);
      return { cursor, initial: [] };
    }
    const initial = withInitial ? initialChanges(store, site, { statuses }).map((change) => changeMessage(change, store)) : [];
    await cursor.moveTo(store.lastChange());
    return { cursor, initial };
  }

  /** Changes not yet reported, in order, and the place that is reached when they are. */
  waiting(statuses: readonly CredentialStatus[]): { messages: ChangeMessage[]; upTo: number } | null {
    const last = this.backlog.at(-1);
    if (last === undefined) return null;
    const wanted = this.backlog.filter(({ to }) => statuses.length === 0 || statuses.includes(to));
    return { messages: wanted.map((change) => changeMessage(change, this.store)), upTo: last.seq };
  }

  async moveTo(seq: number): Promise<void> {
    this.backlog = this.backlog.filter((change) => change.seq > seq);
    await this.store.write([{ collection: 'cursors', put: { _id: this.nodeId, seq } }]);
  }

  close(): void {
    this.unlisten();
  }

  private remember(change: ChangeDocument): void {
    if (change.site !== this.site || (change.initial && !this.withInitial)) return;
    this.backlog.push(change);
  }
}
