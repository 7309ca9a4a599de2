import { isCardNumber } from '../credential/card-number';
import type { CredentialDocument } from '../credential/documents';
import type { StorePort } from '../credential/store-port';
import type { CardFinder } from './card-finder';
import type { Read } from './decision';
import { NO_RULES, type Rules } from './rules/rules';

/** The store as a decision sees it. It is only read, at one moment, without waiting. */
export type Knowledge = Pick<StorePort, 'get' | 'all' | 'credentialsOf' | 'credentialsWith'>;

/** Milliseconds since 1970 unless said otherwise. */
export interface DecisionOptions {
  /** The clock as it stands. */
  now: number;
  /** Data older than this opens nothing; 0 = no limit. */
  offlineLimitHours: number;
  /** A clock that only goes forward, in milliseconds, for `decisionMs`. */
  monotonicMs: () => number;
  /** The rules in force; absent: none. */
  rules?: Rules;
}

/** Everything that checks look at. Gathered once for a read and each record that it may stand for. */
export interface Facts {
  /** True for a card number that was read without a fault. */
  readable: boolean;
  door: string;
  device: string;
  knowledge: Knowledge;
  now: number;
  offlineLimitHours: number;
  rules: Rules;
  /** The moment that is asked about: `now` for a read, any other for `explain`. */
  at: number;
  /** Different card numbers that the read may stand for. */
  candidates: readonly string[];
  /** All records with the card's number, at any site: an entry on any of their users denies. */
  records: readonly Readonly<CredentialDocument>[];
  /** The record that is looked at, or null. */
  credential: Readonly<CredentialDocument> | null;
  /** The user whom it is about where no record says it (`explain` by user ID). */
  userId: string | null;
}

/** The facts of a read, once for each record that it may stand for; without a record once. Never empty. */
export function factsOfRead(read: Read, knowledge: Knowledge, finder: CardFinder, options: DecisionOptions): [Facts, ...Facts[]] {
  const { now, offlineLimitHours, rules = NO_RULES } = options;
  const { cardId, door, device } = read;
  const isNumber = isCardNumber(cardId);
  const candidates = isNumber ? finder.candidates(cardId, read.format) : [];
  const [only] = candidates;
  const records = candidates.length === 1 && only !== undefined ? knowledge.credentialsWith(only) : [];
  const [first, ...others] = records;
  const facts = (credential: Facts['credential']): Facts => ({
    readable: isNumber && read.parityOk !== false, door, device, knowledge, now, offlineLimitHours, rules, at: now,
    candidates, records, credential, userId: null,
  });
  return first === undefined ? [facts(null)] : [facts(first), ...others.map(facts)];
}

/** The same facts with each of their records looked at. */
export function forEachRecord(facts: Facts): [Facts, ...Facts[]] {
  const [first, ...others] = facts.records;
  if (first === undefined) return [facts];
  return [{ ...facts, credential: first }, ...others.map((credential) => ({ ...facts, credential }))];
}
