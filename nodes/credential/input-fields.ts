import { isCardNumber } from './card-number';
import { McError } from './mc-error';

/** Longer texts are refused before anything looks at them. */
const LONGEST_TEXT = 10_000;
const LONGEST_USER_ID = 48;

/** The fields of an input message. Anything but a plain object is INPUT_INVALID. */
export function fieldsOf(input: unknown, wanted: string): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new McError('INPUT_INVALID', `The payload must be ${wanted}.`);
  }
  return input as Record<string, unknown>;
}

/** Trimmed NFC text, or null where the field is absent or empty. Other types and endless texts are INPUT_INVALID. */
export function optionalText(fields: Readonly<Record<string, unknown>>, name: string, longest: number): string | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw new McError('INPUT_INVALID', `"${name}" must be text.`);
  if (value.length > LONGEST_TEXT) throw tooLong(name, longest);
  const text = value.normalize('NFC').trim();
  if ([...text].length > longest) throw tooLong(name, longest);
  if (/\p{Cc}/u.test(text)) throw new McError('INPUT_INVALID', `"${name}" contains control characters.`);
  return text === '' ? null : text;
}

/**
 * A user ID, or null where absent: 1 to 48 letters and digits of any script or `. _ @ + -`, no blanks (BioStar's
 * alphanumeric user IDs have none either). A whole number that is not negative is turned into text.
 */
export function optionalUserId(fields: Readonly<Record<string, unknown>>): string | null {
  const value = fields['userId'];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  if (typeof value === 'number') throw userIdInvalid();
  const text = optionalText(fields, 'userId', LONGEST_USER_ID);
  if (text !== null && !/^[\p{L}\p{M}\p{Nd}._@+-]+$/u.test(text)) throw userIdInvalid();
  return text;
}

/** A card number, or null where absent. A JavaScript number is refused: long ones have already lost digits. */
export function optionalCardId(fields: Readonly<Record<string, unknown>>, name: 'cardId' | 'newCardId' = 'cardId'): string | null {
  const value = fields[name];
  if (value === undefined || value === null || value === '') return null;
  if (isCardNumber(value)) return value;
  throw new McError('CARD_ID_INVALID', typeof value === 'number'
    ? `"${name}" must be text: as a number it loses digits. Write it in quotes.`
    : `"${name}" must be 1 to 32 decimal digits without a leading zero.`);
}

/** What names a card for every action but issue: `{ cardId }` or `{ userId }`; with both, the card of that user. */
export interface Target {
  cardId: string | null;
  userId: string | null;
}

export function readTarget(input: unknown): Target {
  const fields = fieldsOf(input, 'an object with "userId" or "cardId"');
  const target = { cardId: optionalCardId(fields), userId: optionalUserId(fields) };
  if (target.cardId === null && target.userId === null) {
    throw new McError('INPUT_INVALID', 'Say whose card it is: "userId" or "cardId".');
  }
  return target;
}

function userIdInvalid(): McError {
  return new McError('INPUT_INVALID', `"userId" must be 1 to ${LONGEST_USER_ID} letters, digits or . _ @ + - without blanks.`);
}

function tooLong(name: string, longest: number): McError {
  return new McError('INPUT_INVALID', `"${name}" may have at most ${longest} characters.`);
}
