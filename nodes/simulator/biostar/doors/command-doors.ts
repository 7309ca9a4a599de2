import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import { DOOR_GROUP } from '../groups';
import type { Answer, Route } from '../route';
import { type Fields, idOf, numberOf, rowsOf } from '../wire';
import type { DoorCommand } from './biostar-doors';
import { deviceIdOf } from './names';

const LONGEST_UNLOCK_S = 86_400;

/**
 * A command to doors and door groups, answered door by door: 0, 9 nothing to clear, 601 unknown, 1001 its device is not
 * connected. The whole is 0, 5 in part, or 8. Where no target is known at all, it is 0 without rows (suprema-api A7).
 */
export function commandDoors(command: DoorCommand | 'clear_alarm'): Route['handle'] {
  return (biostar, { body }) => {
    const seconds = command === 'unlock' ? timeoutOf(body) : null;
    const targets = targetsOf(biostar, body);
    if (!targets.some((id) => doorOf(biostar, id) !== undefined)) return {};
    const rows = targets.map((id) => ({ id, code: carryOut(biostar, id, command, seconds) }));
    const good = rows.filter(({ code }) => code === 0);
    const code = good.length === rows.length ? 0 : good.length === 0 ? 8 : 5;
    return { code, body: biostar.settings.quirks.doorRows ? answerRows(biostar, command, rows) : {} };
  };
}

/** Unlock answers without `DeviceResponse`; the others list the devices that were reached (suprema-api E26). */
function answerRows(biostar: BioStar, command: string, rows: { id: string; code: number }[]): NonNullable<Answer['body']> {
  const reached = rows.flatMap(({ id, code }) => {
    const door = code === 1001 ? undefined : doorOf(biostar, id);
    return door === undefined ? [] : [{ id: deviceIdOf(door), code: 0 }];
  });
  return { DoorResponse: { rows }, ...(command === 'unlock' ? {} : { DeviceResponse: { rows: reached, result: true } }) };
}

function carryOut(biostar: BioStar, id: string, command: DoorCommand | 'clear_alarm', seconds: number | null): number {
  const door = doorOf(biostar, id);
  if (door === undefined) return 601;
  if (!biostar.doors.isConnected(door)) return 1001;
  if (command === 'clear_alarm') return biostar.doors.clearAlarm(door) ? 0 : 9;
  biostar.doors.command(door, command, seconds);
  return 0;
}

/** Throws 104 for a time that is out of range. */
function timeoutOf({ timeout }: Fields): number | null {
  if (timeout === undefined) return null;
  const seconds = numberOf(timeout);
  if (seconds === null || !Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_UNLOCK_S) throw new BioStarError(104);
  return seconds;
}

function targetsOf({ doors }: BioStar, body: Fields): string[] {
  const single = rowsOf(body['DoorCollection']).map((row) => idOf(row)).filter((id) => id !== '');
  const groups = rowsOf(body['DoorGroupCollection']).map((row) => idOf(row));
  const ofGroups = groups.includes(String(DOOR_GROUP.id)) ? doors.numbers.map(String) : [];
  return [...new Set([...single, ...ofGroups])];
}

function doorOf({ doors }: BioStar, id: string): number | undefined {
  return doors.numbers.find((door) => String(door) === id);
}
