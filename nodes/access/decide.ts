import { isoTime } from '../credential/clock';
import type { CardFinder } from './card-finder';
import { dataAsOf, newestData } from './data-age';
import type { Decision, Read, Reason } from './decision';
import { type DecisionOptions, type Facts, factsOfRead, type Knowledge } from './facts';
import { flagsOf } from './flags';
import { furthest } from './furthest';
import { lookedAt } from './looked-at';
import { ruleOf } from './rules/rule-words';

export { readFromPayload } from './read-from-payload';

/** A decision with what it rests on, for `Movement.note`. */
export interface Decided {
  decision: Decision;
  facts: Facts;
  reason: Reason;
  flags: readonly string[];
}

/**
 * May this card open this door now, and why: the first reason of the contract that holds. Synchronous, without I/O, and
 * a function of its inputs, none of which it changes: the same knowledge, read and options give the same answer (but
 * for `decisionMs`).
 */
export function decide(read: Read, knowledge: Knowledge, finder: CardFinder, options: DecisionOptions): Decision {
  return decideOn(read, knowledge, finder, options).decision;
}

/** The same, with what it rests on. */
export function decideOn(read: Read, knowledge: Knowledge, finder: CardFinder, options: DecisionOptions): Decided {
  const from = options.monotonicMs();
  const { facts, reason } = furthest(factsOfRead(read, knowledge, finder, options));
  const { credential } = facts;
  const asOf = credential === null ? newestData(knowledge) : dataAsOf(knowledge.get('sites', credential.site));
  const flags = flagsOf(facts, reason);
  // Field by field: spreading the read took more than half of a decision's time (measured, Node 20).
  const decision: Decision = {
    cardId: read.cardId, format: read.format, bits: read.bits, facilityCode: read.facilityCode, cardNumber: read.cardNumber,
    parityOk: read.parityOk, door: read.door, direction: read.direction, reader: read.reader, device: read.device, readAt: read.readAt,
    granted: reason === 'GRANTED',
    reason,
    userId: credential?.userId ?? null,
    name: credential?.name ?? null,
    flags,
    registrationChecked: read.device !== '',
    decidedAt: isoTime(options.now),
    rule: ruleOf(facts, reason),
    lookedAt: lookedAt(facts),
    dataAsOf: asOf,
    dataAgeMs: asOf === null ? null : options.now - Date.parse(asOf),
    decisionMs: 0,
  };
  decision.decisionMs = options.monotonicMs() - from;
  return { decision, facts, reason, flags };
}
