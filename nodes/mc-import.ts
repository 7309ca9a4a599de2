import type { NodeAPI } from 'node-red';
import { choiceOf } from './runtime/action';
import { importMapping } from './runtime/import-mapping';
import { ImportDesk, type WantedPlan } from './runtime/import-desk';
import { ImportProgress } from './runtime/import-progress';
import { registerPalette } from './runtime/palette';

const MODES = ['plan', 'commit'] as const;
const CONFLICTS = ['preserve', 'overwrite'] as const;

/** Bulk issue: prices a file of persons, then carries that plan out. Output 2 tells how far it is. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-import', (tools) => {
    const { settings, status } = tools;
    const site = tools.site();
    const loan = tools.store();
    const outbox = tools.outbox(site, loan);
    const [mode, conflict] = [settings.text('mode'), settings.text('conflict')];
    const mapping = importMapping(settings.json('mapping'), true);
    const concurrency = settings.number('concurrency', 4, { min: 1, max: 32 });
    const maxRows = settings.number('maxRows', 100_000, { min: 1, max: 1_000_000 });
    // A close waits for what is under way; rows that have not been started need not be waited for.
    let closing = false;
    tools.node.on('close', () => { closing = true; });
    const progress = new ImportProgress(tools);
    status.setBase('grey', 'ring', 'ready');
    progress.showInterrupted(loan, site.siteId);
    return {
      async onMessage(msg, send) {
        await outbox.settledFirst();
        const desk = new ImportDesk(site, await loan.ready());
        if (choiceOf(mode, msg, 'mode', MODES) === 'plan') {
          status.setActivity('blue', 'dot', 'working', { stay: true });
          const plan = await desk.plan(msg.payload, {
            ...mapping ?? importMapping(msg['mapping'], false) ?? { mapping: {}, fromNode: false },
            conflict: choiceOf(conflict, msg, 'conflict', CONFLICTS, 'preserve'), maxRows,
          });
          status.setActivity('green', 'dot', 'planned');
          send([Object.assign(msg, { payload: plan, plan: { hash: plan.hash } }), null]);
          return;
        }
        const wanted = (msg['plan'] ?? {}) as WantedPlan;
        const report = await desk.commit(wanted, { concurrency, onProgress: (done, total) => { progress.tell(done, total); }, stopped: () => closing });
        progress.end(report.paused);
        send([Object.assign(msg, { payload: report, plan: { ...wanted, hash: report.hash } }), null]);
      },
    };
  });
}
