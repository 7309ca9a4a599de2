/**
 * Decisions with all rules on: 100,000 credentials, 1,000 doors, areas with people in them, beside a bare Map look-up in the
 * same run; whether memory grows over a million of them; a whole rule set replaced again and again while reads come every
 * millisecond; and a store of 1,000,000 credentials with its memory per credential.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CardFinder } from '../../nodes/access/card-finder';
import { decideOn } from '../../nodes/access/decide';
import type { Read } from '../../nodes/access/decision';
import { Movement } from '../../nodes/access/movement/movement';
import { takeUp } from '../../nodes/access/movement/take-up';
import { readRules } from '../../nodes/access/rules/read-rules';
import { RulesInForce } from '../../nodes/runtime/access/rules-in-force';
import { NedbStore } from '../../nodes/store/nedb-store';
import { CREDENTIALS, credentialDoc, credentialNumber, fill } from '../support/many-credentials';
import { DOORS, doorName, manyRules } from '../support/many-rules';
import { percentile } from '../support/percentile';

const ROUNDS = 100_000;
const GROWTH_ROUNDS = 1_000_000;
const SWAPS_LAST_MS = 10_000;
const SWAP_EVERY_MS = 250;
const MILLION = 1_000_000;

const at = new Date().toISOString();

function read(round: number, credentials = CREDENTIALS): Read {
  return {
    cardId: credentialNumber((round * 7_368_787) % credentials), format: 'decimal', bits: 64, facilityCode: null, cardNumber: null, parityOk: null,
    door: doorName((round * 617) % DOORS), direction: round % 2 === 0 ? 'in' : 'out', reader: 1, device: 'R', readAt: at,
  };
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mc-bench-'));
  await decisions(join(folder, 'a'));
  await million(join(folder, 'b'));
  await rm(folder, { recursive: true, force: true });
}

async function decisions(folder: string): Promise<void> {
  const store = await NedbStore.open(folder, { id: 'bench' });
  await fill(store, CREDENTIALS, (i) => ({ ...credentialDoc(i), doors: i % 3 === 0 ? '*' : Array.from({ length: 20 }, (_, k) => `group ${(i + k * 5) % 100}`) }));
  const finder = new CardFinder(store);
  finder.start();
  const plain = new Map(Array.from({ length: CREDENTIALS }, (_, i) => [credentialNumber(i), i]));
  const movement = new Movement();
  const rules = readRules(manyRules('bench'));
  const reasons = new Map<string, number>();
  const decide = (round: number): void => {
    const decided = decideOn(read(round), store, finder, { now: Date.now(), offlineLimitHours: 168, monotonicMs: () => performance.now(), rules, movement });
    reasons.set(decided.reason, (reasons.get(decided.reason) ?? 0) + 1);
    takeUp(decided);
  };
  const time = (work: (round: number) => unknown): number[] => Array.from({ length: ROUNDS }, (_, round) => {
    const from = process.hrtime.bigint();
    work(round);
    return Number(process.hrtime.bigint() - from) / 1000;
  });
  time(decide);
  const floor = time((round) => plain.get(read(round).cardId ?? ''));
  const measured = time(decide);
  console.log(`decision with all rules on, ${CREDENTIALS} credentials, ${DOORS} doors, ${ROUNDS} rounds (goal: median below 20 µs, p99 below 100 µs)`);
  for (const [name, taken] of [['read made and looked up in a Map (floor)', floor], ['decided and taken up', measured]] as const) {
    console.log(`${name.padEnd(42)} p50 ${percentile(taken, 50).toFixed(2)} µs  p99 ${percentile(taken, 99).toFixed(2)} µs  ×${(percentile(taken, 50) / percentile(floor, 50)).toFixed(1)}`);
  }
  console.log(`reasons: ${[...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ')}`);
  const heap = (): number => { global.gc?.(); return process.memoryUsage().heapUsed / 1e6; };
  const before = heap();
  for (let round = 0; round < GROWTH_ROUNDS; round += 1) decide(round);
  console.log(`heap before ${GROWTH_ROUNDS} more decisions ${before.toFixed(1)} MB, after ${heap().toFixed(1)} MB${global.gc === undefined ? ' (run with --expose-gc for a true figure)' : ''}`);
  await swaps(store, finder);
  await store.close();
}

/** How late reads are, one every millisecond, while rules are replaced, beside the same without. */
async function swaps(store: NedbStore, finder: CardFinder): Promise<void> {
  const force = new RulesInForce('bench', store, undefined, null, { onForce: () => undefined, onRefused: () => undefined, onNotKept: (error) => { throw error; } });
  await force.start();
  await force.put(manyRules('first'));
  const movement = new Movement();
  const late = async (): Promise<number[]> => {
    const found: number[] = [];
    const from = performance.now();
    for (let n = 1; n < SWAPS_LAST_MS; n += 1) {
      const due = from + n;
      // Not a timer, which comes a millisecond late by itself: the loop is asked all the time.
      while (performance.now() < due) await new Promise((resolve) => { setImmediate(resolve); });
      const { rules } = { rules: force.now ?? readRules(undefined) };
      takeUp(decideOn(read(n), store, finder, { now: Date.now(), offlineLimitHours: 168, monotonicMs: () => performance.now(), rules, movement }));
      found.push(performance.now() - due);
    }
    return found;
  };
  const calm = await late();
  let swapping = true;
  let count = 0;
  const documents = [manyRules('one'), manyRules('two')];
  const swap = (async () => {
    while (swapping) {
      await force.put(documents[(count += 1) % 2]);
      await new Promise((resolve) => { setTimeout(resolve, SWAP_EVERY_MS); });
    }
  })();
  const busy = await late();
  swapping = false;
  await swap;
  console.log(`a read every millisecond; rules of ${DOORS} doors and 1,000 persons (${(JSON.stringify(documents[0]).length / 1000).toFixed(0)} kB) replaced ${count} times in ${SWAPS_LAST_MS / 1000} s (goal: no read waits over 1 ms)`);
  for (const [name, found] of [['no change', calm], ['rules replaced', busy]] as const) {
    console.log(`${name.padEnd(42)} late p50 ${percentile(found, 50).toFixed(3)} ms, p99 ${percentile(found, 99).toFixed(3)} ms, longest ${Math.max(...found).toFixed(2)} ms, over 1 ms: ${found.filter((ms) => ms > 1).length} of ${found.length}`);
  }
}

async function million(folder: string): Promise<void> {
  global.gc?.();
  const before = process.memoryUsage();
  const store = await NedbStore.open(folder, { id: 'bench' });
  await fill(store, MILLION);
  await store.close();
  global.gc?.();
  const empty = process.memoryUsage();
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const from = performance.now();
  const again = await NedbStore.open(folder, { id: 'bench' });
  const opened = performance.now() - from;
  loop.disable();
  global.gc?.();
  const after = process.memoryUsage();
  const finder = new CardFinder(again);
  finder.start();
  const rules = readRules(manyRules('million'));
  const movement = new Movement();
  const taken: number[] = [];
  for (let round = 0; round < 50_000; round += 1) {
    const start = process.hrtime.bigint();
    takeUp(decideOn(read(round, MILLION), again, finder, { now: Date.now(), offlineLimitHours: 168, monotonicMs: () => performance.now(), rules, movement }));
    taken.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  console.log(`${MILLION} credentials: opened in ${(opened / 1000).toFixed(1)} s, ${((after.heapUsed - Math.min(empty.heapUsed, before.heapUsed)) / MILLION).toFixed(0)} bytes of heap a credential, longest turn meanwhile ${(loop.max / 1e6).toFixed(0)} ms`);
  console.log(`decision among them                        p50 ${percentile(taken, 50).toFixed(2)} µs  p99 ${percentile(taken, 99).toFixed(2)} µs`);
  await again.close();
}

void main();
