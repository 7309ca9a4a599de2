import { isCardNumber } from '../credential/card-number';
import type { CredentialDocument } from '../credential/documents';
import type { StorePort } from '../credential/store-port';
import type { CardFinder } from './card-finder';
import type { Read } from './decision';
import type { DoorLevels } from './door-levels';
import { Movement } from './movement/movement';
import { type Direction, NO_RULES, type Rules } from './rules/rules';

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
  /** What is known of where people are; absent: nothing. */
  movement?: Movement;
  /** Which doors stand open; absent: not known of any. */
  doors?: DoorLevels;
  /** True while the clock has jumped and nobody has confirmed it since. */
  clockJumped?: boolean;
}

/** Everything that checks look at. Gathered once for a read and each record that it may stand for. */
export interface Facts {
  /** True for a card number that was read without a fault. */
  readable: boolean;
  door: string;
  direction: Direction;
  /** Its number on the controller, or null. */
  reader: number | null;
  device: string;
  knowledge: Knowledge;
  now: number;
  offlineLimitHours: number;
  rules: Rules;
  movement: Movement;
  doors: DoorLevels;
  clockJumped: boolean;
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
  const { cardId } = read;
  const isNumber = isCardNumber(cardId);
  const candidates = isNumber ? finder.candidates(cardId, read.format) : [];
  const [only] = candidates;
  const records = candidates.length === 1 && only !== undefined ? knowledge.credentialsWith(only) : [];
  const [first, ...others] = records;
  const facts = (credential: Facts['credential']): Facts => ({
    ...factsOfDoor(read, knowledge, options), readable: isNumber && read.parityOk !== false, candidates, records, credential,
  });
  return first === undefined ? [facts(null)] : [facts(first), ...others.map(facts)];
}

/** What is there to look at before anybody is. */
export function factsOfDoor(
  { door, direction, reader, device }: Pick<Read, 'door' | 'direction' | 'reader' | 'device'>, knowledge: Knowledge, options: DecisionOptions,
): Facts {
  const { now, offlineLimitHours, rules = NO_RULES, movement = NOTHING_KNOWN, doors = NO_LEVELS, clockJumped = false } = options;
  return {
    readable: true, door, direction, reader, device, knowledge, now, offlineLimitHours, rules, movement, doors, clockJumped, at: now,
    candidates: [], records: [], credential: null, userId: null,
  };
}

const NOTHING_KNOWN = new Movement();
const NO_LEVELS: DoorLevels = { isOpen: () => null, closedAt: () => null };

/** The same facts with each of their records looked at. */
export function forEachRecord(facts: Facts): [Facts, ...Facts[]] {
  const [first, ...others] = facts.records;
  if (first === undefined) return [facts];
  return [{ ...facts, credential: first }, ...others.map((credential) => ({ ...facts, credential }))];
}
