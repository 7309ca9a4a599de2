import { runSoak, wordsOfSoak } from '../support/soak-campaign';
import { seedOfRun } from '../support/seeded-random';

const COMMANDS = 500;
const LINES = 4;

describe('commands over lines that flap', () => {
  const seed = seedOfRun();

  it(`end once each, as the device's own count has it, and leave nothing behind (seed ${seed})`, async function () {
    this.timeout(120_000);
    const { done, failures } = await runSoak(seed, COMMANDS, LINES);
    for (const failure of failures) throw failure;
    console.log(`      ${wordsOfSoak(done)}`);
  });
});
