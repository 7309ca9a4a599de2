/**
 * A bulk import: planning 10,000 rows (longest turn of the event loop shown), and carrying out 2,000 rows against a
 * portal in another process that answers each request after 20 ms, beside the least time that these requests can take at
 * the configured concurrency, measured by sending as many bare requests to the same portal in the same run.
 */
import { fork } from 'node:child_process';
import { Agent, request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { systemClock } from '../../nodes/credential/clock';
import { ImportDesk } from '../../nodes/runtime/import-desk';
import { PortalSite } from '../../nodes/site/portal/portal-site';
import { readSiteSettings } from '../../nodes/site/site-settings';
import { NedbStore } from '../../nodes/store/nedb-store';
import { TurnWatch } from '../support/turn-watch';

const LATENCY_MS = 20;
const CONCURRENCY = 4;
const ROWS = 2000;

async function main(): Promise<void> {
  const portal = fork(join(__dirname, `../support/slow-portal-process${extname(__filename)}`), [String(LATENCY_MS)]);
  const { port } = await new Promise<{ port: number }>((resolve) => portal.once('message', (message) => { resolve(message as { port: number }); }));
  const folder = await mkdtemp(join(tmpdir(), 'mc-bench-'));
  const store = await NedbStore.open(folder, { id: 'bench' });
  const site = new PortalSite(readSiteSettings({
    provider: 'portal', domain: 'http://127.0.0.1', port: String(port), siteId: '4711', messaging: 'email', nameRule: 'strict', email: 'admin@site.example', password: 'a-Secret-of-the-site',
  }), { clock: systemClock });
  const desk = new ImportDesk(site, store);
  const options = { mapping: {}, fromNode: false, conflict: 'preserve' as const, maxRows: 100_000 };

  await desk.plan(file(100), options);
  const watch = new TurnWatch();
  const planned = await timed(() => desk.plan(file(10_000), options));
  console.log(`plan of 10,000 rows: ${planned.ms.toFixed(0)} ms, longest turn ${watch.stop().toFixed(0)} ms (goal: 2 s)`);

  const bare = await timed(() => bareRequests(port));
  const { hash } = await desk.plan(file(ROWS), options);
  const carried = await timed(() => desk.commit({ hash }, { concurrency: CONCURRENCY, onProgress: () => undefined, stopped: () => false }));
  const books = new Promise<{ cards: number; spent: number }>((resolve) => portal.once('message', (message) => { resolve(message as { cards: number; spent: number }); }));
  portal.send('books');
  const { cards, spent } = await books;
  if (cards !== ROWS || spent !== ROWS || carried.result.rows.some(({ outcome }) => outcome !== 'created')) throw new Error(`${cards} cards, ${spent} credits`);
  const ideal = ROWS * LATENCY_MS / CONCURRENCY;
  console.log(`commit of ${ROWS} rows, ${CONCURRENCY} at a time, ${LATENCY_MS} ms a request: ${(carried.ms / 1000).toFixed(1)} s`);
  console.log(`as many bare requests, ${CONCURRENCY} at a time: ${(bare.ms / 1000).toFixed(1)} s; rows × latency / concurrency: ${(ideal / 1000).toFixed(1)} s (goal: 1.2 times)`);
  console.log(`ratio: ×${(carried.ms / bare.ms).toFixed(2)} of bare requests, ×${(carried.ms / ideal).toFixed(2)} of the ideal`);
  portal.kill();
  site.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
}

function file(rows: number): string {
  return ['user_id,name,email', ...Array.from({ length: rows }, (_, i) => `${i},User ${i},u${i}@plant.example`)].join('\n');
}

async function bareRequests(port: number): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  let left = ROWS;
  const one = (): Promise<void> => new Promise((resolve, reject) => {
    request({ agent, port, host: '127.0.0.1', path: '/nothing' }, (answer) => { answer.resume().once('end', resolve); }).once('error', reject).end();
  });
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    while ((left -= 1) >= 0) await one();
  }));
  agent.destroy();
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const from = performance.now();
  const result = await work();
  return { ms: performance.now() - from, result };
}

void main();
