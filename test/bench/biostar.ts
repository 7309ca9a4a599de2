/**
 * Through BioStar: 500 credentials at the configured concurrency against a server in another process that answers each
 * request after 20 ms, beside the least time that the documented requests can take, one after the other, measured by as many bare ones
 * in the same run; from an event's sending to its message; 5,000 users listed.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { systemClock } from '../../nodes/credential/clock';
import { Desk } from '../../nodes/credential/desk';
import { cryptoRandom } from '../../nodes/runtime/crypto-random';
import { BiostarSite } from '../../nodes/site/biostar/biostar-site';
import { EventFeed } from '../../nodes/site/biostar/event-feed';
import { readSiteSettings } from '../../nodes/site/site-settings';
import { NedbStore } from '../../nodes/store/nedb-store';
import { percentile } from '../support/percentile';

const LATENCY_MS = 20;
const CONCURRENCY = 4;
const PEOPLE = 500;
/** Number free (the user is read beside it), card, portal, the user's other cards, the user. */
const STEPS = 5;
const EVENTS = 500;

interface Books { seen: string[]; cards: number; spent: number; orphans: number }
interface Server { port: number; tell(command: object): Promise<Books>; end(): void }

async function server(latencyMs: number): Promise<Server> {
  const child = fork(join(__dirname, `../support/biostar-process${extname(__filename)}`), [String(latencyMs)]);
  const next = <T>(): Promise<T> => new Promise((resolve) => { child.once('message', (message) => { resolve(message as T); }); });
  const { port } = await next<{ port: number }>();
  return {
    port,
    tell: (command) => {
      const answer = next<Books>();
      child.send(command);
      return answer;
    },
    end: () => { child.kill(); },
  };
}

const siteAt = (port: number): BiostarSite => new BiostarSite(
  readSiteSettings({ provider: 'biostar', domain: `http://127.0.0.1:${port}`, siteId: '4711', email: 'svc-nodered', password: 'a-Secret-of-BioStar' }), { clock: systemClock },
);

async function issuing(): Promise<void> {
  const biostar = await server(LATENCY_MS);
  await biostar.tell({ users: PEOPLE + 1, credits: PEOPLE });
  const folder = await mkdtemp(join(tmpdir(), 'mc-bench-'));
  const store = await NedbStore.open(folder, { id: 'bench' });
  const site = siteAt(biostar.port);
  await site.info();
  const bare = await bareRequests(biostar.port, PEOPLE * STEPS);
  const run = new Desk(site, store, { clock: systemClock, random: cryptoRandom }).run(CONCURRENCY);
  await run.figures();
  const from = performance.now();
  await Promise.all(Array.from({ length: PEOPLE }, async (_, index) => {
    const userId = String(index + 2);
    const result = await run.act('issue', { userId, name: `User ${userId}`, email: `${userId}@plant.example` }, { plan: 'bench', row: index });
    if (!result.ok) throw result.error;
  }));
  const ms = performance.now() - from;
  const { cards, spent, orphans } = await biostar.tell({});
  if (cards !== PEOPLE || spent !== PEOPLE || orphans !== 0) throw new Error(`${cards} cards, ${spent} credits, ${orphans} orphans`);
  const ideal = PEOPLE * STEPS * LATENCY_MS / CONCURRENCY;
  console.log(`issue of ${PEOPLE}, ${CONCURRENCY} at a time, ${STEPS} requests of ${LATENCY_MS} ms each: ${(ms / 1000).toFixed(2)} s; ideal ${(ideal / 1000).toFixed(2)} s, as many bare requests ${(bare / 1000).toFixed(2)} s`);
  console.log(`ratio: ×${(ms / ideal).toFixed(2)} of the ideal (goal: 1.25), ×${(ms / bare).toFixed(2)} of bare requests`);
  site.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
  biostar.end();
}

async function events(): Promise<void> {
  const biostar = await server(0);
  const site = siteAt(biostar.port);
  const took: number[] = [];
  let arrived: () => void = () => undefined;
  const feed = new EventFeed(site.api, {
    cursor: null, onCursor: () => undefined,
    onEvent: ({ raw }) => {
      took.push(performance.timeOrigin + performance.now() - Number(raw['sentAt']));
      arrived();
    },
    onState: (state) => { if (state === 'listening') arrived(); },
  });
  const next = (): Promise<void> => new Promise((resolve) => { arrived = resolve; });
  const listening = next();
  feed.start();
  await listening;
  for (let count = 0; count <= EVENTS; count += 1) {
    const told = next();
    await biostar.tell({ emit: 4118 });
    await told;
  }
  // The first of all has to be looked for: nothing lies before it to compare with.
  took.shift();
  console.log(`event to message, ${took.length} on loopback: p50 ${percentile(took, 50).toFixed(1)} ms, p95 ${percentile(took, 95).toFixed(1)} ms (goal: 20 ms)`);
  feed.stop();
  site.close();
  biostar.end();
}

async function listing(): Promise<void> {
  const biostar = await server(0);
  await biostar.tell({ users: 5000 });
  const site = siteAt(biostar.port);
  const from = performance.now();
  const users = await site.users.all();
  const ms = performance.now() - from;
  const requests = (await biostar.tell({})).seen.filter((route) => !route.endsWith('/login'));
  console.log(`${users.length} users listed in ${ms.toFixed(0)} ms by ${requests.length} requests (${[...new Set(requests)].join(', ')})`);
  site.close();
  biostar.end();
}

/** As many requests as the steps take, so many at a time, by Node's own client: what the server alone costs. */
async function bareRequests(port: number, count: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  let left = count;
  const from = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, async () => {
    while (left > 0) {
      left -= 1;
      await new Promise<void>((resolve, reject) => {
        request({ port, host: '127.0.0.1', path: '/js/info.json', agent }, (answer) => { answer.resume().on('end', resolve); }).on('error', reject).end();
      });
    }
  }));
  agent.destroy();
  return performance.now() - from;
}

async function main(): Promise<void> {
  await issuing();
  await events();
  await listing();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
