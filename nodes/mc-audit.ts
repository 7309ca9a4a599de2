import type { NodeAPI } from 'node-red';
import { actionOf } from './runtime/action';
import { AUDIT_ACTIONS, AuditDesk } from './runtime/audit-desk';
import { registerPalette } from './runtime/palette';

/** Audit trail: what was done and decided, whether nobody has tampered with it, and the erasure of a person. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-audit', (tools) => {
    const loan = tools.store();
    const chosen = tools.settings.text('action');
    const desk = new AuditDesk(tools);
    return {
      async onMessage(msg, send) {
        const action = actionOf(chosen, msg, AUDIT_ACTIONS);
        msg.payload = await desk.answer(await loan.ready(), action, msg);
        send(msg);
      },
    };
  });
}
