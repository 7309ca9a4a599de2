import { withoutTrouble } from './process-trouble';

export interface SideBySide<T> {
  done: T[];
  failures: unknown[];
}

/** Runs that mostly wait, all at once. Throws only what none of them took. */
export async function sideBySide<T>(count: number, run: (index: number) => Promise<T>): Promise<SideBySide<T>> {
  const runs = await withoutTrouble(() => Promise.allSettled(Array.from({ length: count }, (_, index) => run(index))));
  return {
    done: runs.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    failures: runs.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])),
  };
}
