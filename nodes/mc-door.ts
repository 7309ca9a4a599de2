import type { NodeAPI } from 'node-red';
import { biostarOf } from './runtime/biostar';
import { controllerDoor } from './runtime/controller-door';
import type { NodeStatus } from './runtime/node-status';
import { type NodeTools, registerPalette } from './runtime/palette';
import { SiteDoor } from './runtime/site-door';
import { isOrder, standingOrders } from './runtime/standing-orders';
import type { BiostarSite } from './site/biostar/biostar-site';

/** Door: opens on a decision or a command, watches contact, exit button and tamper, and tells what happens. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-door', (tools) => {
    const door = tools.settings.choice('via', ['controller', 'site'], 'controller') === 'site' ? siteDoor(tools) : controllerDoor(tools);
    const ordersHeard = standingOrders(tools);
    return {
      async onMessage(msg, send) {
        const receivedAt = Date.now();
        if (!isOrder(msg.payload)) await ordersHeard;
        const answer = await door.handle(msg.payload, receivedAt);
        if (answer !== null) send([Object.assign(msg, { payload: answer }), null]);
      },
      close: () => door.stop(),
    };
  });
}

/** A door of BioStar. */
function siteDoor(tools: NodeTools): SiteDoor {
  const { settings } = tools;
  const site = biostarOf(tools.site(), 'doors');
  tools.atClose(showSite(site, tools.status));
  return new SiteDoor(site, {
    door: settings.required('door'), siteDoor: settings.required('siteDoor'),
    maxDecisionAgeMs: settings.number('maxDecisionAgeMs', 5000, { min: 1, max: 86_400_000 }),
  });
}

/** Whether the server that moves the door can be reached. */
function showSite(site: BiostarSite, status: NodeStatus): () => void {
  return site.onState((state) => {
    if (state === 'failed' || state === 'paused') status.setBase('red', 'ring', 'site-lost');
    else status.setBase('green', 'dot', 'site-ready');
  });
}
