/**
 * A process that imports a file until it is killed. Arguments: folder of the store, port of the portal, rows of the
 * file, milliseconds by which its clock is ahead, hash of a plan or nothing. Without a hash it plans the file and
 * prints `plan <hash>`. Then it carries the plan out and prints `report <JSON>`, plans the same file once more and
 * prints `again <JSON of the totals>`.
 */
import { writeSync } from 'node:fs';
import type { Clock } from '../../nodes/credential/clock';
import { Outbox } from '../../nodes/credential/outbox';
import { recoverOperations } from '../../nodes/credential/recover-operations';
import { cryptoRandom } from '../../nodes/runtime/crypto-random';
import { ImportDesk, type PlanOptions } from '../../nodes/runtime/import-desk';
import { PortalSite } from '../../nodes/site/portal/portal-site';
import { readSiteSettings } from '../../nodes/site/site-settings';
import { NedbStore } from '../../nodes/store/nedb-store';

const PLAN: PlanOptions = { mapping: {}, fromNode: false, conflict: 'preserve', maxRows: 100_000 };

function fileOf(rows: number): string {
  return ['user_id,name,email', ...Array.from({ length: rows }, (_, index) => `${index + 1},User ${index + 1},u${index + 1}@plant.example`)].join('\r\n');
}

/** A pipe takes a long line in pieces. */
function print(line: string): void {
  const data = Buffer.from(`${line}\n`);
  for (let done = 0; done < data.length;) done += writeSync(1, data, done);
}

async function main(): Promise<void> {
  const [folder = '', port = '', rows = '', aheadMs = '', hash = ''] = process.argv.slice(2);
  const clock: Clock = { now: () => Date.now() + Number(aheadMs) };
  const store = await NedbStore.open(folder, { id: 'import', waitMs: 0 });
  if (store.readOnly !== null) throw store.readOnly;
  await recoverOperations(store, clock);
  const [email, password] = [process.env['PORTAL_EMAIL'], process.env['PORTAL_PASSWORD']];
  const site = new PortalSite(readSiteSettings({ domain: `http://127.0.0.1:${port}`, siteId: '4711', email, password }), { clock });
  // As in mc-import: what a restart has left open is settled before anything new is sent.
  const outbox = new Outbox({ site, store, clock, random: cryptoRandom, timer: () => () => undefined });
  await outbox.start();
  const desk = new ImportDesk(site, store, clock);
  const file = fileOf(Number(rows));
  let wanted = hash;
  if (wanted === '') {
    wanted = (await desk.plan(file, PLAN)).hash;
    print(`plan ${wanted}`);
  }
  const report = await desk.commit({ hash: wanted }, { concurrency: 4, onProgress: () => undefined, stopped: () => false });
  print(`report ${JSON.stringify(report)}`);
  print(`again ${JSON.stringify(await desk.plan(file, PLAN))}`);
  outbox.stop();
  site.close();
  await store.close();
}

main().catch((error: unknown) => {
  print(`failed ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
  process.exitCode = 1;
});
