/**
 * Opening a store of 100,000 credentials: how long until doors decide, the longest turn of the event loop meanwhile
 * (nothing else can be done in it), and the memory, beside NedB opening the same documents in the same run.
 */
import Datastore from 'nedb';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CardFinder } from '../../nodes/access/card-finder';
import { decide } from '../../nodes/access/decide';
import { NedbStore } from '../../nodes/store/nedb-store';
import { CREDENTIALS, credentialDoc, credentialNumber, fill } from '../support/many-credentials';
import { TurnWatch } from '../support/turn-watch';

const ROUNDS = 3;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mc-bench-'));
  const first = await NedbStore.open(join(folder, 'ours'), { id: 'bench' });
  await fill(first);
  await first.close();
  const file = join(folder, 'theirs.db');
  const made = new Datastore<object>({ filename: file });
  await made.loadDatabaseAsync();
  await made.insertAsync(Array.from({ length: CREDENTIALS }, (_, i) => credentialDoc(i)));
  console.log(`opening ${CREDENTIALS} credentials, ${Math.round((await stat(file)).size / 1e6)} MB, ${ROUNDS} rounds (goals: 2 s, 50 ms)`);
  for (let round = 0; round < ROUNDS; round += 1) {
    const ours = await watched(async () => {
      const store = await NedbStore.open(join(folder, 'ours'), { id: 'bench' });
      const finder = new CardFinder(store);
      finder.start();
      const read = {
        cardId: credentialNumber(99_999), format: 'decimal' as const, bits: 64, facilityCode: null, cardNumber: null, parityOk: null, door: 'Front', direction: 'in' as const,
        reader: 1, device: 'R', readAt: new Date().toISOString(),
      };
      if (!decide(read, store, finder, { now: Date.now(), offlineLimitHours: 168, monotonicMs: () => performance.now() }).granted) throw new Error('a decision was wrong');
      return () => store.close();
    });
    const theirs = await watched(async () => {
      const store = new Datastore<object>({ filename: file });
      await store.loadDatabaseAsync();
      return () => Promise.resolve();
    });
    const line = (name: string, figures: Figures): void => {
      console.log(`${name.padEnd(30)} ${figures.ms.toFixed(0).padStart(5)} ms, longest turn ${figures.turnMs.toFixed(0).padStart(4)} ms, resident ${(figures.rss / 1e6).toFixed(0)} MB`);
    };
    line('this store, until decided', ours);
    line('NedB, until loaded', theirs);
    console.log(`ratio: time ×${(ours.ms / theirs.ms).toFixed(2)}, longest turn ×${(ours.turnMs / theirs.turnMs).toFixed(2)}`);
  }
  await rm(folder, { recursive: true, force: true });
}

interface Figures { ms: number; turnMs: number; rss: number }

async function watched(open: () => Promise<() => Promise<unknown>>): Promise<Figures> {
  const watch = new TurnWatch();
  const from = performance.now();
  const close = await open();
  const figures = { ms: performance.now() - from, turnMs: watch.stop(), rss: process.memoryUsage().rss };
  await close();
  return figures;
}

void main();
