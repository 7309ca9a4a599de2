import { MoneyWorld } from '../support/money-world';
import { seedOfRun } from '../support/seeded-random';

const WORLDS = 6;
const FAULTS_A_WORLD = 25;

describe('money between a desk and a portal that is cut off from it again and again', () => {
  const seed = seedOfRun();

  it(`is never spent twice, and every report agrees with the portal's books (seed ${seed})`, async function () {
    this.timeout(180_000);
    // Side by side: most of their time is waiting for answers that do not come.
    const worlds = await Promise.allSettled(Array.from({ length: WORLDS }, (_, index) => MoneyWorld.run(seed + index * 1000, FAULTS_A_WORLD)));
    for (const world of worlds) if (world.status === 'rejected') throw world.reason;
    const done = worlds.flatMap((world) => (world.status === 'fulfilled' ? [world.value] : []));
    const sum = (field: 'actions' | 'faults' | 'spent' | 'restarts' | 'unknown'): number => done.reduce((total, figures) => total + figures[field], 0);
    console.log(`      ${sum('faults')} faults in ${sum('actions')} actions and ${sum('restarts')} restarts: ${sum('spent')} credits spent, ${sum('unknown')} answers lost, none spent twice`);
  });
});
