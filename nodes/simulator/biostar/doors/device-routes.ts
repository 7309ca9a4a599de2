import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import { type Answer, type Asked, type Route, v1Rows } from '../route';
import { cut } from '../users/search-users';
import { numberOf } from '../wire';
import { deviceIdOf, deviceNameOf } from './names';

/** Devices: the readers of the floor (suprema-api A7). The search is POST, in one text GET (E28). */
export const DEVICE_ROUTES: readonly Route[] = [
  {
    method: 'GET', path: '/api/devices', style: 'v1',
    handle: (biostar) => ({ body: { DeviceCollection: { total: rows(biostar).length, ...v1Rows(biostar, rows(biostar), 'absent') } } }),
  },
  { method: 'POST', path: '/api/v2/devices/search', style: 'v2', handle: search },
  { method: 'GET', path: '/api/v2/devices/search', style: 'v2', handle: search },
  { method: 'GET', path: '/api/devices/:id', style: 'v1', handle: one },
];

/** `status`: 0 disconnected, 1 connected. */
function rows({ floor, doors }: BioStar): Record<string, unknown>[] {
  return floor.readers.map(({ reader }) => ({
    id: deviceIdOf(reader), name: deviceNameOf(reader), device_type_id: { id: 35, name: 'XPass 2' }, device_group_id: { id: 1, name: 'All Devices' },
    status: doors.isConnected(reader) ? 1 : 0, user_sync_status: 0,
  }));
}

function search(biostar: BioStar, { body }: Asked): Answer {
  const { total, rows: page } = cut(rows(biostar), numberOf(body['limit']), numberOf(body['offset']) ?? 0);
  return { body: { DeviceCollection: { total, rows: page } } };
}

function one(biostar: BioStar, { parameters }: Asked): Answer {
  const found = rows(biostar).find(({ id }) => String(id) === parameters['id']);
  if (found === undefined) throw new BioStarError(301);
  return { body: { Device: found } };
}
