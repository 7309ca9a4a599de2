import type { NodeAPI } from 'node-red';
import { systemClock } from './credential/clock';
import { Blacklist } from './credential/blacklist';
import { isMcError } from './credential/mc-error';
import { actionOf } from './runtime/action';
import { cryptoRandom } from './runtime/crypto-random';
import { failedEntry } from './runtime/failed-entry';
import type { NodeStatus } from './runtime/node-status';
import { registerPalette } from './runtime/palette';
import type { SiteLoan } from './runtime/site-node';
import { BiostarSite } from './site/biostar/biostar-site';
import { MOST_BLOCKED } from './site/biostar/cards';

const ACTIONS = ['block', 'unblock', 'check', 'list'] as const;
const STATUS = { block: 'blocked', unblock: 'unblocked', check: 'done', list: 'done' } as const;

const NEARLY_FULL = 0.8;

/** Blacklist: a block holds at every door of this runtime before the message leaves. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-blacklist', (tools) => {
    const site = tools.has('site') ? tools.site() : null;
    const loan = tools.store();
    if (site !== null) tools.outbox(site, loan);
    const chosen = tools.settings.text('action');
    tools.status.setBase('grey', 'ring', 'ready');
    return {
      async onMessage(msg, send) {
        const action = actionOf(chosen, msg, ACTIONS);
        const store = await loan.ready();
        const blacklist = new Blacklist(store, site, { clock: systemClock, random: cryptoRandom });
        if (action === 'list') {
          const found = msg['query'] === undefined ? [...store.all('blacklist')] : await store.query('blacklist', msg['query']);
          msg.payload = found.map((entry) => blacklist.entry(entry));
        } else if (Array.isArray(msg.payload)) {
          msg.payload = await Promise.all(msg.payload.map((input: unknown) => blacklist.act(action, input).catch((error: unknown) => {
            if (!isMcError(error)) throw error;
            return failedEntry(error, input);
          })));
        } else {
          msg.payload = await blacklist.act(action, msg.payload);
        }
        showRoom(site, tools.status);
        if (isPending(msg.payload)) tools.status.setActivity('yellow', 'ring', 'pending');
        else tools.status.setActivity('green', 'dot', STATUS[action]);
        send(msg);
      },
    };
  });
}

/** It holds here, and the site is still to be told. */
function isPending(payload: unknown): boolean {
  return [payload].flat().some((entry) => (entry as { site?: unknown } | null)?.site === 'pending');
}

/** A warning while the site's blacklist has less than a fifth of its room left. */
function showRoom(site: SiteLoan | null, status: NodeStatus): void {
  const count = site instanceof BiostarSite ? site.cards.blockedCount : null;
  status.setWarning('room', count !== null && count >= MOST_BLOCKED * NEARLY_FULL ? 'nearly-full' : null);
}
