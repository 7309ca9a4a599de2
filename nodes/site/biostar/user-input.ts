import { fieldsOf, optionalText, optionalUserId } from '../../credential/input-fields';
import { McError } from '../../credential/mc-error';
import { emailOf, phoneOf } from '../../credential/person-contact';
import { allowedName } from '../../credential/person-name';
import { periodOf } from '../../credential/person-period';
import type { JsonObject } from '../json-answer';
import { biostarTime } from './envelope';

/** BioStar's limits for a user's period (suprema-api A1, A3). */
const FIRST = Date.parse('2001-01-01T00:00:00Z');
const LAST = Date.parse('2037-12-31T23:59:59.999Z');
const LONGEST_MS = 30 * 366 * 86_400_000;
const LONGEST_LABEL = 64;
const GREATEST_ID = 4_294_967_295;

/** What of a site decides which users it takes. */
export interface UserRules {
  messaging: 'email' | 'text';
  nameRule: 'strict' | 'extended';
  timeZone: string;
  /** User IDs may hold letters. */
  alphanumericIds: boolean;
}

/** A user as a flow gives it, checked. `changes` has only what was given, in BioStar's words. */
export interface UserInput {
  userId: string;
  changes: JsonObject;
  /** IDs or names, null where not given. */
  group: string | null;
  accessGroups: string[] | null;
}

/**
 * Reads `{ userId, name?, email?, phone?, department?, title?, validFrom?, validTo?, disabled?, group?, accessGroups? }`.
 * Throws INPUT_INVALID, NAME_NOT_ALLOWED, PHONE_MISSING: what the server would refuse, before it is asked.
 */
export function readUser(input: unknown, rules: UserRules): UserInput {
  const fields = fieldsOf(input, 'a user: an object with "userId" and "name"');
  const userId = readUserId(fields, rules);
  const changes: Record<string, unknown> = {};
  if (isGiven(fields['name'])) changes['name'] = allowedName(fields['name'], rules.nameRule, userId);
  if (isGiven(fields['email'])) changes['email'] = emailOf(fields, 'email', userId);
  if (isGiven(fields['phone'])) changes['phone'] = phoneOf(fields, rules.messaging, userId);
  const department = optionalText(fields, 'department', LONGEST_LABEL);
  if (department !== null) changes['department'] = department;
  const title = optionalText(fields, 'title', LONGEST_LABEL);
  if (title !== null) changes['user_title'] = title;
  const { validFrom, validTo } = periodOf(fields, rules.timeZone);
  checkPeriod(userId, validFrom, validTo);
  if (validFrom !== null) changes['start_datetime'] = biostarTime(validFrom);
  if (validTo !== null) changes['expiry_datetime'] = biostarTime(validTo);
  if (isGiven(fields['disabled'])) changes['disabled'] = readFlag(fields['disabled']) ? 'true' : 'false';
  return { userId, changes, group: readReference(fields['group'], 'group'), accessGroups: readReferences(fields['accessGroups']) };
}

/** A user ID that this server takes. INPUT_INVALID. */
export function readUserId(input: Readonly<Record<string, unknown>>, { alphanumericIds }: Pick<UserRules, 'alphanumericIds'>): string {
  const userId = optionalUserId(input);
  if (userId === null) throw new McError('INPUT_INVALID', 'The user has no "userId".');
  if (/^\d+$/.test(userId) ? !alphanumericIds && (/^0/.test(userId) || Number(userId) < 1 || Number(userId) > GREATEST_ID) : !alphanumericIds) {
    throw new McError('INPUT_INVALID', `BioStar takes no user ID ${userId}: it is set to numbers from 1 to ${GREATEST_ID}. Use such a one, or allow alphanumeric IDs in its settings.`);
  }
  return userId;
}

/** A period that BioStar takes: within 2001 to 2037, at most 30 years long. INPUT_INVALID. */
export function checkPeriod(userId: string, validFrom: string | null, validTo: string | null): void {
  const times = [validFrom, validTo].filter((time) => time !== null).map((time) => Date.parse(time));
  if (times.some((ms) => ms < FIRST || ms > LAST)) {
    throw new McError('INPUT_INVALID', `The period of user ${userId} must lie between 2001-01-01 and 2037-12-31: BioStar takes no other.`);
  }
  const [from, to] = times;
  if (from !== undefined && to !== undefined && to - from > LONGEST_MS) throw new McError('INPUT_INVALID', `The period of user ${userId} is longer than 30 years: BioStar takes no longer one.`);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function readFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new McError('INPUT_INVALID', '"disabled" must be true or false.');
}

function readReferences(value: unknown): string[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || value.length > 128) throw new McError('INPUT_INVALID', '"accessGroups" must be a list of IDs or names.');
  return value.map((one: unknown) => {
    const text = readReference(one, 'accessGroups');
    if (text === null) throw new McError('INPUT_INVALID', '"accessGroups" must be a list of IDs or names.');
    return text;
  });
}

/** An ID or a name, plain or as what `get` answers with. */
function readReference(value: unknown, name: string): string | null {
  const plain = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : value;
  if (plain === undefined || plain === null || plain === '') return null;
  if (typeof plain === 'number' && Number.isSafeInteger(plain)) return String(plain);
  if (typeof plain === 'string' && plain.length <= 200) return plain.trim();
  throw new McError('INPUT_INVALID', `"${name}" must be an ID or a name.`);
}
