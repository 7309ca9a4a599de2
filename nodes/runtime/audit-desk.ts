import { erasePersonWrites } from '../credential/erase-person';
import { optionalUserId } from '../credential/input-fields';
import { McError } from '../credential/mc-error';
import type { AuditAnchor } from '../store/journal-entry';
import type { NedbStore } from '../store/nedb-store';
import { movementOf } from './access/movement-keeper';
import { auditFilterInput } from './audit-filter-input';
import type { Message, NodeTools } from './palette';

export const AUDIT_ACTIONS = ['query', 'verify', 'export', 'erase-person'] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What `mc-audit` does with a message. */
export class AuditDesk {
  constructor(private readonly tools: NodeTools) {
    tools.status.setBase('grey', 'ring', 'ready');
  }

  /** The payload of the answer. */
  async answer(store: NedbStore, action: AuditAction, msg: Message): Promise<unknown> {
    const { status } = this.tools;
    status.setActivity('blue', 'dot', 'working', { stay: true });
    switch (action) {
      case 'query': {
        const rows = await store.ask('query', auditFilterInput(msg.payload));
        status.setActivity('green', 'dot', 'done');
        return rows;
      }
      case 'export': {
        const text = await store.ask('export', { filter: auditFilterInput(msg.payload), format: formatOf(msg.payload) });
        status.setActivity('green', 'dot', 'done');
        return text;
      }
      case 'verify': return this.verify(store, msg);
      case 'erase-person': return this.erase(store, msg);
    }
  }

  private async verify(store: NedbStore, msg: Message): Promise<unknown> {
    const verdict = await store.ask('verify', headOf(msg.payload));
    this.tools.status.clearActivity();
    // It stays under the node: somebody should look into it.
    if (verdict.ok) this.tools.status.setBase('green', 'dot', 'verified');
    else this.tools.status.setBase('red', 'dot', 'broken');
    return verdict;
  }

  private async erase(store: NedbStore, msg: Message): Promise<unknown> {
    const userId = typeof msg.payload === 'object' && msg.payload !== null ? optionalUserId(msg.payload as Record<string, unknown>) : null;
    if (userId === null) throw new McError('INPUT_INVALID', 'Say in the payload who is erased: { "userId": … }.');
    if (msg['confirm'] !== 'erase-person') {
      throw new McError('CONFIRMATION_MISSING', `Erasing user ${userId} cannot be undone. Set msg.confirm to "erase-person".`);
    }
    const documents = await store.exclusive('erase', async () => {
      const writes = erasePersonWrites(store, userId);
      movementOf(store).reset({ userId });
      if (writes.length > 0) await store.write(writes);
      // What was written before is still in the files: they are made anew without it.
      await store.rewrite();
      return writes.length;
    });
    const { erased } = await store.ask('erase', userId);
    this.tools.status.setActivity('green', 'dot', 'erased');
    return { userId, erased, documents };
  }
}

function formatOf(payload: unknown): 'csv' | 'jsonl' {
  const format = typeof payload === 'object' && payload !== null ? (payload as { format?: unknown }).format : undefined;
  if (format === undefined || format === null || format === '' || format === 'csv') return 'csv';
  if (format === 'jsonl') return 'jsonl';
  throw new McError('INPUT_INVALID', '"format" must be "csv" or "jsonl".');
}

/** A head that was kept elsewhere, so that a trail which was cut off together with all its own heads is found out. */
function headOf(payload: unknown): AuditAnchor | null {
  const head = typeof payload === 'object' && payload !== null ? (payload as { head?: unknown }).head : undefined;
  if (head === undefined || head === null) return null;
  const { seq, hash } = head as { seq?: unknown; hash?: unknown };
  if (typeof seq === 'number' && Number.isInteger(seq) && seq >= 0 && typeof hash === 'string') return { seq, hash };
  throw new McError('INPUT_INVALID', '"head" must be { "seq", "hash" } as an earlier "verify" answered it.');
}
