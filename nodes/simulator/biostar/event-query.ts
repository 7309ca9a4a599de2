import { BiostarError } from './biostar-error';
import { type Fields, isFields, rowsAt, textAt } from './wire';

/** What a column of a search means in a row; null: the server does not know it (suprema-api A9). */
const COLUMNS: Readonly<Record<string, (row: Fields) => string>> = {
  id: (row) => textAt(row, 'id'),
  datetime: (row) => timeText(textAt(row, 'datetime')),
  server_datetime: (row) => timeText(textAt(row, 'server_datetime')),
  'event_type_id.code': (row) => inside(row, 'event_type_id', 'code'),
  'user_id.user_id': (row) => inside(row, 'user_id', 'user_id'),
  device_id: (row) => inside(row, 'device_id', 'id'),
  'device_id.id': (row) => inside(row, 'device_id', 'id'),
  'door_id.id': (row) => textAt(rowsAt(row, 'door_id')[0] ?? {}, 'id'),
};

/** Rows of a search, in its order. Code 30 for a column or operator that does not exist. */
export function searched(rows: readonly Fields[], body: Fields): Fields[] {
  const query = isFields(body['Query']) ? body['Query'] : {};
  let found = [...rows];
  for (const condition of rowsAt(query, 'conditions')) {
    const column = columnOf(condition);
    const values = Array.isArray(condition['values']) ? (condition['values'] as unknown[]).map(String) : [];
    const wanted = textAt(condition, 'column').endsWith('datetime') ? values.map(timeText) : values;
    found = found.filter((row) => holds(textAt(condition, 'operator'), column(row), wanted));
  }
  for (const order of rowsAt(query, 'orders')) {
    const column = columnOf(order);
    const sign = textAt(order, 'descending') === 'true' ? -1 : 1;
    found.sort((a, b) => sign * (compare(column(a), column(b)) || compare(textAt(a, 'id'), textAt(b, 'id'))));
  }
  const limit = Number(textAt(query, 'limit'));
  return limit > 0 ? found.slice(0, limit) : found;
}

function columnOf(part: Fields): (row: Fields) => string {
  const column = COLUMNS[textAt(part, 'column')];
  if (column === undefined) throw new BiostarError(30, 400, `There is no column ${textAt(part, 'column')}.`);
  return column;
}

/** EQUAL 0, NOT_EQUAL 1, CONTAINS 2, BETWEEN 3, LIKE 4, GREATER 5, LESS 6. */
function holds(operator: string, value: string, wanted: readonly string[]): boolean {
  const [first = '', second = ''] = wanted;
  switch (operator) {
    case '0': return value === first;
    case '1': return value !== first;
    case '2': return wanted.includes(value);
    case '3': return compare(value, first) >= 0 && compare(value, second) <= 0;
    case '4': return value.includes(first.replaceAll('%', ''));
    case '5': return compare(value, first) > 0;
    case '6': return compare(value, first) < 0;
    default: throw new BiostarError(30, 400, 'Unknown operator.');
  }
}

function compare(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function timeText(text: string): string {
  const ms = Date.parse(text.replace(/\.00Z$/, '.000Z'));
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}

function inside(row: Fields, key: string, inner: string): string {
  const value = row[key];
  return isFields(value) ? textAt(value, inner) : '';
}
