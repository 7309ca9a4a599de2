import { runFuzz, wordsOfFuzz } from '../support/fuzz-campaign';
import { seedOfRun } from '../support/seeded-random';

const ANSWERS = 5000;
const LINES = 10;

describe('a line that is answered with mutated frames', () => {
  const seed = seedOfRun();

  for (const wire of ['tcp', 'rtu-tcp'] as const) {
    it(`believes nothing wrong, settles everything and recovers, over ${wire} (seed ${seed})`, async function () {
      this.timeout(120_000);
      const { done, failures } = await runFuzz(wire, seed, ANSWERS, LINES);
      for (const failure of failures) throw failure;
      console.log(`      ${wordsOfFuzz(done)}`);
    });
  }
});
