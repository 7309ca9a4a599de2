import { begin, type EmergencyKind, end, FIRE, LOCKDOWN, standing } from '../../access/emergency';
import type { DoorOrder } from '../../access/decision';
import type { Rules } from '../../access/rules/rules';
import { McError } from '../../credential/mc-error';
import type { StorePort } from '../../credential/store-port';
import { emergencyEvent } from '../audit-events';
import type { Message, Send } from '../palette';

export const EMERGENCY_COMMANDS = ['lockdown', 'release', 'fire', 'fire-clear'] as const;
export type EmergencyCommand = (typeof EMERGENCY_COMMANDS)[number];

const ACTS: Record<EmergencyCommand, { kind: EmergencyKind; act: typeof begin }> = {
  lockdown: { kind: LOCKDOWN, act: begin },
  release: { kind: LOCKDOWN, act: end },
  fire: { kind: FIRE, act: begin },
  'fire-clear': { kind: FIRE, act: end },
};

/** Begins or ends a lockdown or a fire for one door, a group, or all, and tells the doors on output 3. */
export async function carryOutEmergency(
  store: StorePort, rules: Rules | null, command: EmergencyCommand, msg: Message, send: Send, by: string,
): Promise<void> {
  const doors = doorsOf(msg, rules);
  const { kind, act } = ACTS[command];
  const { topic } = msg;
  // One after the other: each looks at what the one before has left.
  await store.exclusive(kind.collection, async () => {
    const { writes, orders } = act(kind, store, doors, Date.now(), by);
    const tell = (): void => {
      orders.forEach((order, index) => {
        send([null, null, index === 0 ? Object.assign(msg, { payload: order }) : { payload: order, topic }, null]);
      });
    };
    // An emergency does not wait for a disk: what cannot be kept holds until the next start, and the error says so.
    try {
      await store.writeOrHold([...writes, { collection: 'audit', event: emergencyEvent(command, doors, by) }]);
    } finally {
      tell();
    }
  });
}

/** After a restart the doors hear again what still holds, before anything else is asked of them. */
export function announceEmergencies(store: StorePort, tell: (order: DoorOrder) => void): void {
  const now = Date.now();
  for (const kind of [LOCKDOWN, FIRE]) for (const order of standing(kind, store, now)) tell(order);
}

/** Empty is all doors. Anything that is no text, and a group that is not known, is a mistake, and too big a one to guess at. */
function doorsOf({ door, group }: Message, rules: Rules | null): string[] {
  const names = [textOf(door, 'door'), textOf(group, 'group')];
  if (names[0] !== '' && names[1] !== '') throw new McError('INPUT_INVALID', 'Give msg.door or msg.group, not both.');
  const [one, wanted] = names as [string, string];
  if (wanted !== '') {
    const members = rules?.groups.get(wanted);
    if (members === undefined) throw new McError('INPUT_INVALID', `The rules have no door group "${wanted}".`);
    return [...members];
  }
  // No group is called like a door.
  return one === '' ? [] : [...rules?.groups.get(one) ?? [one]];
}

function textOf(value: unknown, name: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  throw new McError('INPUT_INVALID', `msg.${name} must be the name of a ${name === 'door' ? 'door' : 'door group'}, or empty for all doors.`);
}
