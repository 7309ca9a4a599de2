import type { AccessType } from '../../portal/portal';
import type { CardRequest } from '../../portal/portal-card';
import { BioStarError } from '../biostar-error';
import { type Fields, numberOf, textOf } from '../wire';

/** One element of the parallel arrays of `MobileCollection.mobile`, as the portal's request and with what only BioStar keeps. */
export interface MobileRequest extends CardRequest {
  startTime: number;
  endTime: number;
  mobileCardType: string;
}

const CARD_TYPES = ['4', '14', '15'];

/** How many cards are asked for. Throws 2007 where there is none. */
export function mobileCount(mobile: Fields): number {
  const count = listOf(mobile['card_id']).length;
  if (count === 0 || listOf(mobile['user_id']).length !== count) throw new BioStarError(2007);
  return count;
}

/**
 * The card at `index` of a create. Throws 2007 without user or card id, 30 where another required attribute is missing
 * or no card number; card validity is needed on a dynamic site only (suprema-api A6.1).
 */
export function readMobile(mobile: Fields, index: number, accessType: AccessType): MobileRequest {
  const at = (key: string): unknown => listOf(mobile[key])[index];
  const [userKey, number, email] = [textOf(at('user_id')), textOf(at('card_id')), textOf(at('email'))];
  if (userKey === '' || number === '') throw new BioStarError(2007);
  const [startTime, endTime] = [numberOf(at('startTime')), numberOf(at('endTime'))];
  const mobileCardType = textOf(at('mobileCardType'));
  if (email === '' || startTime === null || endTime === null || !CARD_TYPES.includes(mobileCardType)) throw new BioStarError(30);
  checkNumber(number);
  const dynamic = accessType === 'DYNAMIC';
  const [startDate, endDate] = dynamic ? [numberOf(at('startDate')), numberOf(at('endDate'))] : [null, null];
  if (dynamic && (startDate === null || endDate === null)) throw new BioStarError(30);
  return {
    userKey, number, email, startTime, endTime, mobileCardType, startDate, endDate,
    name: textOf(at('name')), phone: plainPhone(textOf(at('phone'))), department: textOf(at('department')), title: textOf(at('title')),
  };
}

/** Throws 30. */
export function checkNumber(number: string): void {
  if (!/^[1-9]\d{0,31}$/.test(number)) throw new BioStarError(30);
}

/** The server strips `-` from phones before it sends them to the portal (suprema-api A6.4). */
export function plainPhone(phone: string): string {
  return phone.replaceAll('-', '');
}

/** Attributes are lists; one value alone is taken as a list of one. */
export function listOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}
