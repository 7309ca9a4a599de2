import { PACKAGE } from './package-name';
import { editor, type Words } from './red';

/** A word of a node type's own catalog, e.g. `word('mc-door', 'label.strike')`. */
export function word(type: string, key: string, values?: Words): string {
  return editor.word(`${PACKAGE}/${type}:${type}.${key}`, values);
}

/** A word that all node types share; it lies once, in the catalog of mc-site. */
export function commonWord(key: string, values?: Words): string {
  return editor.word(`${PACKAGE}/mc-site:common.${key}`, values);
}
