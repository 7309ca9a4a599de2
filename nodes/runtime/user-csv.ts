import type { ImportMapping } from '../credential/import/import-columns';
import { McError } from '../credential/mc-error';
import type { CsvFile } from '../site/biostar/csv-import';
import { csvTable } from './csv-table';

/** BioStar's columns that a file may feed (suprema-api A3.1); others are its custom fields. */
const MOBILE = 'csn_mobile';
const OTHER_CARDS = ['csn', 'qr', 'pin', 'access_on_card'];

/**
 * A CSV file for BioStar's own import: its text with `,` between the fields, and which column feeds what. Throws
 * INPUT_INVALID, ROW_LIMIT; refuses a physical card taken for the mobile one, which would spend a credit a row.
 */
export async function userCsv(payload: unknown, mapping: ImportMapping | null, maxRows: number): Promise<CsvFile & { mobileCards: number }> {
  if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) throw new McError('INPUT_INVALID', 'The payload must be the text of a CSV file, or a Buffer of one.');
  const { headers, rows } = await csvTable(payload, maxRows);
  const names = headers.map((header) => header.trim());
  const missing = Object.keys(mapping ?? {}).find((name) => !names.includes(name));
  if (missing !== undefined) throw new McError('INPUT_INVALID', `The mapping names a column "${missing}" that the file does not have.`);
  const columns = names.map((name) => mapping?.[name] ?? name);
  const used = columns.filter((column) => column !== '');
  const twice = used.find((column, index) => used.indexOf(column) !== index);
  if (twice !== undefined) throw new McError('INPUT_INVALID', `Two columns of the file lead to "${twice}". Map one of them to "".`);
  const swapped = names.find((name, index) => columns[index] === MOBILE && OTHER_CARDS.includes(name));
  if (swapped !== undefined) throw new McError('INPUT_INVALID', `The mapping takes "${swapped}", which is a physical card or a PIN, for the mobile card. That would spend a credit on each row.`);
  const at = columns.indexOf('user_id');
  if (at < 0) throw new McError('INPUT_INVALID', 'There is no column "user_id". Say in "mapping" which column it is.');
  const cell = (row: readonly unknown[], index: number): string => textIn(row[index]).trim();
  const userIds = rows.map((row) => cell(row, at)).filter((userId) => userId !== '');
  const mobileAt = columns.indexOf(MOBILE);
  const mobileCards = mobileAt < 0 ? 0 : rows.filter((row) => cell(row, mobileAt) !== '').length;
  const text = [names, ...rows].map((row) => row.map((field) => quoted(textIn(field))).join(',')).join('\r\n');
  return { text: `${text}\r\n`, headers: names, columns, userIds, mobileCards };
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
