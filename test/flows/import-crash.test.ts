import { crashImport } from '../support/import-crash';
import { seededRandom, seedOfRun } from '../support/seeded-random';

const ROWS = 500;
const KILLS = 10;

describe('an import whose process is killed', () => {
  const seed = seedOfRun();

  it(`issues each row once and tells so, after ${KILLS} kills (seed ${seed})`, async function () {
    this.timeout(180_000);
    const { kills, starts } = await crashImport(ROWS, KILLS, seededRandom(seed));
    console.log(`      ${ROWS} rows, ${starts} starts, killed ${Object.entries(kills).map(([moment, count]) => `${count} ${moment}`).join(', ')}`);
  });
});
