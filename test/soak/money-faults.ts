/** The money campaign at length. Ends with exit code 1 where a world did not hold; its seed has it again. */
import { MoneyWorld, type WorldFigures } from '../support/money-world';
import { seedOfRun } from '../support/seeded-random';
import { soakLine } from '../support/soak-line';

const ROUNDS = 20;
const WORLDS = 6;
const FAULTS_A_WORLD = 25;

async function main(): Promise<void> {
  const seed = seedOfRun();
  console.log(`money between a desk and a portal, seed ${seed}`);
  const done: WorldFigures[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const worlds = await Promise.allSettled(Array.from({ length: WORLDS }, (_, index) => MoneyWorld.run(seed + (round * WORLDS + index) * 1000, FAULTS_A_WORLD)));
    for (const world of worlds) {
      if (world.status === 'fulfilled') {
        done.push(world.value);
      } else {
        console.error(world.reason);
        process.exitCode = 1;
      }
    }
  }
  const sum = (field: keyof WorldFigures): number => done.reduce((total, figures) => total + figures[field], 0);
  soakLine('faults between client and portal', `${sum('faults')} faults in ${sum('actions')} actions and ${sum('restarts')} restarts, ${sum('spent')} credits spent, ${sum('unknown')} answers lost; ${ROUNDS * WORLDS - done.length} of ${ROUNDS * WORLDS} worlds failed`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
