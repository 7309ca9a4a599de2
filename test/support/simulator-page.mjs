/** What a person does and sees on the simulator's page, by the interface that the page itself uses. */
import { ask } from './node-red-process.mjs';

const WAIT_MS = 10_000;

export class SimulatorPage {
  constructor(url) {
    this.url = url.replace(/\/$/, '');
  }

  state() {
    return ask(`${this.url}/sim/state`);
  }

  /** Resolves once the simulator answers: it starts with the flow. */
  whenUp() {
    return this.until('an answer', () => true).then(() => undefined);
  }

  /** Resolves with the first state that fits; asks again until then. */
  async until(what, fits) {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const last = await this.state().catch((error) => error);
      if (!(last instanceof Error) && fits(last)) return last;
      if (Date.now() > deadline) throw new Error(`the simulator's page never showed ${what}${last instanceof Error ? `: ${last.message}` : ''}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
