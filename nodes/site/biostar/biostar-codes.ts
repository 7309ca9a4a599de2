import type { ErrorCode } from '../../credential/mc-error';

/** What one of BioStar's codes means in ours, and words that say what to do. */
export type Meaning = readonly [ErrorCode, string];

const NOT_LICENSED: Meaning = ['NOT_SUPPORTED', 'The licence of this BioStar server does not include it. Its licence page says what it has.'];
const BAD_REQUEST: Meaning = ['INPUT_INVALID', 'BioStar refused a value of the request. Check the fields.'];
const PERSON: Meaning = ['INPUT_INVALID', 'BioStar refused a field of the person. Check user ID, phone, e-mail and period.'];
const TAKEN: Meaning = ['CARD_ALREADY_ISSUED', 'BioStar has this card number already. Choose another number.'];

/** Response codes of BioStar (suprema-api A1.2, vendor's S4 and S1) and of the portal behind it (A6.4). */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  10: ['LOGIN_REFUSED', 'BioStar does not accept the session it has just given. Check the account.'],
  11: ['LOGIN_REFUSED', 'BioStar ended the session it has just given. Check the account, and whether somebody else signs in with it.'],
  20: ['PERMISSION_DENIED', 'The account may not do this in BioStar. Check its operator level.'],
  30: BAD_REQUEST,
  101: ['LOGIN_REFUSED', 'BioStar refused the account. Check its login ID and password.'],
  102: ['NOT_SUPPORTED', 'This BioStar server does not take that request.'],
  103: ['NOT_SUPPORTED', 'This BioStar server does not have that call.'],
  104: BAD_REQUEST,
  109: ['PERMISSION_DENIED', 'BioStar does not let this computer in. Allow its address in the account or in the security settings.'],
  110: ['LOGIN_REFUSED', 'Somebody else is signed in with this account. Give this site an account of its own.'],
  113: ['ACCOUNT_LOCKED', 'The account is locked after wrong passwords. Wait, or unlock it in BioStar.'],
  114: ['PERMISSION_DENIED', 'BioStar does not let this computer in. Allow its address in the account or in the security settings.'],
  122: ['ACCOUNT_LOCKED', 'The account needs a second factor, which a machine cannot give. Use an account without it.'],
  201: ['USER_NOT_FOUND', 'BioStar has no such user. Create it with mc-user first.'],
  202: ['INPUT_INVALID', 'BioStar has a user with this ID already.'],
  204: ['INPUT_INVALID', 'BioStar has a group with this name already.'],
  205: ['ADMINISTRATOR_KEPT', 'The Administrator (user 1) and its card stay. Choose another user.'],
  208: ['INPUT_INVALID', 'Another user has this login ID already.'],
  212: ['INPUT_INVALID', 'Another user has this e-mail address already.'],
  301: ['CHANNEL_UNKNOWN', 'BioStar has no such device.'],
  331779: NOT_LICENSED, 331780: NOT_LICENSED, 331781: NOT_LICENSED, 331791: NOT_LICENSED,
  400: ['CARD_NOT_FOUND', 'BioStar has no such card.'],
  401: TAKEN,
  407: ['INPUT_INVALID', 'An Access on Card cannot be taken from its user this way.'],
  408: ['CARD_ALREADY_ISSUED', 'The card belongs to another user of BioStar already.'],
  414: ['SITE_ANSWER_INVALID', 'BioStar could not complete the card at the portal.'],
  415: ['CARD_ID_INVALID', 'BioStar refuses this card number: 1 to 32 decimal digits without a leading zero.'],
  601: ['CHANNEL_UNKNOWN', 'BioStar has no such door.'],
  700: BAD_REQUEST, 701: BAD_REQUEST, 702: BAD_REQUEST,
  800: ['SITE_ANSWER_INVALID', 'BioStar\'s database refused the request.'],
  1000: ['SITE_ANSWER_INVALID', 'BioStar failed at the request.'],
  1001: ['LINE_DOWN', 'BioStar has no connection to the device.'],
  1003: ['LINE_TIMEOUT', 'The device did not answer BioStar in time.'],
  1020: ['RATE_LIMITED', 'BioStar is busy. Try again in a while.'],
  1100: ['SITE_ANSWER_INVALID', 'BioStar knows no WebSocket of this session.'],
  1101: ['LOGIN_REFUSED', 'BioStar does not accept the session on its WebSocket.'],
  1400: ['SITE_NOT_ACTIVE', 'Mobile access is not set up in this BioStar server: Settings, Mobile Access.'],
  1402: ['SITE_NOT_FOUND', 'BioStar\'s mobile settings have an unusable site ID. Set it as the portal shows it.'],
  1403: ['NO_CREDIT', 'The portal site has no card credit left. Buy credits on the portal.'],
  1404: ['SITE_NOT_FOUND', 'The portal has no site with the ID in BioStar\'s mobile settings.'],
  1405: ['NOT_SUPPORTED', 'This BioStar server does not support the type of its portal site.'],
  2000: ['SITE_UNREACHABLE', 'BioStar cannot reach the portal, its site is not active, or the former card was not deleted there.'],
  2001: ['LOGIN_REFUSED', 'The portal refused the account in BioStar\'s mobile settings. Connect again there.'],
  2007: ['SITE_ANSWER_INVALID', 'BioStar got no usable answer of the portal.'],
  2019: ['INPUT_INVALID', 'The card needs a PIN.'],
  2020: ['INPUT_INVALID', 'The PIN must have 4 to 16 digits.'],
  2300: ['ACCOUNT_LOCKED', 'The portal account in BioStar\'s mobile settings is dormant or needs a second factor. Settle it on the portal.'],
  65651: TAKEN,
  65709: ['SITE_ANSWER_INVALID', 'BioStar could not put the card on its blacklist.'],
  65710: ['SITE_ANSWER_INVALID', 'BioStar could not take the card off its blacklist.'],
  65744: TAKEN,
  65749: ['CARD_QUARANTINED', 'This number belonged to a deleted card, and BioStar keeps it back. Choose another, or free it with "release".'],
  131074: ['NAME_NOT_ALLOWED', 'BioStar refuses this name: at most 48 characters, and no apostrophe.'],
  262189: ['CARD_ALREADY_ISSUED', 'This user has a mobile card already. Use "reissue" to replace it, or "delete" it first.'],
  262191: ['SITE_ANSWER_INVALID', 'BioStar could not delete the card at the portal.'],
  262192: ['SITE_ANSWER_INVALID', 'BioStar could not delete the card at the portal.'],
  262193: ['SITE_ANSWER_INVALID', 'BioStar could not create the card at the portal.'],
  262194: ['SITE_ANSWER_INVALID', 'BioStar could not create the card at the portal.'],
  262202: ['CARD_NOT_FOUND', 'BioStar has no such card.'],
  262203: ['CARD_NOT_FOUND', 'BioStar has no such card.'],
  u1001: ['CARD_ALREADY_ISSUED', 'The portal has this card number, or a card of this user, already.'],
};

/** Validation of a user's fields: 131073 to 131095 (suprema-api A1.2). */
export function meaningOf(code: string): Meaning | null {
  const known = MEANINGS[code];
  if (known !== undefined) return known;
  if (/^1310(7[3-9]|8\d|9[0-5])$/.test(code)) return PERSON;
  if (/^u\d{4}$/.test(code)) return ['SITE_ANSWER_INVALID', 'The portal refused the request.'];
  return null;
}

/** Codes after which nobody knows what was done: the work goes on, or broke in its middle. */
export const DOUBTFUL: readonly string[] = ['4', '414', '800', '1000', '1003', '2007'];

/** Codes that say that what is wanted is so already: block, unblock (suprema-api A4.5). */
export const BLOCKED_ALREADY: readonly string[] = ['262201', '413'];
export const UNBLOCKED_ALREADY: readonly string[] = ['262204'];
