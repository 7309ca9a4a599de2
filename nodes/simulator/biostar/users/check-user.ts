import { BioStarError } from '../biostar-error';
import { LAST_EXPIRY, FIRST_START, type User } from './user';

const HIGHEST_ID = 4_294_967_295;
const LONGEST_NAME = 48;
const LONGEST_TEXT = 64;
const THIRTY_YEARS_MS = 30 * 366 * 86_400_000;

/** Throws 131073, or 131072 for one that is too long (suprema-api A3). */
export function checkUserId(userId: string, alphanumeric: boolean): void {
  if (userId === '') throw new BioStarError(131073);
  if (userId.length > 32) throw new BioStarError(131072);
  if (/^[1-9]\d*$/.test(userId) && Number(userId) <= HIGHEST_ID) return;
  if (!alphanumeric || !/^[\w-]+$/.test(userId)) throw new BioStarError(131073);
}

/** Throws the vendor's code of the first field that breaks its rules (suprema-api A3, A1.2 with S4's words). */
export function checkUserFields({ name, title, department, phone, email }: User): void {
  if ([...name].length > LONGEST_NAME) throw new BioStarError(131094);
  // A single quote is refused with the rest that the vendor's sentence leaves out.
  if (!/^[\p{L}\p{M}\p{N} ~!@#$%^&()\-_=+[\]{};,]*$/u.test(name)) throw new BioStarError(131074);
  if (title.length > LONGEST_TEXT) throw new BioStarError(131075);
  if (department.length > LONGEST_TEXT) throw new BioStarError(800);
  if (phone.length > 32) throw new BioStarError(131076);
  if (!/^[+\d ()\-.#*]*$/.test(phone)) throw new BioStarError(131077);
  if (email.length > 128) throw new BioStarError(131078);
  if (email !== '' && !/^[^\s@]+@[^\s@]+$/.test(email)) throw new BioStarError(131079);
}

/** Throws 131085 and 131086. The span of thirty years is the rule of updates only (suprema-api A3). */
export function checkPeriod({ start, expiry }: User, update: boolean): void {
  if (start < FIRST_START || start > LAST_EXPIRY || expiry < FIRST_START || expiry > LAST_EXPIRY) throw new BioStarError(131085);
  if (expiry < start) throw new BioStarError(131086);
  if (update && expiry - start > THIRTY_YEARS_MS) throw new BioStarError(131085);
}

/** 32 digits on create; 4 to 16, or 44 characters of a hash, on update (suprema-api E7). Throws 131080 and 131081. */
export function checkPin(pin: string, update: boolean): void {
  if (pin === '' || (update && pin.length === 44)) return;
  if (!/^\d+$/.test(pin)) throw new BioStarError(131081);
  if (update ? pin.length < 4 || pin.length > 16 : pin.length > 32) throw new BioStarError(131080);
}

/** Throws 222 for three or more letters or digits that follow each other (suprema-api E10). */
export function checkPassword(password: string): void {
  const codes = [...password].map((letter) => (/[a-z0-9]/i.test(letter) ? letter.toLowerCase().charCodeAt(0) : NaN));
  if (codes.some((code, index) => code + 1 === codes[index + 1] && code + 2 === codes[index + 2])) throw new BioStarError(222);
}
