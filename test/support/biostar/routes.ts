import { type Books, type Json, type PlainCard, type PlainUser } from './books';

/** What a route answers: HTTP status, code and body beside the `Response`. */
export interface Reply { http?: number; code?: string | number; body?: Json; bare?: boolean; text?: string }
export interface Asked { path: string; query: URLSearchParams; body: Json; books: Books; options: Options; raw: Buffer }
export interface Options {
  siteType: 'REGULAR' | 'DYNAMIC';
  siteId: string;
  alphanumeric: boolean;
  rows: 'array' | 'quirks';
  /** Milliseconds that an import goes on after its answer with code 4; 0: it answers when it is done. */
  csvTaskMs: number;
  blacklistHttp500: boolean;
  /** Devices that do not answer: doors by ID get 1001. */
  offlineDoors: Set<string>;
  files: Map<string, string>;
}

type Handler = (asked: Asked) => Reply;

const list = (value: unknown): Json[] => (Array.isArray(value) ? value as Json[] : typeof value === 'object' && value !== null ? [value as Json] : []);
const at = (body: unknown, ...path: string[]): unknown => path.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], body);
const idsIn = (query: URLSearchParams): string[] => (query.get('id') ?? '').split(/[ +,]/).filter((id) => id !== '');

export const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /api/setting/biostar': ({ books, options }) => ({
    body: {
      BioStar: {
        mobile: { use_mobile_credential: books.portal.configured ? '1' : '0', email: 'a@b.example', password: '****', siteid: options.siteId, site_type: options.siteType },
        use_alphanumeric: String(options.alphanumeric), session_timeout: '3600',
      },
    },
  }),
  'GET /api/users/:id': ({ path, books }) => {
    const found = books.users.get(decodeURIComponent(path.slice('/api/users/'.length)));
    return found === undefined ? { http: 404, code: 201 } : { body: { User: userRow(found, books, true) } };
  },
  'POST /api/users': ({ body, books, options }) => {
    const given = at(body, 'User') as Json;
    const id = String(given['user_id']);
    if (books.users.has(id)) return { http: 400, code: 202 };
    if (!options.alphanumeric && !/^\d+$/.test(id)) return { http: 400, code: 131073 };
    if (String(given['name']).includes('\'')) return { http: 400, code: 131074 };
    if (takenEmail(books, id, given['email'])) return { http: 400, code: 212 };
    change(books.addUser(id, String(given['name']), ''), given);
    return { body: { UserCollection: { total: '1', rows: [{ user_id: id }] } } };
  },
  'PUT /api/users/:id': ({ path, body, books }) => {
    const found = books.users.get(decodeURIComponent(path.slice('/api/users/'.length)));
    if (found === undefined) return { http: 400, code: 201 };
    const given = at(body, 'User') as Json;
    if (takenEmail(books, found.user_id, given['email'])) return { http: 400, code: 212 };
    if ('cards' in given) {
      const uids = list(given['cards']).map(({ id }) => String(id));
      if (uids.some((uid) => !books.cards.has(uid))) return { http: 400, code: 400 };
      if (uids.some((uid) => (books.ownerOf(uid)?.user_id ?? found.user_id) !== found.user_id)) return { http: 400, code: 408 };
      found.cards = uids;
    }
    change(found, given);
    return {};
  },
  'DELETE /api/users': ({ query, books }) => {
    const ids = idsIn(query);
    if (ids.includes('1')) return { http: 400, code: 205 };
    for (const id of ids) books.users.delete(id);
    return {};
  },
  'POST /api/v2/users/search': ({ body, books, options }) => {
    const text = String(body['search_text'] ?? '');
    return page([...books.users.values()].filter((one) => JSON.stringify([one.user_id, one.name, one.email]).includes(text)), Number(body['limit'] ?? 0), 0, (one) => userRow(one, books, false), 'UserCollection', options);
  },
  'POST /api/v2/users/advance_search': ({ body, books, options }) =>
    page([...books.users.values()], Number(body['limit']), Number(body['offset'] ?? 0), (one) => userRow(one, books, false), 'UserCollection', options),
  'POST /api/v2/access_groups/search': () => ({ body: { AccessGroupCollection: { total: '1', rows: [{ id: '3', name: 'Everyone' }] } } }),
  'GET /api/user_groups': () => ({ body: { UserGroupCollection: { total: '1', rows: [{ id: '1', name: 'All Users' }] } } }),
  'GET /api/v2/cards/registered': ({ query, books }) => {
    const card = books.withNumber(query.get('card_id') ?? '');
    return { body: card === undefined ? {} : { Card: { id: Number(card.id), crdTypUid: 4, crdCsn: card.card_id } } };
  },
  'POST /api/cards': ({ body, books }) => {
    const [row] = list(at(body, 'CardCollection', 'rows'));
    const number = String(row?.['card_id']);
    if (!/^[1-9]\d{0,31}$/.test(number)) return { http: 400, code: 415 };
    const known = books.withNumber(number);
    if (known !== undefined) return { http: 409, code: books.register.has(known.id) ? 65749 : 65651 };
    const card = books.addCard(number, String(at(row, 'card_type', 'type')));
    return { body: { CardCollection: { rows: [{ id: card.id, card_id: number }] } } };
  },
  'GET /api/cards': ({ query, books, options }) => {
    const text = query.get('query') ?? '';
    const mobile = query.get('card_type') === 'mobile';
    const found = [...books.cards.values()].filter((card) => (!mobile || card.type === '4') && (card.card_id.includes(text) || books.ownerOf(card.id)?.user_id.includes(text) === true));
    return page(found, Number(query.get('limit') ?? 0), Number(query.get('offset') ?? 0), (card) => cardRow(card, books), 'CardCollection', options);
  },
  'GET /api/cards/blacklist': ({ query, books, options }) =>
    page([...books.cards.values()].filter(({ blocked }) => blocked), Number(query.get('limit') ?? 0), Number(query.get('offset') ?? 0), (card) => cardRow(card, books), 'CardCollection', options),
  'POST /api/cards/blacklist': ({ body, books, options }) => {
    const card = books.cards.get(String(at(body, 'Blacklist', 'card_id', 'id')));
    if (card === undefined) return { http: 400, code: 262202 };
    if (card.blocked) return { http: options.blacklistHttp500 ? 500 : 400, code: 262201 };
    card.blocked = true;
    return {};
  },
  'DELETE /api/cards/blacklist': ({ query, books, options }) => {
    const cards = idsIn(query).map((id) => books.cards.get(id));
    if (cards.some((card) => card === undefined)) return { http: 400, code: 262202 };
    if (!cards.some((card) => card?.blocked)) return { http: options.blacklistHttp500 ? 500 : 400, code: 262204 };
    for (const card of cards) if (card !== undefined) card.blocked = false;
    return {};
  },
  'POST /api/v2/mobile': ({ body, books }) => {
    const mobile = at(body, 'MobileCollection', 'mobile');
    const first = (key: string): string => String((at(mobile, key) as unknown[] | undefined)?.[0] ?? '');
    return issued(books, first('card_id'), first('user_id'), first('name'));
  },
  'POST /api/v2/mobile/replace': ({ body, books }) => {
    const former = String((at(body, 'MobileCollection', 'delete_card_id') as unknown[])[0]);
    const mobile = at(body, 'MobileCollection', 'mobile');
    const first = (key: string): string => String((at(mobile, key) as unknown[] | undefined)?.[0] ?? '');
    if (books.portal.credits < 1) return { http: 400, code: 1403 };
    books.portal.cards.delete(former);
    const reply = issued(books, first('card_id'), first('user_id'), first('name'));
    return reply.code === undefined ? { body: { MobileCollection: { issued: { user_id: first('user_id'), number: first('card_id'), portalrslt: 'Y' }, delete_failed: [] } } } : reply;
  },
  'POST /api/v2/mobile/delete': ({ body, books }) => {
    const mobile = at(body, 'MobileCollection', 'mobile');
    const numbers = (at(mobile, 'card_id') as unknown[]).map(String);
    const users = (at(mobile, 'user_id') as unknown[]).map(String);
    for (const card of [...books.portal.cards.values()]) if (numbers.includes(card.number) || users.includes(card.userKey)) deleted(books, card.number);
    return { body: { failedUsers: [], failedCards: [], mobileUsers: users, status: 0, errorMessage: '' } };
  },
  'GET /api/v2/cards/mobile/search': ({ query, books, options }) =>
    page([...books.register].flatMap((uid) => books.cards.get(uid) ?? []), Number(query.get('limit')), Number(query.get('offset')), (card) => ({ ...cardRow(card, books), user_id: '' }), 'CardCollection', options),
  'DELETE /api/v2/cards/mobile/enable': ({ query, books }) => {
    for (const id of idsIn(query)) {
      books.register.delete(id);
      books.cards.delete(id);
    }
    return { bare: true };
  },
  'POST /api/v2/devices/search': () => ({ body: { DeviceCollection: { rows: [{ id: '541531007', name: 'XPass', status: '1' }] } } }),
  'POST /api/v2/doors/search': ({ books }) => ({ body: { DoorCollection: { total: '2', rows: books.doors } } }),
  'POST /api/doors/open': doorCommand(20480), 'POST /api/doors/lock': doorCommand(23812), 'POST /api/doors/unlock': doorCommand(24068), 'POST /api/doors/release': doorCommand(23556),
  'POST /api/doors/status': ({ books }) => ({ body: { DoorStatusCollection: { rows: books.doors.map(({ id }) => ({ door_id: { id }, opened: 'false', unlocked: 'false', status: '0' })) } } }),
  'POST /api/events/search': ({ body, books, options }) => {
    const conditions = list(at(body, 'Query', 'conditions'));
    const limit = Number(at(body, 'Query', 'limit') ?? 0);
    const [from = '', to = '9'] = (conditions.find(({ column }) => column === 'datetime')?.['values'] as string[] | undefined) ?? [];
    const found = books.events.filter(({ row }) => String(row['datetime']) >= from.slice(0, 19) && String(row['datetime']) <= to);
    found.sort((a, b) => (String(a.row['datetime']) === String(b.row['datetime']) ? Number(a.id) - Number(b.id) : String(a.row['datetime']) < String(b.row['datetime']) ? -1 : 1));
    if (list(at(body, 'Query', 'orders'))[0]?.['descending'] === true) found.reverse();
    return { body: { EventCollection: { rows: rowsOf(found.slice(0, limit || undefined).map(({ row }) => row), options) } } };
  },
  'POST /api/attachments': ({ raw, options }) => {
    const name = /filename="([^"]+)"/.exec(raw.toString())?.[1] ?? 'x.csv';
    options.files.set(name, raw.toString().split('\r\n\r\n')[1]?.split('\r\n--')[0] ?? '');
    return { body: { filename: name } };
  },
  'POST /api/users/csv_import': ({ body, books, options }) => csvImport(body, books, options),
  'POST /api/users/csv_export': ({ books, options }) => {
    options.files.set('User_1.csv', ['user_id,name', ...[...books.users.values()].map((one) => `${one.user_id},${one.name}`)].join('\r\n'));
    return { body: { File: { uri: 'User_1.csv' } } };
  },
};

function csvImport(body: Json, books: Books, options: Options): Reply {
  const text = options.files.get(String(at(body, 'File', 'uri'))) ?? '';
  const [head = '', ...lines] = text.split('\r\n').filter((line) => line !== '');
  const names = head.split(',');
  const columns = at(body, 'Query', 'columns') as string[];
  const headers = at(body, 'Query', 'headers') as string[];
  const overwrite = at(body, 'CsvOption', 'import_option') === 2;
  const work = (): number[] => lines.flatMap((line, index) => {
    const fields = line.split(',');
    const value = (column: string): string => fields[names.indexOf(headers[columns.indexOf(column)] ?? '')] ?? '';
    if (!/^\d+$/.test(value('user_id'))) return [index + 2];
    const known = books.users.get(value('user_id'));
    if (known === undefined) books.addUser(value('user_id'), value('name'), value('email'));
    else if (overwrite) Object.assign(known, { name: value('name'), email: value('email') });
    return [];
  });
  if (options.csvTaskMs > 0) {
    setTimeout(work, options.csvTaskMs);
    return { code: 4, body: { Response: { code: '4', task_id: '77', message: 'timed out' } } };
  }
  const failed = work();
  if (failed.length === 0) return {};
  options.files.set('failed.csv', [head, ...failed.map((line) => lines[line - 2])].join('\r\n'));
  const rest = { CsvRowCollection: { total: String(failed.length), rows: failed.map(String) }, File: { uri: 'failed.csv' } };
  return failed.length === lines.length ? { http: 404, code: 8, body: rest } : { code: 1, body: rest };
}

function issued(books: Books, number: string, userKey: string, name: string): Reply {
  const { portal } = books;
  if (!portal.configured) return { http: 400, code: 1400 };
  if (number === '' || userKey === '') return { http: 400, code: 2007 };
  if (portal.cards.has(number)) return { http: 400, code: 'u1001' };
  if ([...portal.cards.values()].some((card) => card.userKey === userKey)) return { http: 400, code: 262189 };
  if (portal.credits < 1) return { http: 400, code: 1403 };
  portal.credits -= 1;
  portal.spent += 1;
  portal.cards.set(number, { number, userKey, status: 'INACTIVE' });
  return {
    body: {
      MobileCollection: {
        listMobile: [{ userid: userKey, crdid: number, portalrslt: '' }],
        recordMobile: [{ number, status: 'INACTIVE', cardType: 'REGULAR', name }],
      },
    },
  };
}

function deleted(books: Books, number: string): void {
  books.portal.cards.delete(number);
  const card = books.withNumber(number);
  if (card !== undefined) books.register.add(card.id);
}

function doorCommand(code: number): Handler {
  return ({ body, books, options }) => {
    const rows = list(at(body, 'DoorCollection', 'rows')).map(({ id }) => String(id)).filter((id) => books.doors.some((door) => door.id === id));
    const answers = rows.map((id) => ({ id, code: options.offlineDoors.has(id) ? '1001' : '0' }));
    for (const { id, code: one } of answers) if (one === '0') books.addEvent(code, { door_id: [{ id, name: books.doors.find((door) => door.id === id)?.name }] });
    const failed = answers.filter(({ code: one }) => one !== '0').length;
    return { code: failed === 0 ? 0 : failed === answers.length ? 8 : 5, body: { DoorResponse: { rows: rowsOf(answers, options) } } };
  };
}

function page<T>(all: readonly T[], limit: number, offset: number, row: (one: T) => Json, collection: string, options: Options): Reply {
  const part = limit > 0 ? all.slice(offset, offset + limit) : all;
  return { body: { [collection]: { total: String(all.length), rows: rowsOf(part.map(row), options) } } };
}

/** As the server does it: nothing is "", and one alone comes without its array. */
function rowsOf(rows: readonly Json[], { rows: style }: Options): unknown {
  if (style === 'array') return rows;
  return rows.length === 0 ? '' : rows.length === 1 ? rows[0] : rows;
}

function takenEmail(books: Books, id: string, email: unknown): boolean {
  return typeof email === 'string' && email !== '' && [...books.users.values()].some((one) => one.user_id !== id && one.email === email);
}

function change(user: PlainUser, given: Json): void {
  for (const key of ['name', 'email', 'phone', 'department', 'user_title', 'start_datetime', 'expiry_datetime'] as const) if (typeof given[key] === 'string') user[key] = given[key];
  if ('disabled' in given) user.disabled = given['disabled'] === 'true';
  if ('access_groups' in given) user.accessGroups = list(given['access_groups']).map(({ id }) => String(id));
}

function userRow(user: PlainUser, books: Books, withCards: boolean): Json {
  const cards = user.cards.flatMap((uid) => books.cards.get(uid) ?? []);
  return {
    user_id: user.user_id, name: user.name, email: user.email, phone: user.phone, department: user.department, user_title: user.user_title,
    user_group_id: { id: user.group, name: 'All Users' }, access_groups: user.accessGroups.map((id) => ({ id, name: 'Everyone' })),
    start_datetime: user.start_datetime, expiry_datetime: user.expiry_datetime, disabled: user.disabled,
    card_count: cards.length, mobile_count: cards.filter(({ type }) => type === '4').length,
    ...(withCards && cards.length > 0 ? { cards: cards.map((card) => cardRow(card, books)) } : withCards ? { cards: '' } : {}),
  };
}

function cardRow(card: PlainCard, books: Books): Json {
  const owner = books.ownerOf(card.id);
  return {
    id: card.id, card_id: card.card_id, display_card_id: card.card_id, status: card.blocked ? 2 : owner === undefined ? 0 : 1,
    is_blocked: card.blocked, is_assigned: owner !== undefined, card_type: { id: card.type === '4' ? '4' : '0', type: card.type }, mobile_card: card.type === '4',
    ...(owner === undefined ? {} : { user_id: { user_id: owner.user_id, name: owner.name } }),
  };
}
