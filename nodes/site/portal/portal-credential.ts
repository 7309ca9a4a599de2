import { isoTime } from '../../credential/clock';
import { isCardNumber } from '../../credential/card-number';
import type { CredentialStatus } from '../../credential/record';
import type { SiteCredential } from '../../credential/site-port';
import { at, invalid, type Row } from './portal-list';
import type { ListRoute } from './route-table';

/** What the portal says for "no end": the last millisecond of the year 9999 (suprema-api A6.1). */
const NO_END_MS = 253_402_300_799_000;

/** The portal's word for a status in ours, or null where it is not known. */
export function statusOf(word: unknown, statuses: ListRoute['statuses']): CredentialStatus | null {
  if (typeof word !== 'string') return null;
  return (statuses[word.trim().toUpperCase().replaceAll('_', ' ')] ?? statuses[word.trim().toUpperCase()] ?? null) as CredentialStatus | null;
}

/** A row as a credential; null for one that is reserved and has no number yet. SITE_ANSWER_INVALID for any other that lacks something. */
export function credentialOf({ fields, where }: Row, { map, statuses }: ListRoute): SiteCredential | null {
  const field = (name: string): unknown => (map[name] === undefined ? undefined : at(fields, map[name]));
  const status = statusOf(field('status'), statuses);
  if (status === null) throw invalid(`${where} has a status that is not known; "routes" can name it`);
  const number = cardNumber(field('cardId'));
  if (number === null) {
    if (status === 'reserved') return null;
    throw invalid(`${where} has no card number at ${map['cardId'] ?? ''}`);
  }
  const userId = idOf(field('userId'));
  if (userId === null) throw invalid(`${where} has no user at ${map['userId'] ?? ''}`);
  return {
    cardId: number, userId, status,
    name: text(field('name')), email: text(field('email')), phone: text(field('phone')), department: text(field('department')), title: text(field('title')),
    validFrom: instant(field('validFrom')), validTo: instant(field('validTo')),
  };
}

/** A number in JSON has lost digits beyond 2^53, so it is taken only below that. */
export function cardNumber(value: unknown): string | null {
  const written = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return isCardNumber(written) ? written : null;
}

export function idOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** Epoch milliseconds as number or text, or ISO; null where there is no limit. */
function instant(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  const ms = typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value)) ? Number(value) : Date.parse(String(value));
  return Number.isFinite(ms) && ms > 0 && ms < NO_END_MS ? isoTime(ms) : null;
}
