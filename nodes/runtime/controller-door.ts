import { Door } from '../field/door';
import { doorEvent } from './audit-events';
import { doorSettings } from './door-settings';
import { showDoor } from './door-status';
import { warnOfOverload } from './line-overload';
import { doorBoard } from './access/door-board';
import { recordInStores } from './open-stores';
import type { NodeTools } from './palette';

/** A door on a controller of our own, watched and started. */
export function controllerDoor(tools: NodeTools): Door {
  const controller = tools.controller();
  const settings = doorSettings(tools.settings);
  const board = doorBoard(tools.RED);
  const door = new Door(controller, settings, {
    onEvent: (event) => {
      if (event.event === 'closed') board.noteClosed(event.door);
      tools.emit(2, event, `door/${event.event}`);
      recordInStores(tools.RED, doorEvent(event, tools.node.id));
    },
    onStatus: (state) => { showDoor(state, tools.status); },
    onError: (error) => { tools.raise(error); },
    onRecovered: () => { tools.status.setTrouble('last', null); },
  });
  door.start();
  tools.atClose(board.add(settings.door, () => door.isOpen));
  tools.atClose(warnOfOverload(controller, tools.status));
  return door;
}
