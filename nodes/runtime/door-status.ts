import type { NodeStatusFill } from 'node-red';
import type { DoorStatus } from '../field/door';
import type { NodeStatus } from './node-status';

const FILL: Readonly<Record<DoorStatus['text'], NodeStatusFill>> = {
  'line-down': 'red', 'not-armed': 'red', 'forced-open': 'red', tamper: 'red', 'held-open': 'yellow', 'held-open-soon': 'yellow',
  locked: 'green', unlocked: 'blue', granted: 'blue', unknown: 'grey',
};

/** States in which nothing more urgent is to be said than who ends an opening. */
const CALM = new Set(['locked', 'unlocked', 'granted', 'opened']);

/**
 * Shows a door's state; an open door that is nobody's alarm shows as opened. Where nothing but this computer ends an
 * opening, the words say so, and a ring stands in place of the dot.
 */
export function showDoor(door: DoorStatus, status: NodeStatus): void {
  const text = door.text === 'locked' && door.open === true ? 'opened' : door.text;
  const fill = FILL[door.text];
  const inWords = door.hostTimed && CALM.has(text) ? `${text}-host-timed` : text;
  status.setBase(fill, fill === 'red' || door.hostTimed ? 'ring' : 'dot', inWords);
}
