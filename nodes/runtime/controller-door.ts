import { Door } from '../field/door';
import { doorEvent } from './audit-events';
import { doorSettings } from './door-settings';
import { showDoor } from './door-status';
import { warnOfOverload } from './line-overload';
import { recordInStores } from './open-stores';
import type { NodeTools } from './palette';

/** A door on a controller of our own, watched and started. */
export function controllerDoor(tools: NodeTools): Door {
  const controller = tools.controller();
  const door = new Door(controller, doorSettings(tools.settings), {
    onEvent: (event) => {
      tools.emit(2, event, `door/${event.event}`);
      recordInStores(tools.RED, doorEvent(event, tools.node.id));
    },
    onStatus: (state) => { showDoor(state, tools.status); },
    onError: (error) => { tools.raise(error); },
    onRecovered: () => { tools.status.setTrouble('last', null); },
  });
  door.start();
  tools.atClose(warnOfOverload(controller, tools.status));
  return door;
}
