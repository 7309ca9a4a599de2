/** The event log: rows, search and types (suprema-api A9). */
import { MOBILE, type Books } from './books';
import type { Doors } from './doors';
import { list, ok, record, stamp, text, type Json, type Route } from './wire';

/** An event as a test tells it. `at` is ms since 1970, now when it is left out; the server's own time is always now. */
export interface Happened {
  code: number | string;
  userId?: string;
  deviceId?: string;
  doorId?: string;
  at?: number;
  hint?: string;
}

const NAMES: Record<string, string> = {
  4102: '1:1 authentication succeeded (Card)', 4118: '1:1 authentication succeeded (Mobile Card)', 4354: '1:1 authentication failed (Card)',
  4360: '1:1 authentication failed (Mobile Card)', 6400: 'Access denied', 6401: 'Access denied (Access group)', 6402: 'Access denied (Disabled user)', 6403: 'Access denied (Invalid period)',
  6404: 'Access denied (Blacklist)', 16384: 'Tamper switch is on', 20480: 'Door unlocked', 20736: 'Door locked', 20992: 'Door opened',
  21248: 'Door closed', 21504: 'Door forced open', 21760: 'Door held open', 22016: 'Forced door open alarm', 22272: 'Forced door open alarm cleared',
};

export class Events {
  /** Oldest first by id. */
  readonly rows: Json[] = [];
  private lastId = 0;

  constructor(private readonly books: Books, private readonly doors: Doors) {}

  /** Stores an event under the next id. */
  add(event: Happened): Json {
    this.lastId += 1;
    const user = this.books.users.get(event.userId ?? '');
    const deviceId = event.deviceId ?? this.doors.doors.get(event.doorId ?? '')?.deviceId ?? '541531007';
    const door = event.doorId === undefined ? [] : [{ id: Number(event.doorId), name: this.doors.doors.get(event.doorId)?.name ?? '' }];
    const code = String(event.code);
    const row: Json = {
      id: this.lastId, server_datetime: stamp(Date.now()), datetime: stamp(event.at ?? Date.now()), index: this.lastId,
      ...(event.userId === undefined ? {} : { user_id: { user_id: event.userId, name: user?.name ?? '', photo_exists: false } }),
      user_group_id: { id: Number(user?.group ?? '1'), name: this.books.groups.get(user?.group ?? '1') },
      device_id: { id: Number(deviceId), name: this.doors.devices.get(deviceId)?.name ?? '' }, door_id: door,
      event_type_id: { code, ...(code in NAMES ? { name: NAMES[code] } : {}) },
      hint: event.hint ?? '', tna_key: 0, is_dst: 0, timezone: { half: 0, hour: 0, negative: 0 }, user_update_by_device: false,
    };
    this.rows.push(row);
    return row;
  }

  /** What a reader says to a card: the code of the event and whose card it is (codes of suprema-api A9). */
  verdict(number: string): { code: number; userId?: string } {
    const card = this.books.numbered(number);
    const user = this.books.users.get(card?.owner ?? '');
    const mobile = card?.type === MOBILE;
    const whose = user === undefined ? {} : { userId: user.user_id };
    if (card?.blocked === true) return { code: 6404, ...whose };
    if (user === undefined) return { code: mobile ? 4360 : 4354 };
    if (user.disabled) return { code: 6402, ...whose };
    if (Date.parse(user.start) > Date.now() || Date.parse(user.expiry) < Date.now()) return { code: 6403, ...whose };
    return { code: mobile ? 4118 : 4102, ...whose };
  }

  routes(): Route[] {
    return [
      ['POST', '/api/events/search', ({ body }) => {
        const query = record(body['Query']);
        const conditions = list(query['conditions']).map(record);
        const found = this.rows.filter((row) => conditions.every((condition) => holds(row, condition)));
        const order = record(list(query['orders'])[0]);
        const column = text(order['column']) || 'datetime';
        found.sort((a, b) => compared(valuesOf(a, column)[0] ?? '', valuesOf(b, column)[0] ?? '') || Number(a['id']) - Number(b['id']));
        if (order['descending'] !== false && text(order['descending']) !== 'false') found.reverse();
        const [limit, offset] = [Number(text(query['limit'])), Number(text(query['offset']))];
        return ok({ EventCollection: { rows: limit > 0 ? found.slice(offset, offset + limit) : found.slice(offset) } });
      }],
      ['GET', '/api/event_types', () => ok({
        EventTypeCollection: { total: Object.keys(NAMES).length, rows: Object.entries(NAMES).map(([code, name]) => ({ code, name, description: name, enable_alert: false })) },
      })],
    ];
  }
}

/** What a column of a search names in a row: `event_type_id.code`, `door_id.id`, `device_id`... */
function valuesOf(row: Json, column: string): string[] {
  const [key = '', inner] = column.split('.');
  return list(row[key]).map((value) => typeof value === 'object' ? text(record(value)[inner ?? 'id']) : text(value));
}

/** Numbers as numbers, date-times as times. */
function compared(a: string, b: string): number {
  const number = (value: string): number => /^-?\d+$/.test(value) ? Number(value) : Date.parse(value);
  const difference = number(a) - number(b);
  return Number.isNaN(difference) ? a.localeCompare(b) : difference;
}

function holds(row: Json, condition: Json): boolean {
  const have = valuesOf(row, text(condition['column']));
  const [first = '', second = ''] = list(condition['values']).map(text);
  const oneOf = (): boolean => list(condition['values']).some((value) => have.some((mine) => compared(mine, text(value)) === 0));
  const some = (test: (mine: string) => boolean): boolean => have.some(test);
  switch (Number(text(condition['operator']))) {
    case 0: case 2: return oneOf();
    case 1: return !oneOf();
    case 3: return some((mine) => compared(mine, first) >= 0 && compared(mine, second) <= 0);
    case 4: return some((mine) => mine.includes(first.replaceAll('%', '')));
    case 5: return some((mine) => compared(mine, first) > 0);
    default: return some((mine) => compared(mine, first) < 0);
  }
}
