import { McError } from '../../credential/mc-error';
import { readRules } from '../../access/rules/read-rules';
import { GENERAL, PARTS } from './shapes';
import { type Fields, isFields } from './slot';

const OPENING = 'The rules are refused as a whole: ';
const KNOWN = ['rules', 'version', ...GENERAL.map(({ key }) => key), ...PARTS.map(({ part }) => part)];

/** All that is wrong with a document, each by the name of its field: what mc-access would say of it, and what has no name yet. */
export function problemsOf(document: Fields): string[] {
  const nameless = PARTS.filter(({ part, listed }) => !listed && isFields(document[part]) && '' in document[part]).map(({ part }) => `${part}.: has no name`);
  return [...nameless, ...refusals(document)];
}

function refusals(document: Fields): string[] {
  try {
    readRules(document);
    return [];
  } catch (error) {
    if (!(error instanceof McError)) throw error;
    return apart(error.message, [...KNOWN, ...Object.keys(document)]);
  }
}

/** The single problems of a message: each begins with the name of a field, which begins with that of a part. */
function apart(message: string, parts: readonly string[]): string[] {
  const begins = parts.map((part) => part.replace(/[^\w-]/g, (sign) => `\\${sign}`)).join('|');
  return message.replace(OPENING, '').replace(/\.$/, '').split(new RegExp(`; (?=(?:${begins})[.:[])`));
}
