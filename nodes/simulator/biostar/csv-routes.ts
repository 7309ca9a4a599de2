import { BiostarError } from './biostar-error';
import type { BiostarServer } from './biostar-server';
import { csvLine, csvRecords } from './csv-table';
import type { Reply, Routes } from './route';
import { type Fields, idsOf, part, textAt } from './wire';

const COLUMNS = [
  'user_id', 'name', 'department', 'user_title', 'phone', 'email', 'user_group', 'start_datetime', 'expiry_datetime', 'csn',
  'mobile_start_datetime', 'mobile_expiry_datetime', 'csn_mobile', 'qr', 'pin',
];
const TASK_PIECE = 50;

/** Users by CSV files (suprema-api A3.1, C10). */
export const CSV_ROUTES: Routes = {
  'GET /api/users/csv_option': () => ({ body: { CsvOption: { columns: COLUMNS } } }),
  'POST /api/attachments': (server, { raw }) => {
    const text = raw.toString('utf8');
    const name = /filename="([^"\r\n/\\]{1,200})"/.exec(text)?.[1];
    const content = /\r\n\r\n([\s\S]*?)\r\n--/.exec(text)?.[1];
    if (name === undefined || content === undefined) throw new BiostarError(30, 400, 'There is no file.');
    server.files.put(name, content);
    return { body: { filename: name } };
  },
  'POST /api/users/csv_import': (server, { body }) => csvImport(server, body),
  'POST /api/users/csv_export': (server, { query, body }) => {
    const columns = (part(body, 'Query')['columns'] as unknown[] | undefined ?? ['user_id', 'name']).map(String);
    const ids = idsOf(query.get('id'));
    const users = [...server.users.all.values()].filter(({ userId }) => ids.length === 0 || ids[0] === '*' || ids.includes(userId));
    const name = `User_${users.length}_${server.users.all.size}.csv`;
    server.files.put(name, `\uFEFF${[columns, ...users.map((user) => columns.map((column) => fieldOf(server, user.userId, column)))].map(csvLine).join('\r\n')}\r\n`);
    return { body: { File: { uri: name } } };
  },
  'GET /download/:id': (server, { id }) => {
    const file = server.files.get(id);
    if (file === undefined) throw new BiostarError(103, 404, 'There is no such file.');
    return { file };
  },
};

function csvImport(server: BiostarServer, body: Fields): Reply {
  const file = server.files.get(textAt(part(body, 'File'), 'uri'));
  if (file === undefined) throw new BiostarError(30, 400, 'There is no such file.');
  const option = part(body, 'CsvOption');
  const query = part(body, 'Query');
  const [columns, headers] = [query['columns'], query['headers']].map((value) => (Array.isArray(value) ? (value as unknown[]).map(String) : []));
  const [names = [], ...records] = csvRecords(file.replace(/^\uFEFF/, ''));
  const start = Math.max(2, Number(textAt(option, 'start_line')) || 2);
  const overwrite = textAt(option, 'import_option') === '2';
  const rows = records.slice(start - 2).map((record, index) => ({ line: start + index, record }));
  const take = ({ record }: { record: string[] }): boolean => takeRow(server, overwrite, (column) => {
    const header = headers?.[columns?.indexOf(column) ?? -1];
    return header === undefined || header === '' ? null : record[names.indexOf(header)] ?? null;
  });
  if (rows.length > server.csvTaskRows) {
    const pieces = Array.from({ length: Math.ceil(rows.length / TASK_PIECE) }, (_, piece) => () => { rows.slice(piece * TASK_PIECE, (piece + 1) * TASK_PIECE).forEach(take); });
    server.files.later(pieces);
    return { code: 4, body: { Response: { task_id: String(rows.length) } } };
  }
  const failed = rows.filter((row) => !take(row));
  if (failed.length === 0) return {};
  const name = 'failed_users.csv';
  server.files.put(name, `${[names, ...failed.map(({ record }) => record)].map(csvLine).join('\r\n')}\r\n`);
  const rest = { CsvRowCollection: { total: String(failed.length), rows: failed.map(({ line }) => String(line)) }, File: { uri: name } };
  return failed.length === rows.length ? { code: 8, http: 404, body: rest } : { code: 1, body: rest };
}

/** One row, a transaction of its own (E13). False where the server refuses it. */
function takeRow(server: BiostarServer, overwrite: boolean, value: (column: string) => string | null): boolean {
  const userId = value('user_id')?.trim() ?? '';
  try {
    const known = server.users.all.get(userId);
    if (known !== undefined && !overwrite) return true;
    const given: Fields = {};
    for (const column of ['name', 'email', 'phone', 'department', 'user_title', 'start_datetime', 'expiry_datetime']) {
      const text = value(column);
      if (text !== null && text !== '') given[column] = text;
    }
    const user = known ?? server.users.create({ user_group_id: { id: '1' }, start_datetime: '2001-01-01T00:00:00.00Z', expiry_datetime: '2030-12-31T23:59:00.00Z', ...given, user_id: userId });
    if (known !== undefined) server.users.update(known, given);
    const mobile = value('csn_mobile') ?? '';
    if (mobile !== '') issueMobile(server, userId, mobile);
    server.events.tell(known === undefined ? 8192 : 8704, { user });
    return true;
  } catch (error) {
    if (error instanceof BiostarError) return false;
    throw error;
  }
}

/** The same number as the present card changes nothing; another one issues a new card and spends a credit (C10). */
function issueMobile(server: BiostarServer, userId: string, number: string): void {
  const user = server.users.get(userId);
  const present = user.cards.map((uid) => server.cards.all.get(uid)).find((card) => card?.type === '4');
  if (present?.number === number) return;
  if (present !== undefined) {
    server.mobile.delete([present.number], []);
    user.cards = user.cards.filter((uid) => uid !== present.uid);
  }
  const card = server.cards.create(number, '4');
  server.mobile.issue({ user_id: [userId], card_id: [number], name: [user.name], email: [user.email], phone: [user.phone], department: [user.department], title: [user.title] });
  user.cards = [...user.cards, card.uid];
}

function fieldOf(server: BiostarServer, userId: string, column: string): string {
  const user = server.users.get(userId);
  const cards = user.cards.flatMap((uid) => server.cards.all.get(uid) ?? []);
  const fields: Readonly<Record<string, string>> = {
    user_id: user.userId, name: user.name, email: user.email, phone: user.phone, department: user.department, user_title: user.title, user_group: 'All Users',
    start_datetime: user.startDatetime, expiry_datetime: user.expiryDatetime, mobile_count: String(cards.filter(({ type }) => type === '4').length),
    csn: cards.find(({ type }) => type !== '4')?.number ?? '', csn_mobile: cards.find(({ type }) => type === '4')?.number ?? '',
  };
  return fields[column] ?? '';
}
