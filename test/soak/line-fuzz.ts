/** The frame fuzz at length. Ends with exit code 1 where a line did not hold; its seed draws the same answers again. */
import { runFuzz, wordsOfFuzz } from '../support/fuzz-campaign';
import { seedOfRun } from '../support/seeded-random';
import { soakLine } from '../support/soak-line';

const ANSWERS = 50_000;
const LINES = 20;

async function main(): Promise<void> {
  const seed = seedOfRun();
  console.log(`mutated frames to lines, seed ${seed}`);
  for (const wire of ['tcp', 'rtu-tcp'] as const) {
    const { done, failures } = await runFuzz(wire, seed, ANSWERS, LINES);
    for (const failure of failures) {
      console.error(failure);
      process.exitCode = 1;
    }
    soakLine(`mutated frames over ${wire}`, `${wordsOfFuzz(done)}; ${failures.length} of ${LINES} lines failed`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
