import type { NodeTools } from './palette';
import type { StoreLoan } from './store-node';

const EVERY_MS = 200;

/** How far a bulk import is: on the node's second output and under the node, a few times a second. */
export class ImportProgress {
  private toldAt = 0;

  constructor(private readonly tools: NodeTools) {}

  tell(done: number, total: number): void {
    const now = performance.now();
    if (done > 0 && done < total && now - this.toldAt < EVERY_MS) return;
    this.toldAt = now;
    this.tools.emit(2, { done, total }, 'import/progress');
    this.tools.status.setActivity('blue', 'dot', `${done} / ${total}`, { plain: true, stay: true });
  }

  end(paused: string | null): void {
    const { status } = this.tools;
    status.setWarning('import', paused === null ? null : 'interrupted');
    if (paused === null) status.setActivity('green', 'dot', 'done');
    else status.setActivity('yellow', 'dot', 'paused');
  }

  /** Yellow while a crash or an outage has cut the last import off: the same commit goes on with it. */
  showInterrupted(loan: StoreLoan, siteId: string): void {
    void loan.ready().then((store) => {
      const [last] = [...store.all('imports')].filter(({ site, state }) => site === siteId && state !== 'planned').sort((a, b) => (a.at < b.at ? 1 : -1));
      this.tools.status.setWarning('import', last === undefined || last.state === 'finished' ? null : 'interrupted');
    }, () => undefined);
  }
}
