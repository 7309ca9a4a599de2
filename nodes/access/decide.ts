import { isoTime } from '../credential/clock';
import type { CardFinder } from './card-finder';
import { dataAsOf, newestData } from './data-age';
import type { Decision, Read } from './decision';
import { type DecisionOptions, factsOfRead, type Knowledge } from './facts';
import { flagsOf } from './flags';
import { furthest } from './furthest';
import { ruleOf } from './rules/rule-words';

export { readFromPayload } from './read-from-payload';

/**
 * May this card open this door now, and why: the first reason of the contract that holds. Synchronous, without I/O,
 * and a function of its inputs: the same knowledge, read and options give the same answer (but for `decisionMs`).
 */
export function decide(read: Read, knowledge: Knowledge, finder: CardFinder, options: DecisionOptions): Decision {
  const from = options.monotonicMs();
  const { facts, reason } = furthest(factsOfRead(read, knowledge, finder, options));
  const { credential } = facts;
  // Field by field: spreading the read took more than half of a decision's time (measured, Node 20).
  return {
    cardId: read.cardId, format: read.format, bits: read.bits, facilityCode: read.facilityCode, cardNumber: read.cardNumber,
    parityOk: read.parityOk, door: read.door, direction: read.direction, reader: read.reader, device: read.device, readAt: read.readAt,
    granted: reason === 'GRANTED',
    reason,
    userId: credential?.userId ?? null,
    name: credential?.name ?? null,
    flags: flagsOf(facts, reason),
    registrationChecked: read.device !== '',
    decidedAt: isoTime(options.now),
    dataAsOf: credential === null ? newestData(knowledge) : dataAsOf(knowledge.get('sites', credential.site)),
    decisionMs: options.monotonicMs() - from,
    ...ruleOf(facts, reason),
  };
}
