import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import { DOOR_GROUP } from '../groups';
import { type Answer, type Asked, type Route, v1Rows } from '../route';
import { cut } from '../users/search-users';
import { idOf, numberOf, rowsOf } from '../wire';
import { commandDoors } from './command-doors';
import { deviceIdOf, deviceNameOf, doorNameOf } from './names';
import { doorStatus, doorStatusEx } from './door-status';

/** Doors (suprema-api A7). */
export const DOOR_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/api/doors', style: 'v1', handle: list },
  { method: 'POST', path: '/api/v2/doors/search', style: 'v2', handle: search },
  { method: 'POST', path: '/api/doors/open', style: 'v1', handle: commandDoors('open') },
  { method: 'POST', path: '/api/doors/lock', style: 'v1', handle: commandDoors('lock') },
  { method: 'POST', path: '/api/doors/unlock', style: 'v1', handle: commandDoors('unlock') },
  { method: 'POST', path: '/api/doors/release', style: 'v1', handle: commandDoors('release') },
  { method: 'POST', path: '/api/doors/clear_alarm', style: 'v1', handle: commandDoors('clear_alarm') },
  { method: 'POST', path: '/api/doors/status', style: 'v1', handle: status },
  { method: 'POST', path: '/api/doors/status_ex', style: 'v1', handle: statusEx },
  { method: 'GET', path: '/api/doors/:id', style: 'v1', handle: one },
];

function row(door: number): Record<string, unknown> {
  return {
    id: door, name: doorNameOf(door), description: '', door_group_id: DOOR_GROUP,
    entry_device_id: { id: deviceIdOf(door), name: deviceNameOf(door) }, open_timeout: 30, open_duration: 3, open_once: true,
  };
}

function list(biostar: BioStar, { query }: Asked): Answer {
  const { total, rows } = cut(biostar.doors.numbers, numberOf(query.get('limit')), numberOf(query.get('offset')) ?? 0);
  return { body: { DoorCollection: { total, ...v1Rows(biostar, rows.map(row), 'absent') } } };
}

function search({ doors }: BioStar, { body }: Asked): Answer {
  const { total, rows } = cut(doors.numbers, numberOf(body['limit']), numberOf(body['offset']) ?? 0);
  return { body: { DoorCollection: { total, rows: rows.map(row) } } };
}

function one({ doors }: BioStar, { parameters }: Asked): Answer {
  const door = doors.numbers.find((number) => String(number) === parameters['id']);
  if (door === undefined) throw new BioStarError(601);
  return { body: { Door: row(door) } };
}

function status(biostar: BioStar): Answer {
  const rows = biostar.doors.numbers.map((door) => doorStatus(biostar, door));
  return { body: { DoorStatusCollection: { total: rows.length, ...v1Rows(biostar, rows, 'absent') } } };
}

/** Of the doors that are named, or of all. */
function statusEx(biostar: BioStar, { body }: Asked): Answer {
  const asked = rowsOf(body['DoorCollection']).map((door) => idOf(door));
  const rows = biostar.doors.numbers.filter((door) => asked.length === 0 || asked.includes(String(door))).map((door) => doorStatusEx(biostar, door));
  return { body: { DoorStatusExCollection: { total: rows.length, ...v1Rows(biostar, rows, 'absent') } } };
}
