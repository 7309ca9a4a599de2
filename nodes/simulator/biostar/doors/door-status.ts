import type { BioStar } from '../biostar';
import { v1Time } from '../times';
import { doorNameOf } from './names';

/** Bits of `status` (KB 24000074005, suprema-api A7). */
const BITS = { unlocked: 2, forced: 4, held: 8, disconnected: 32, operatorLock: 1024, operatorUnlock: 2048 };

/** A row of `DoorStatusCollection`; held and forced stand in the bits alone. */
export function doorStatus({ doors }: BioStar, door: number): Record<string, unknown> {
  const { relayOn, forced, held, lastOpened } = doors.state(door);
  return {
    door_id: { id: door, name: doorNameOf(door) }, opened: doors.isOpened(door), unlocked: relayOn, alarm: forced || held,
    last_open_time: lastOpened === null ? '' : v1Time(lastOpened), status: bits({ doors }, door),
  };
}

/** A row of `DoorStatusExCollection` (BioStar X). */
export function doorStatusEx({ doors }: BioStar, door: number): Record<string, unknown> {
  const { mode, relayOn, forced, held, lastOpened, since, seconds } = doors.state(door);
  const manual = mode !== 'normal';
  return {
    door_id: door, opened: doors.isOpened(door), unlocked: relayOn, held_opened: held, alarm_flags: (forced ? BITS.forced : 0) | (held ? BITS.held : 0),
    last_open_time: lastOpened === null ? '' : v1Time(lastOpened), lock_status: mode === 'locked' ? 1 : mode === 'unlocked' ? 2 : 0, status: bits({ doors }, door),
    origin: manual ? 1 : 0, by_server: manual, operator_id: manual ? 1 : '', action_time: manual && since !== null ? v1Time(since) : '',
    time_limit_ss: seconds ?? 0, fire_alarm_zone: false,
  };
}

function bits({ doors }: Pick<BioStar, 'doors'>, door: number): number {
  const { mode, relayOn, forced, held } = doors.state(door);
  return (relayOn && mode === 'normal' ? BITS.unlocked : 0) | (forced ? BITS.forced : 0) | (held ? BITS.held : 0)
    | (doors.isConnected(door) ? 0 : BITS.disconnected) | (mode === 'locked' ? BITS.operatorLock : 0) | (mode === 'unlocked' ? BITS.operatorUnlock : 0);
}
