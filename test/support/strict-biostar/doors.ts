/** Devices, doors and the door commands with their per-row codes (suprema-api A7, E26). */
import { idOf, like, list, no, ok, record, text, type Call, type Json, type Reply, type Route } from './wire';

export interface Device { id: string; name: string; group: string; connected: boolean }

export interface Door {
  id: string;
  name: string;
  group: string;
  deviceId: string;
  opened: boolean;
  /** What an operator set and did not release. */
  held: 'locked' | 'unlocked' | null;
  /** Bits of `status` beside those of `held`: 4 forced, 8 held open, 16 APB (suprema-api A7). */
  alarm: number;
}

export interface DoorManners {
  /** Older servers answer `Response` alone. */
  rows: boolean;
  /** The whole answers 0 although rows failed. */
  alwaysZero: boolean;
}

export type DoorAction = 'open' | 'lock' | 'unlock' | 'release';

export class Doors {
  readonly devices = new Map<string, Device>();
  readonly doors = new Map<string, Door>();
  /** What the doors carried out, in order; `timeout` in seconds. */
  readonly done: { id: string; action: DoorAction; timeout?: number }[] = [];
  manners: DoorManners = { rows: true, alwaysZero: false };

  constructor() {
    this.addDevice({ id: '541531007' });
    this.addDevice({ id: '541531008' });
    this.addDoor({ id: '5', name: 'Main gate', deviceId: '541531007' });
    this.addDoor({ id: '6', name: 'Store', deviceId: '541531008' });
  }

  addDevice(device: Partial<Device> & { id: string }): Device {
    const whole: Device = { name: `Reader ${device.id}`, group: '1', connected: true, ...device };
    this.devices.set(whole.id, whole);
    return whole;
  }

  addDoor(door: Partial<Door> & { id: string }): Door {
    const whole: Door = { name: `Door ${door.id}`, group: '1', deviceId: '541531007', opened: false, held: null, alarm: 0, ...door };
    this.doors.set(whole.id, whole);
    return whole;
  }

  routes(): Route[] {
    const search = ({ body }: Call): Reply => this.listed(Number(text(body['limit'])), 0, text(body['search_text']));
    return [
      ['GET', '/api/devices', () => this.deviceList(0, '')],
      ['POST', '/api/v2/devices/search', ({ body }) => this.deviceList(Number(text(body['limit'])), text(body['device_group_id']))],
      ['GET', '/api/devices/{id}', ({ params: [id = ''] }) => {
        const device = this.devices.get(id);
        return device === undefined ? no(301) : ok({ Device: deviceRow(device) });
      }],
      ['GET', '/api/doors', ({ query }) => this.listed(Number(query.get('limit') ?? 0), Number(query.get('offset') ?? 0), '')],
      ['POST', '/api/v2/doors/search', search],
      ['GET', '/api/doors/{id}', ({ params: [id = ''] }) => {
        const door = this.doors.get(id);
        return door === undefined ? no(601) : ok({ Door: this.row(door) });
      }],
      ['POST', '/api/doors/status', () => ok({ DoorStatusCollection: { total: this.doors.size, rows: [...this.doors.values()].map((door) => this.statusRow(door)) } })],
      ...(['open', 'lock', 'unlock', 'release'] as const).flatMap((action): Route[] => [
        ['POST', `/api/doors/${action}`, ({ body }) => this.command(action, body)],
        ...['GET', 'PUT', 'DELETE'].map((method): Route => [method, `/api/doors/${action}`, () => no(102)]),
      ]),
    ];
  }

  private deviceList(limit: number, group: string): Reply {
    const found = [...this.devices.values()].filter((device) => group === '' || device.group === group);
    return ok({ DeviceCollection: { total: found.length, rows: (limit > 0 ? found.slice(0, limit) : found).map(deviceRow) } });
  }

  private listed(limit: number, offset: number, search: string): Reply {
    const found = [...this.doors.values()].filter((door) => like(search, door.name));
    const rows = limit > 0 ? found.slice(offset, offset + limit) : found.slice(offset);
    return ok({ DoorCollection: { total: found.length, rows: rows.map((door) => this.row(door)) } });
  }

  private row(door: Door): Json {
    return {
      id: Number(door.id), name: door.name, description: '', door_group_id: { id: Number(door.group), name: 'All Doors' },
      entry_device_id: { id: Number(door.deviceId), name: this.devices.get(door.deviceId)?.name ?? '' }, open_duration: 3, open_timeout: 10, status: this.status(door),
    };
  }

  private status(door: Door): number {
    if (this.devices.get(door.deviceId)?.connected !== true) return 32;
    return door.alarm | (door.held === 'locked' ? 1024 : door.held === 'unlocked' ? 2048 : 0);
  }

  private statusRow(door: Door): Json {
    const status = this.status(door);
    return {
      door_id: { id: Number(door.id), name: door.name }, opened: door.opened, unlocked: door.held === 'unlocked',
      last_open_time: '', alarm: door.alarm !== 0, status,
    };
  }

  private command(action: DoorAction, body: Json): Reply {
    const timeout = text(body['timeout']);
    if (action === 'unlock' && timeout !== '' && !(/^\d+$/.test(timeout) && Number(timeout) >= 1 && Number(timeout) <= 86_400)) return no(104);
    const ids = (key: string): string[] => list(record(body[key])['rows']).map((row) => idOf(row));
    const groups = ids('DoorGroupCollection');
    const asked = [...new Set([...ids('DoorCollection'), ...[...this.doors.values()].filter((door) => groups.includes(door.group)).map(({ id }) => id)])];
    // Nothing that can be resolved is a success without an effect (suprema-api A7).
    if (!asked.some((id) => this.doors.has(id))) return ok(this.manners.rows ? { DoorResponse: { rows: [] } } : {});
    const rows = asked.map((id) => ({ id: Number(id), code: this.carriedOut(id, action, timeout) }));
    const reached = [...new Set(asked.filter((_, index) => rows[index]?.code === 0).map((id) => this.doors.get(id)?.deviceId ?? ''))];
    const failed = rows.filter(({ code }) => code !== 0).length;
    const whole = this.manners.alwaysZero || failed === 0 ? 0 : failed < rows.length ? 5 : 8;
    if (!this.manners.rows) return no(whole);
    const devices = { DeviceResponse: { rows: reached.map((id) => ({ id: Number(id), code: 0 })), result: true } };
    return no(whole, { body: { DoorResponse: { rows }, ...(action === 'unlock' ? {} : devices) } });
  }

  private carriedOut(id: string, action: DoorAction, timeout: string): number {
    const door = this.doors.get(id);
    if (door === undefined) return 601;
    if (this.devices.get(door.deviceId)?.connected !== true) return 1001;
    if (action === 'release' && door.held === null) return 9;
    if (action !== 'open') door.held = action === 'lock' ? 'locked' : action === 'unlock' ? 'unlocked' : null;
    this.done.push({ id, action, ...(timeout === '' ? {} : { timeout: Number(timeout) }) });
    return 0;
  }
}

function deviceRow(device: Device): Json {
  return {
    id: Number(device.id), name: device.name, device_type_id: { id: 34, name: 'XPass 2' }, device_group_id: { id: Number(device.group), name: 'All Devices' },
    status: device.connected ? 1 : 0, user_sync_status: 0,
  };
}
