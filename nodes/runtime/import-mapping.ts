import type { ImportMapping } from '../credential/import/import-columns';
import { McError } from '../credential/mc-error';

/** A mapping of columns and whose it is, or null where there is none. CONFIG_INVALID or INPUT_INVALID by whose it is. */
export function importMapping(value: unknown, fromNode: boolean): { mapping: ImportMapping; fromNode: boolean } | null {
  if (value === undefined || value === null || value === '') return null;
  const isMapping = typeof value === 'object' && !Array.isArray(value) && Object.values(value).every((name) => typeof name === 'string');
  if (!isMapping) {
    throw new McError(fromNode ? 'CONFIG_INVALID' : 'INPUT_INVALID', '"mapping" must be an object such as { "Staff no.": "user_id", "Remarks": "" }.');
  }
  return Object.keys(value).length === 0 ? null : { mapping: value as ImportMapping, fromNode };
}
