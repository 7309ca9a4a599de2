import { McError } from '../mc-error';

/** What of a row becomes a person, under the names of an issue's input. */
export const IMPORT_FIELDS = ['userId', 'name', 'email', 'phone', 'department', 'title', 'validFrom', 'validTo', 'cardId', 'doors'] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** BioStar's column names (suprema-api A3.1) and our own. */
const FIELD_OF: Readonly<Record<string, ImportField>> = {
  user_id: 'userId', name: 'name', email: 'email', phone: 'phone', department: 'department', user_title: 'title',
  mobile_start_datetime: 'validFrom', mobile_expiry_datetime: 'validTo', csn_mobile: 'cardId',
  ...Object.fromEntries(IMPORT_FIELDS.map((field) => [field, field])),
};

/** BioStar's columns that carry another credential: one of these as the mobile card would spend a credit on each row. */
const OTHER_CARDS = [
  'csn', 'qr', 'pin', 'access_on_card', '26 bit SIA Standard-H10301', 'HID 37 bit-H10302', 'HID 37 bit-H10304',
  'HID Corporate 1000', 'HID Corporate 1000 48bit',
];
/** Columns of BioStar, or of our own report of failed rows, that say nothing about a mobile credential. */
const LEFT_ASIDE = [...OTHER_CARDS, 'user_group', 'start_datetime', 'expiry_datetime', 'face_image_file1', 'face_image_file2', 'error'];
const MOST_COLUMNS = 200;

/** `{ "<column of the file>": "<BioStar's column name>" }`; an empty name leaves the column aside. */
export type ImportMapping = Readonly<Record<string, string>>;

/**
 * The field that each column feeds, or null for one that is left aside. Refuses what would spend credits on a mistake:
 * unknown columns, two of one name or for one field, a physical card taken for the mobile one.
 * @param fromNode true where the mapping is the node's own property: then it is the settings that are wrong
 */
export function importColumns(headers: readonly string[], mapping: ImportMapping, fromNode: boolean): (ImportField | null)[] {
  if (headers.length > MOST_COLUMNS) throw new McError('INPUT_INVALID', `The file has more than ${MOST_COLUMNS} columns.`);
  const names = headers.map((header) => header.trim());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new McError('INPUT_INVALID', `The column ${shown(twice)} is there twice. Rename or remove one.`);
  const missing = Object.keys(mapping).find((column) => !names.includes(column));
  if (missing !== undefined) throw wrongMapping(fromNode, `names a column ${shown(missing)} that the file does not have`);
  const fields = names.map((name) => fieldOf(name, mapping, fromNode));
  const both = fields.find((field, index) => field !== null && fields.indexOf(field) !== index);
  if (both != null) throw wrongMapping(fromNode, `and names of columns lead to "${both}" twice. Map one of them to ""`);
  if (!fields.includes('userId')) {
    throw new McError('INPUT_INVALID', `There is no column "user_id". The columns found are: ${names.slice(0, 10).map(shown).join(', ')}. Is the file separated by , or ; and are its names in the first line? Otherwise say in "mapping" which column it is.`);
  }
  return fields;
}

function fieldOf(name: string, mapping: ImportMapping, fromNode: boolean): ImportField | null {
  const target = mapping[name];
  if (target === '') return null;
  const column = target ?? name;
  const field = Object.hasOwn(FIELD_OF, column) ? FIELD_OF[column] as ImportField : null;
  if (field === 'cardId' && OTHER_CARDS.includes(name)) {
    throw wrongMapping(fromNode, `takes ${shown(name)}, which is a physical card or a PIN, for the mobile card. That would spend a credit on each row and cannot be undone`);
  }
  if (field !== null || LEFT_ASIDE.includes(column)) return field;
  if (target !== undefined) throw wrongMapping(fromNode, `maps ${shown(name)} to ${shown(target)}, which is no column of BioStar`);
  throw new McError('INPUT_INVALID', `The column ${shown(name)} is not known. Map it in "mapping" to one of BioStar's columns, or to "" to leave it aside: a mistyped "csn_mobile" would spend credits on drawn numbers.`);
}

function wrongMapping(fromNode: boolean, what: string): McError {
  return new McError(fromNode ? 'CONFIG_INVALID' : 'INPUT_INVALID', `"mapping" ${what}.`);
}

function shown(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}
