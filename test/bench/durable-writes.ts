/**
 * Acknowledged writes a second with 50 writers of one document each, every one on the disk when it is acknowledged,
 * beside NedB with one fdatasync after each write, and NedB as it comes, which acknowledges what is not on the disk.
 */
import Datastore from 'nedb';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NedbStore } from '../../nodes/store/nedb-store';
import { credentialDoc } from '../support/many-credentials';

const WRITERS = 50;
const LASTS_MS = 4000;
const ROUNDS = 3;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mc-bench-'));
  console.log(`${WRITERS} writers, ${ROUNDS} rounds of ${LASTS_MS / 1000} s (goal: 5 times NedB with a sync for each write)`);
  for (let round = 0; round < ROUNDS; round += 1) {
    const store = await NedbStore.open(join(folder, `ours-${round}`), { id: 'bench' });
    const ours = await rate((i) => store.write([{ collection: 'credentials', put: credentialDoc(i) }]));
    await store.close();
    const plain = await nedb(join(folder, `plain-${round}.db`));
    const comes = await rate((i) => plain.insertAsync(credentialDoc(i)));
    const synced = await nedb(join(folder, `synced-${round}.db`));
    const file = await open(join(folder, `synced-${round}.db`), 'r+');
    let turn: Promise<unknown> = Promise.resolve();
    const each = await rate((i) => (turn = turn.then(async () => {
      await synced.insertAsync(credentialDoc(i));
      await file.datasync();
    })));
    await file.close();
    console.log(`this store ${ours.toFixed(0)}/s   NedB with a sync each ${each.toFixed(0)}/s   NedB as it comes, not durable ${comes.toFixed(0)}/s`);
    console.log(`ratio: ×${(ours / each).toFixed(1)} of NedB with a sync each, ×${(ours / comes).toFixed(1)} of NedB as it comes`);
  }
  await rm(folder, { recursive: true, force: true });
}

async function nedb(filename: string): Promise<Datastore<object>> {
  const store = new Datastore<object>({ filename });
  await store.loadDatabaseAsync();
  return store;
}

/** Acknowledged writes a second. */
async function rate(write: (i: number) => Promise<unknown>): Promise<number> {
  const from = performance.now();
  let count = 0;
  const writer = async (): Promise<void> => {
    while (performance.now() - from < LASTS_MS) await write((count += 1));
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return count * 1000 / (performance.now() - from);
}

void main();
