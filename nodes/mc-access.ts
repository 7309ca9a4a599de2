import type { NodeAPI } from 'node-red';
import { AccessDesk } from './runtime/access-desk';
import { isKey } from './access/decision';
import { registerPalette } from './runtime/palette';

/** Access: may this card open this door now. Output 1 granted, 2 denied, 3 what is asked of doors. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-access', (tools) => {
    const loan = tools.store();
    const rules = tools.settings.json('rules');
    const desk = new AccessDesk(loan, rules, tools);
    tools.atClose(() => { desk.close(); });
    tools.whenStarted(() => { void desk.announceLockdowns(); });
    return {
      onMessage(msg, send) {
        if (isKey(msg.payload)) return;
        // With the store open, which it is but for the first moments, a decision is made without any await.
        if (loan.now !== null) return desk.answer(loan.now, msg, send);
        return loan.ready().then((store) => desk.answer(store, msg, send));
      },
    };
  });
}
