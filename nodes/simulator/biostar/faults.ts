import type { Code } from './codes';

interface Planned {
  refuse: Code | null;
  times: number;
}

/**
 * Faults that a test orders. A route is named as in the table of routes: `POST /api/v2/mobile`, `PUT /api/users/:id`;
 * `*` is every route.
 */
export class Faults {
  /** Milliseconds before every answer. */
  latencyMs = 0;
  private readonly planned = new Map<string, Planned>();

  /** The next calls get `code` and do nothing. */
  refuse(route: string, code: Code, times = 1): void {
    this.planned.set(route, { refuse: code, times });
  }

  /** The next calls do their work, and the connection breaks before the answer. */
  loseAnswer(route: string, times = 1): void {
    this.planned.set(route, { refuse: null, times });
  }

  /** What is ordered for this call; counts it. `'lose'`: work, but do not answer. */
  take(route: string): { code: Code } | 'lose' | null {
    for (const key of [route, '*']) {
      const found = this.planned.get(key);
      if (found === undefined) continue;
      found.times -= 1;
      if (found.times <= 0) this.planned.delete(key);
      return found.refuse === null ? 'lose' : { code: found.refuse };
    }
    return null;
  }

  clear(): void {
    this.latencyMs = 0;
    this.planned.clear();
  }
}
