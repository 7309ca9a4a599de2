import type { NodeStatusFill } from 'node-red';
import type { DoorStatus } from '../field/door';
import type { NodeStatus } from './node-status';

const FILL: Readonly<Record<DoorStatus['text'], NodeStatusFill>> = {
  'line-down': 'red', 'not-armed': 'red', 'forced-open': 'red', tamper: 'red', 'held-open': 'yellow',
  locked: 'green', unlocked: 'blue', granted: 'blue', unknown: 'grey',
};

/** Shows a door's state; an open door that is nobody's alarm shows as opened, a strike timed by the host as a ring. */
export function showDoor(door: DoorStatus, status: NodeStatus): void {
  const text = door.text === 'locked' && door.open === true ? 'opened' : door.text;
  const fill = FILL[door.text];
  status.setBase(fill, fill === 'red' || door.hostTimed ? 'ring' : 'dot', text);
}
