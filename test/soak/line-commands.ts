/** Commands over flapping lines at length. Ends with exit code 1 where a line did not hold. */
import { seedOfRun } from '../support/seeded-random';
import { runSoak, wordsOfSoak } from '../support/soak-campaign';
import { soakLine } from '../support/soak-line';

const COMMANDS = 10_000;
const LINES = 10;

async function main(): Promise<void> {
  const seed = seedOfRun();
  console.log(`commands over lines that flap, seed ${seed}`);
  const { done, failures } = await runSoak(seed, COMMANDS, LINES);
  for (const failure of failures) {
    console.error(failure);
    process.exitCode = 1;
  }
  soakLine('commands over lines that flap', `${wordsOfSoak(done)}; ${failures.length} of ${LINES} lines failed`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
