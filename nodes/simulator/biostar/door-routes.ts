import { BiostarError } from './biostar-error';
import type { DoorCommand } from './doors';
import type { Handler, Routes } from './route';
import { collection, rowsAt, textAt } from './wire';

/** Doors and devices (suprema-api A7). */
export const DOOR_ROUTES: Routes = {
  'GET /api/doors': (server) => ({ body: collection('DoorCollection', server.doors.all(), null) }),
  'POST /api/v2/doors/search': (server) => ({ body: { DoorCollection: { total: String(server.doors.all().length), rows: server.doors.all() } } }),
  'GET /api/doors/:id': (server, { id }) => {
    const door = server.doors.all().find((one) => one.id === id);
    if (door === undefined) throw new BiostarError(601, 404, 'Door not found.');
    return { body: { Door: door } };
  },
  'POST /api/doors/open': command('open'),
  'POST /api/doors/lock': command('lock'),
  'POST /api/doors/unlock': command('unlock'),
  'POST /api/doors/release': command('release'),
  'POST /api/doors/status': (server) => ({
    body: collection('DoorStatusCollection', server.doors.all().map((door) => {
      const { opened, unlocked, status } = server.doors.status(door.id);
      return { door_id: door, opened, unlocked, alarm: false, status };
    }), null),
  }),
  'GET /api/devices': (server) => ({ body: collection('DeviceCollection', devices(server.portal.devices), null) }),
  'POST /api/v2/devices/search': (server) => ({ body: { DeviceCollection: { total: String(server.portal.devices.length), rows: devices(server.portal.devices) } } }),
};

/** 0 all, 5 in part, 8 none. Unknown doors alone are no targets at all: code 0, and no row (A7). */
function command(wanted: DoorCommand): Handler {
  return (server, { body }) => {
    const ids = rowsAt(body, 'DoorCollection', 'rows').map((row) => textAt(row, 'id'));
    const known = new Set(server.doors.all().map(({ id }) => id));
    if (!ids.some((id) => known.has(id))) return { body: { DoorResponse: { rows: '' } } };
    const rows = ids.map((id) => ({ id, code: String(server.doors.command(wanted, id)) }));
    const failed = rows.filter(({ code }) => code !== '0' && code !== '9').length;
    // The unlock sample has no DeviceResponse (E26).
    const device = wanted === 'unlock' ? {} : { DeviceResponse: { rows: [{ id: '541531007', code: '0' }], result: 'true' } };
    return { code: failed === 0 ? 0 : failed === rows.length ? 8 : 5, body: { DoorResponse: { rows }, ...device } };
  };
}

function devices(all: readonly { id: string; name: string; registered: boolean }[]): { id: string; name: string; status: string }[] {
  return all.map(({ id, name, registered }) => ({ id, name, status: registered ? '1' : '0' }));
}
