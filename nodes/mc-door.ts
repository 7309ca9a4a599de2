import type { NodeAPI } from 'node-red';
import { McError } from './credential/mc-error';
import { Door } from './field/door';
import { doorEvent } from './runtime/audit-events';
import { doorSettings } from './runtime/door-settings';
import { warnOfOverload } from './runtime/line-overload';
import { recordInStores } from './runtime/open-stores';
import { showDoor } from './runtime/door-status';
import { registerPalette } from './runtime/palette';
import { isOrder, standingOrders } from './runtime/standing-orders';

/** Door: opens on a decision or a command, watches contact, exit button and tamper, and tells what happens. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-door', (tools) => {
    if (tools.settings.choice('via', ['controller', 'site'], 'controller') === 'site') {
      throw new McError('NOT_SUPPORTED', 'Doors of a site (BioStar) are not part of this version: choose "via" controller.');
    }
    const controller = tools.controller();
    const door = new Door(controller, doorSettings(tools.settings), {
      onEvent: (event) => {
        tools.emit(2, event, `door/${event.event}`);
        recordInStores(RED, doorEvent(event, tools.node.id));
      },
      onStatus: (state) => { showDoor(state, tools.status); },
      onError: (error) => { tools.raise(error); },
      onRecovered: () => { tools.status.setTrouble('last', null); },
    });
    door.start();
    tools.atClose(warnOfOverload(controller, tools.status));
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
