import { isoTime } from '../credential/clock';
import { fieldsOf, readTarget, type Target } from '../credential/input-fields';
import { McError } from '../credential/mc-error';
import type { CardFinder } from './card-finder';
import { allReasons } from './checks';
import { dataAsOf, newestData } from './data-age';
import type { DenialReason, LookedAt, Reason } from './decision';
import { type DecisionOptions, type Facts, factsOfDoor, forEachRecord, type Knowledge } from './facts';
import { furthest } from './furthest';
import { lookedAt } from './looked-at';
import { changeFor, ruleOf } from './rules/rule-words';
import type { Direction } from './rules/rules';
import { readFromPayload } from './read-from-payload';

/** A time with its zone: one without would be read in the zone of the machine. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** Answer of `explain`. It has no `decidedAt`, so no door takes it for a decision, wherever it is wired to. */
export interface Explanation {
  cardId: string | null;
  userId: string | null;
  name: string | null;
  door: string;
  direction: Direction;
  device: string;
  /** ISO time that was asked about. */
  at: string;
  granted: boolean;
  reason: Reason;
  /** Every reason to deny that holds, in order; empty when granted. */
  wouldHaveToChange: DenialReason[];
  /** For each of them, what would have to be different. */
  changes: { reason: DenialReason; change: string }[];
  registrationChecked: boolean;
  /** What decided, in words. */
  rule: string;
  lookedAt: LookedAt;
  dataAsOf: string | null;
  dataAgeMs: number | null;
  decisionMs: number;
}

/**
 * May this person open this door at that time, and if not, why: without a card. Input:
 * `{ cardId | userId, door, direction?, at?, device? }`, `at` in ISO 8601 with its zone (absent: now). The age of the data and the
 * clock are judged as they are now, validity at the time asked about. By `userId` the best of the user's cards counts.
 * @throws INPUT_INVALID, CARD_ID_INVALID
 */
export function explain(payload: unknown, knowledge: Knowledge, finder: CardFinder, options: DecisionOptions): Explanation {
  const from = options.monotonicMs();
  const target = readTarget(payload);
  const read = readFromPayload(payload);
  if (read.door === '') throw new McError('INPUT_INVALID', 'Say which door: "door" is its name.');
  const { now } = options;
  const at = timeOf(fieldsOf(payload, 'an object')['at'], now);
  const asked: Facts = { ...factsOfDoor(read, knowledge, options), at, userId: target.userId };
  const { facts } = furthest(target.cardId === null ? byUser(asked, target) : byCard(asked, target.cardId, target, finder));
  const { credential } = facts;
  const wouldHaveToChange = allReasons(facts);
  const reason = wouldHaveToChange[0] ?? 'GRANTED';
  const asOf = credential === null ? newestData(knowledge) : dataAsOf(knowledge.get('sites', credential.site));
  return {
    cardId: credential?.cardId ?? target.cardId,
    userId: credential?.userId ?? target.userId,
    name: credential?.name ?? null,
    door: read.door,
    direction: read.direction,
    device: read.device,
    at: isoTime(at),
    granted: reason === 'GRANTED',
    reason,
    wouldHaveToChange,
    changes: wouldHaveToChange.map((one) => ({ reason: one, change: changeFor(facts, one) })),
    registrationChecked: read.device !== '',
    rule: ruleOf(facts, reason),
    lookedAt: lookedAt(facts),
    dataAsOf: asOf,
    dataAgeMs: asOf === null ? null : now - Date.parse(asOf),
    decisionMs: options.monotonicMs() - from,
  };
}

function byCard(asked: Facts, cardId: string, { userId }: Target, finder: CardFinder): [Facts, ...Facts[]] {
  const records = asked.knowledge.credentialsWith(cardId);
  return forEachRecord({
    ...asked,
    candidates: finder.candidates(cardId, null),
    records: userId === null ? records : records.filter((record) => record.userId === userId),
  });
}

/** Each card of the user, at any site, as if it alone had been read. Looks through all cards: nobody waits at a door. */
function byUser(asked: Facts, { userId }: Target): [Facts, ...Facts[]] {
  const found: Facts[] = [];
  for (const credential of asked.knowledge.all('credentials')) {
    if (credential.userId === userId) found.push({ ...asked, candidates: [credential.cardId], records: [credential], credential });
  }
  const [first, ...others] = found;
  return first === undefined ? [asked] : [first, ...others];
}

function timeOf(value: unknown, now: number): number {
  if (value === undefined || value === null || value === '') return now;
  const at = typeof value === 'string' && ISO_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new McError('INPUT_INVALID', '"at" must be a time in ISO 8601 with its zone, such as 2026-03-01T08:00:00Z.');
  return at;
}
