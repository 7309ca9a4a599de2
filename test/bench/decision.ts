/** Look-up and decision on 100,000 credentials, beside a bare Map look-up in the same run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CardFinder } from '../../nodes/access/card-finder';
import { decide } from '../../nodes/access/decide';
import { credentialId, type CredentialDocument } from '../../nodes/credential/documents';
import type { StoreWrite } from '../../nodes/credential/store-port';
import { NedbStore } from '../../nodes/store/nedb-store';
import { percentile } from '../support/percentile';

const CREDENTIALS = 100_000;
const ROUNDS = 50_000;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mc-bench-'));
  const store = await NedbStore.open(join(folder, 'store'), { id: 'bench' });
  const batch: StoreWrite[] = [];
  const at = new Date().toISOString();
  const plain = new Map<string, CredentialDocument>();
  for (let i = 0; i < CREDENTIALS; i += 1) {
    const cardId = String(1_000_000_000_000_000 + i * 7919);
    const doc: CredentialDocument = {
      _id: credentialId('1', cardId), cardId, userId: `u${i}`, name: `Person ${i}`, email: null, phone: null, department: null, title: null,
      status: 'activated', statusText: 'Activation', blacklisted: null, validFrom: null, validTo: null, doors: i % 3 === 0 ? '*' : ['Front'],
      site: '1', replaces: null, issuedAt: at, activatedAt: at, updatedAt: at, pending: [], supersededBy: null, provisional: false, touchedAt: 0,
    };
    plain.set(cardId, doc);
    batch.push({ collection: 'credentials', put: doc });
  }
  for (let from = 0; from < batch.length; from += 5000) await store.write(batch.slice(from, from + 5000));
  await store.write([{ collection: 'sites', put: { _id: '1', listAsOf: at, contactAsOf: at } }, { collection: 'readers', put: { _id: '1', readers: [{ device: 'R', name: null }], receivedAt: at } }]);
  const finder = new CardFinder(store);
  const stop = finder.start();
  const numbers = [...plain.keys()];
  const pick = (round: number): string => numbers[(round * 7_368_787) % numbers.length] as string;
  const read = (cardId: string, format: 'decimal' | 'csn-64') => ({
    cardId, format, bits: 64, facilityCode: null, cardNumber: cardId, parityOk: null, door: 'Front', direction: 'in' as const, reader: 1, device: 'R', readAt: at,
  });
  const time = (work: (cardId: string) => unknown): { p50: number; p99: number } => {
    const taken: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const cardId = pick(round);
      const from = process.hrtime.bigint();
      work(cardId);
      taken.push(Number(process.hrtime.bigint() - from) / 1000);
    }
    return { p50: percentile(taken, 50), p99: percentile(taken, 99) };
  };
  const options = { now: Date.now(), offlineLimitHours: 168, monotonicMs: () => performance.now() };
  let granted = 0;
  const exact = (cardId: string): void => { if (decide(read(cardId, 'decimal'), store, finder, options).granted) granted += 1; };
  const alias = (cardId: string): void => { if (decide(read(cardId, 'csn-64'), store, finder, options).granted) granted += 1; };
  time(exact);
  const floor = time((cardId) => plain.get(cardId));
  const measured = time(exact);
  const cut = time(alias);
  if (granted !== ROUNDS * 3) throw new Error('a decision was wrong');
  const line = (name: string, { p50, p99 }: { p50: number; p99: number }): void => {
    console.log(`${name.padEnd(34)} p50 ${p50.toFixed(2)} µs  p99 ${p99.toFixed(2)} µs  ×${(p50 / floor.p50).toFixed(1)} of the bare Map`);
  };
  console.log(`decision on ${CREDENTIALS} credentials, ${ROUNDS} rounds (limit: 20 µs median)`);
  line('bare Map look-up (floor)', floor);
  line('decide, exact number', measured);
  line('decide, format that can cut', cut);
  stop();
  await store.close();
  await rm(folder, { recursive: true, force: true });
}

void main();
