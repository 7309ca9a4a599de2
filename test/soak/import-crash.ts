/** An import of 500 rows that is killed a hundred times. Ends with exit code 1 where portal, store and report differ. */
import { crashImport, type KillMoment } from '../support/import-crash';
import { seededRandom, seedOfRun } from '../support/seeded-random';
import { soakLine } from '../support/soak-line';

const ROWS = 500;
/** Many kills in one import, and some in each of several. */
const KILLS = [50, 10, 10, 10, 10, 10];

async function main(): Promise<void> {
  const seed = seedOfRun();
  console.log(`imports whose process is killed, seed ${seed}`);
  const total: Partial<Record<KillMoment, number>> = {};
  let starts = 0;
  for (const [index, kills] of KILLS.entries()) {
    const figures = await crashImport(ROWS, kills, seededRandom(seed + index));
    starts += figures.starts;
    for (const [moment, count] of Object.entries(figures.kills) as [KillMoment, number][]) total[moment] = (total[moment] ?? 0) + count;
  }
  soakLine('import under kill -9', `${KILLS.length} imports of ${ROWS} rows, ${starts} starts, killed ${Object.entries(total).map(([moment, count]) => `${count} ${moment}`).join(', ')}; each time ${ROWS} cards, ${ROWS} credits, report and store as the portal`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
