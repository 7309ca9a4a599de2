import { optionalText } from './input-fields';
import { McError } from './mc-error';

type Messaging = 'email' | 'text';

/** RFC 5321, 4.5.3.1.3: a path has at most 256 octets, its two brackets included. */
const LONGEST_EMAIL = 254;
const EMAIL = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:".]+$/;
/** ITU-T E.164: country code and number together have at most 15 digits. */
const INTERNATIONAL = /^\+[1-9]\d{6,14}$/;

/** The address of a person. A site that sends e-mails needs one: EMAIL_MISSING. */
export function emailOf(fields: Readonly<Record<string, unknown>>, messaging: Messaging, userId: string): string | null {
  const email = optionalText(fields, 'email', LONGEST_EMAIL);
  const looksRight = email !== null && EMAIL.test(email) && !email.includes('..');
  if (messaging === 'email' && !looksRight) {
    throw new McError('EMAIL_MISSING', `The site invites by e-mail and user ${userId} has no valid e-mail address. Fill in "email".`);
  }
  if (email !== null && !looksRight) throw new McError('INPUT_INVALID', `"email" of user ${userId} is not an e-mail address.`);
  return email;
}

/** The phone number, without spaces, dots, dashes and brackets. A site that sends texts needs one with `+`: PHONE_MISSING. */
export function phoneOf(fields: Readonly<Record<string, unknown>>, messaging: Messaging, userId: string): string | null {
  const value = fields['phone'];
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : optionalText(fields, 'phone', 40);
  const phone = text === null ? null : text.replace(/[\s().\-\u2010-\u2015/]/g, '');
  if (messaging === 'text' && (phone === null || !INTERNATIONAL.test(phone))) {
    throw new McError('PHONE_MISSING', `The site invites by text message and user ${userId} has no phone number with country code. Write "phone" like +44 7700 900123.`);
  }
  if (phone !== null && !/^\+?\d{3,20}$/.test(phone)) throw new McError('INPUT_INVALID', `"phone" of user ${userId} is not a phone number.`);
  return phone;
}
