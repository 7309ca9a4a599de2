/**
 * Decisions on 100,000 credentials, one every 5 ms, while 20 writers write all the time and the store is compacted over
 * and over, beside the same with the store at rest, in one process. The time counts from when the decision was due, so
 * that a thread that was held up shows. Then once more with writers that do not pause at all.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CardFinder } from '../../nodes/access/card-finder';
import { decide } from '../../nodes/access/decide';
import { NedbStore } from '../../nodes/store/nedb-store';
import { percentile } from '../support/percentile';
import { CREDENTIALS, credentialDoc, credentialNumber, fill } from '../support/many-credentials';

const EVERY_MS = 5;
const LASTS_MS = 12_000;
const WRITERS = 20;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mc-bench-'));
  const store = await NedbStore.open(folder, { id: 'bench' });
  await fill(store);
  const finder = new CardFinder(store);
  const stop = finder.start();
  const idle = await decisions(store, finder);
  const line = (name: string, late: readonly number[]): void => {
    console.log(`${name.padEnd(46)} p50 ${percentile(late, 50).toFixed(2)} ms, p95 ${percentile(late, 95).toFixed(2)} ms, p99 ${percentile(late, 99).toFixed(2)} ms, longest ${Math.max(...late).toFixed(1)} ms`);
  };
  console.log(`a decision every ${EVERY_MS} ms on ${CREDENTIALS} credentials (goal: p99 below 5 ms)`);
  line('store at rest', idle);
  for (const pauseMs of [5, 0]) {
    const generation = await newest(folder);
    let working = true;
    let writes = 0;
    const writer = async (): Promise<void> => {
      while (working) {
        const i = (writes += 1) * 7919 % CREDENTIALS;
        await store.write([{ collection: 'credentials', put: credentialDoc(i, writes) }]);
        if (pauseMs > 0) await new Promise((resolve) => { setTimeout(resolve, pauseMs); });
      }
    };
    const compacting = async (): Promise<void> => {
      while (working) await store.rewrite();
    };
    const work = [...Array.from({ length: WRITERS }, writer), compacting()];
    const busy = await decisions(store, finder);
    working = false;
    await Promise.all(work);
    line(`${Math.round(writes * 1000 / LASTS_MS)} writes a second, ${await newest(folder) - generation} compactions`, busy);
    console.log(`ratio: p99 ×${(percentile(busy, 99) / percentile(idle, 99)).toFixed(2)}`);
  }
  stop();
  await store.close();
  await rm(folder, { recursive: true, force: true });
}

/** How late each decision was made, counted from when it was due. */
async function decisions(store: NedbStore, finder: CardFinder): Promise<number[]> {
  const late: number[] = [];
  const from = performance.now();
  for (let n = 1; n * EVERY_MS < LASTS_MS; n += 1) {
    const due = from + n * EVERY_MS;
    while (performance.now() < due) await new Promise((resolve) => { setTimeout(resolve, Math.max(0, due - performance.now())); });
    const read = {
      cardId: credentialNumber((n * 7_368_787) % CREDENTIALS), format: 'decimal' as const, bits: 64, facilityCode: null, cardNumber: null, parityOk: null, door: 'Front',
      direction: 'in' as const, reader: 1, device: 'R', readAt: new Date().toISOString(),
    };
    if (!decide(read, store, finder, { now: Date.now(), offlineLimitHours: 168, monotonicMs: () => performance.now() }).granted) throw new Error('a decision was wrong');
    late.push(performance.now() - due);
  }
  return late;
}

async function newest(folder: string): Promise<number> {
  return Math.max(...(await readdir(folder)).map((name) => Number(/^store-(\d+)\.log$/.exec(name)?.[1] ?? 0)));
}

void main();
