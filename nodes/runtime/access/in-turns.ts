import { setImmediate as nextTurn } from 'node:timers/promises';
import type { InSlices } from '../../access/rules/in-slices';

/** So long at a time: reads that come meanwhile wait no longer. */
const SLICE_MS = 0.3;

/** Does work that comes in slices, and lets whatever else waits go first after each. */
export async function inTurns<T>(work: InSlices<T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const { done, value } = work.next();
      if (done === true) return value;
    } while (performance.now() < until);
    await nextTurn();
  }
}
