import type { NodeAPI } from 'node-red';
import { isKey } from './access/decision';
import { AccessDesk } from './runtime/access/access-desk';
import { announceEmergencies } from './runtime/access/emergency-desk';
import { rulesOf } from './runtime/access/rules-given';
import { registerPalette } from './runtime/palette';

/** Access: may this card open this door now. Output 1 granted, 2 denied, 3 what is asked of doors, 4 answers and events. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-access', (tools) => {
    const given = rulesOf(tools);
    const loan = tools.store();
    tools.status.setBase('grey', 'ring', 'ready');
    let desk: AccessDesk | null = null;
    const opening = loan.ready().then(async (store) => (desk = await AccessDesk.open(store, given, loan.offlineLimitHours, tools)));
    tools.whenStarted(() => {
      // Emergencies do not wait for rules to be read.
      loan.ready().then((store) => { announceEmergencies(store, (order) => { tools.emit(3, order, `order/${order.command}`); }); }, () => undefined);
      opening.then((open) => { open.start(); }, () => undefined);
    });
    return {
      onMessage(msg, send) {
        if (isKey(msg.payload)) return;
        // With the store open, which it is but for the first moments, a decision is made without any await.
        if (desk !== null && loan.now !== null) return desk.answer(msg, send);
        return loan.ready().then(() => opening).then((open) => open.answer(msg, send));
      },
      close: (removed) => opening.then((open) => { open.close(removed); }, () => undefined),
    };
  });
}
