import { isoTime } from '../../credential/clock';
import { isCardNumber } from '../../credential/card-number';
import type { CredentialStatus } from '../../credential/record';
import type { SiteCredential } from '../../credential/site-port';
import { at } from './dotted-path';
import { invalid, type Row } from './portal-list';
import { type ListRoute, statusWord } from './route-table';
import { idIn, textIn } from '../shapes';

/** What the portal says for "no end": the last second of the year 9999 (suprema-api A6.1). */
const NO_END_MS = 253_402_300_799_000;

/** The portal's word for a status in ours, or null where it is not known. */
export function statusOf(word: unknown, statuses: ListRoute['statuses']): CredentialStatus | null {
  return typeof word === 'string' ? statuses[statusWord(word)] ?? null : null;
}

/** A row as a credential; null for one that is reserved and has no number yet. SITE_ANSWER_INVALID for any other that lacks something. */
export function credentialOf({ fields, where }: Row, { map, statuses }: ListRoute): SiteCredential | null {
  const field = (name: string): unknown => (map[name] === undefined ? undefined : at(fields, map[name]));
  const wrong = (name: string, what: string): Error => invalid(`${where} has no ${what} at ${map[name] ?? name}`);
  const status = statusOf(field('status'), statuses);
  if (status === null) throw wrong('status', 'status that is known');
  const number = field('cardId');
  if (status === 'reserved' && (number === undefined || number === null || number === '')) return null;
  const cardId = cardNumberIn(number);
  if (cardId === null) throw wrong('cardId', 'card number');
  const userId = idIn(field('userId'));
  if (userId === null) throw wrong('userId', 'user');
  const [validFrom, validTo] = [instantIn(field('validFrom')), instantIn(field('validTo'))];
  if (validFrom === undefined) throw wrong('validFrom', 'time');
  if (validTo === undefined) throw wrong('validTo', 'time');
  return {
    cardId, userId, status, validFrom, validTo, name: textIn(field('name')), email: textIn(field('email')), phone: textIn(field('phone')),
    department: textIn(field('department')), title: textIn(field('title')),
  };
}

/**
 * Tells rows apart. A row of a deleted credential may stand beside others of the same number, and one that is only
 * reserved has no number: those are told apart by all they say. One number for two users makes no sense.
 */
export function credentialKeys(): (item: SiteCredential | null, row: Row) => string {
  const users = new Map<string, string>();
  return (item, { fields, where }) => {
    if (item === null || item.status === 'deleted') return `row ${JSON.stringify(fields)}`;
    const user = users.get(item.cardId);
    if (user !== undefined && user !== item.userId) throw invalid(`${where} has a card number that another user has too`);
    users.set(item.cardId, item.userId);
    return `card ${item.cardId}`;
  };
}

/** A number in JSON has lost digits beyond 2^53, so it is taken only below that. */
function cardNumberIn(value: unknown): string | null {
  const written = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return isCardNumber(written) ? written : null;
}

/** Epoch milliseconds as number or text, or ISO 8601 with its zone; null where there is no limit, undefined where it is no time. */
function instantIn(value: unknown): string | null | undefined {
  if (value === undefined || value === null || value === '') return null;
  const ms = millisecondsIn(value);
  if (ms === null) return undefined;
  if (ms <= 0 || ms >= NO_END_MS) return null;
  return isoTime(ms);
}

function millisecondsIn(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  if (/^-?\d{1,17}$/.test(value)) return Number(value);
  const ms = /(Z|[+-]\d\d:?\d\d)$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
