import { createHash } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { isoTime, systemClock } from '../credential/clock';
import type { ConfigDocument } from '../credential/documents';
import type { StoreWrite } from '../credential/store-port';
import type { NedbStore } from '../store/nedb-store';
import { onFlowsStarted } from './flows-started';

/** What moves on the canvas and does nothing. */
const LOOKS = ['x', 'y', 'z', 'g', 'wires', 'credentials'];

/**
 * Tells the audit trail which of this package's nodes were added, changed or removed, now and with each deploy. Secrets
 * are not looked at, and of the settings only a digest is kept. Returns the end of it.
 */
export function tellConfigChanges(RED: NodeAPI, store: NedbStore): () => void {
  // A store that closes or cannot write has said so itself; the next opening finds the same differences.
  const tell = (): void => { void keepConfig(RED, store).catch(() => undefined); };
  setImmediate(tell);
  return onFlowsStarted(RED, tell);
}

async function keepConfig(RED: NodeAPI, store: NedbStore): Promise<void> {
  await store.exclusive('configs', async () => {
    const present = presentNodes(RED);
    if (present.size === 0) return;
    const known = new Map([...store.all('configs')].map((doc) => [doc._id, doc]));
    const writes: StoreWrite[] = [];
    for (const doc of present.values()) {
      const before = known.get(doc._id);
      if (before?.digest === doc.digest) continue;
      writes.push({ collection: 'configs', put: doc }, changed(doc, before === undefined ? 'added' : 'changed'));
    }
    for (const doc of known.values()) {
      if (!present.has(doc._id)) writes.push({ collection: 'configs', remove: doc._id }, changed(doc, 'removed'));
    }
    if (writes.length > 0) await store.write(writes);
  });
}

function presentNodes(RED: NodeAPI): Map<string, ConfigDocument> {
  const found = new Map<string, ConfigDocument>();
  RED.nodes.eachNode((node) => {
    if (!node.type.startsWith('mc-')) return;
    const settings = Object.entries(node).filter(([name]) => !LOOKS.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 32);
    found.set(node.id, { _id: node.id, type: node.type, digest });
  });
  return found;
}

function changed({ _id, type }: Readonly<ConfigDocument>, outcome: 'added' | 'changed' | 'removed'): StoreWrite {
  const at = isoTime(systemClock.now());
  return { collection: 'audit', event: { kind: 'config', at, userId: null, cardId: null, door: null, outcome, by: 'deploy', detail: { node: _id, type } } };
}
