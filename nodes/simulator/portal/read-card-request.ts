import { isCardNumber } from '../../credential/card-number';
import { asObject, type Fields, optionalText, requiredText } from './fields';
import type { CardRequest } from './portal-card';
import { PortalError } from './portal-error';

/**
 * Reads the body of `POST /user/card` (suprema-api B1.1): `{ siteId, user: { userKey, email, phone, meta }, card }`,
 * where `meta` is a JSON string. Throws 400 and names the field.
 */
export function readCardRequest(body: Fields): CardRequest {
  const user = asObject(body['user'], 'user');
  const meta = readMeta(user['meta']);
  const card = asObject(body['card'], 'card');
  return {
    number: readCardNumber(card),
    userKey: requiredText(user, 'userKey', 'user.userKey'),
    email: readEmail(optionalText(user, 'email', 'user.email')),
    phone: optionalText(user, 'phone', 'user.phone'),
    name: requiredText(meta, 'name', 'name in user.meta'),
    department: optionalText(meta, 'department', 'department in user.meta'),
    title: optionalText(meta, 'title', 'title in user.meta'),
    startDate: readDate(card['startDate'], 'card.startDate'),
    endDate: readDate(card['endDate'], 'card.endDate'),
  };
}

/** The `number` of a `card` object: decimal text, 1 to 32 digits, no leading zero. */
export function readCardNumber(card: Fields): string {
  const { number } = card;
  if (!isCardNumber(number)) {
    throw new PortalError(400, 'card.number must be text of 1 to 32 decimal digits without a leading zero.');
  }
  return number;
}

/** Empty, or an e-mail address. */
export function readEmail(email: string): string {
  if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) throw new PortalError(400, 'user.email is no e-mail address.');
  return email;
}

function readMeta(meta: unknown): Fields {
  if (typeof meta !== 'string') throw new PortalError(400, 'user.meta must be a JSON string.');
  try {
    return asObject(JSON.parse(meta), 'user.meta');
  } catch (error) {
    if (error instanceof PortalError) throw error;
    throw new PortalError(400, 'user.meta must be a JSON string.');
  }
}

/** Milliseconds since the epoch, as number or digits; `0` and absent mean no limit. */
function readDate(value: unknown, name: string): number | null {
  if (value === undefined || value === null || value === '' || value === 0 || value === '0') return null;
  const ms = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof ms !== 'number' || !Number.isSafeInteger(ms) || ms < 0) {
    throw new PortalError(400, `${name} must be milliseconds since 1970.`);
  }
  return ms;
}
