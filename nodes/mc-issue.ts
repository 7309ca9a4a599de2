import type { NodeAPI } from 'node-red';
import { systemClock } from './credential/clock';
import { Desk } from './credential/desk';
import { cryptoRandom } from './runtime/crypto-random';
import { actionOf } from './runtime/action';
import { failedEntry } from './runtime/failed-entry';
import { type Message, type NodeTools, registerPalette } from './runtime/palette';

const ACTIONS = ['issue', 'reissue', 'resend', 'suspend', 'resume', 'delete', 'release', 'retry', 'abandon'] as const;

/** Credential issue and what follows in a credential's life. Issue and re-issue spend a credit each. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-issue', (tools) => {
    const site = tools.site();
    const loan = tools.store();
    const outbox = tools.outbox(site, loan);
    const chosen = tools.settings.text('action');
    tools.status.setBase('grey', 'ring', 'ready');
    return {
      async onMessage(msg, send) {
        const action = actionOf(chosen, msg, ACTIONS);
        tools.status.setActivity('blue', 'dot', 'working', { stay: true });
        await outbox.settledFirst();
        const desk = new Desk(site, await loan.ready(), { clock: systemClock, random: cryptoRandom });
        if (Array.isArray(msg.payload)) await many(desk, action, msg, tools);
        else await one(desk, action, msg);
        tools.status.setActivity('green', 'dot', 'done');
        send(msg);
      },
    };
  });
}

type Action = (typeof ACTIONS)[number];

async function one(desk: Desk, action: Action, msg: Message): Promise<void> {
  const operationId = typeof msg['operationId'] === 'string' ? msg['operationId'] : undefined;
  const answer = await desk.act(action, msg.payload, operationId);
  msg['credits'] = answer.credits;
  if (answer.ok) {
    msg.payload = answer.record;
    return;
  }
  if (answer.record !== null) msg['credential'] = answer.record;
  throw answer.error;
}

async function many(desk: Desk, action: Action, msg: Message, tools: NodeTools): Promise<void> {
  const inputs = msg.payload as unknown[];
  const { answers, credits } = await desk.actAll(action, inputs, (done, total) => {
    tools.status.setActivity('blue', 'dot', `${done} / ${total}`, { plain: true, stay: true });
  });
  msg['credits'] = credits;
  msg.payload = answers.map((answer, index) =>
    answer.ok ? answer.record : failedEntry(answer.error, inputs[index], answer.record));
}
