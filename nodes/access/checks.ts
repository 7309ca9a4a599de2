/**
 * Each reason to deny, as a small check of its own. The order is that of REASONS, not of this file: a further reason
 * is one further function and its line in CHECKS.
 */
import type { CredentialDocument, OperationDocument } from '../credential/documents';
import type { SiteOperation } from '../credential/record';
import { dataAsOf } from './data-age';
import { isLockedDown } from './lockdown';
import { type DenialReason, REASONS, type Reason } from './decision';
import type { Facts, Knowledge } from './facts';
import { fullAreaOf, interlockedBy, isReaderLockedOut, isSecondPersonNeeded, passbackOf } from './checks-of-movement';
import { rulesOfDoor, scheduleThatIsOff } from './rules/door-rules';

type Check = (facts: Facts) => boolean;

/** A clock this much before a time that was already noted has gone back. Smaller steps are what NTP does. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

const badRead: Check = ({ readable }) => !readable;

const ambiguousCard: Check = ({ candidates }) => candidates.length > 1;

const lockdown: Check = (facts) => isLockedDown(facts.knowledge, facts.door) && !passesLockdown(facts);

/** Somebody whom the rules let through a lockdown: known by a card that stands for nobody else. */
export function passesLockdown({ credential, candidates, rules }: Facts): boolean {
  return credential !== null && candidates.length === 1 && rules.persons.get(credential.userId)?.passesLockdown === true;
}

const blacklisted: Check = ({ knowledge, candidates, records, userId }) =>
  candidates.some((cardId) => knowledge.get('blacklist', `card:${cardId}`) !== undefined)
  || records.some((record) => knowledge.get('blacklist', `user:${record.userId}`) !== undefined)
  || (userId !== null && knowledge.get('blacklist', `user:${userId}`) !== undefined);

const unknownCard: Check = ({ credential }) => credential === null;

/** A former card is deleted at the site too, but what the person must hear is that there is a newer one. */
const deleted = ofRecord((credential, { knowledge }) =>
  (credential.status === 'deleted' && credential.supersededBy === null && !isBeingReplaced(credential, knowledge))
  || isWanted(credential, 'delete', knowledge));

const superseded = ofRecord((credential, { knowledge }) =>
  credential.supersededBy !== null || isBeingReplaced(credential, knowledge));

const paused = ofRecord((credential, { knowledge }) =>
  credential.status === 'paused' || isWanted(credential, 'suspend', knowledge));

const beforeActivation = ofRecord(({ status, provisional }) =>
  provisional || status === 'reserved' || status === 'before-activation');

const readerNotRegistered = ofRecord(({ site }, { device: asked, knowledge }) =>
  asked !== '' && knowledge.get('readers', site)?.readers.some(({ device }) => device === asked) !== true);

/** Whatever the door's rules make of it. */
export const isClockDoubtful = ofRecord(({ site }, { now, knowledge, clockJumped }) => {
  if (clockJumped) return true;
  const state = knowledge.get('sites', site);
  const isBefore = (noted: string | null | undefined): boolean =>
    noted !== null && noted !== undefined && now < Date.parse(noted) - CLOCK_TOLERANCE_MS;
  return isBefore(state?.listAsOf) || isBefore(state?.contactAsOf) || isBefore(knowledge.get('readers', site)?.receivedAt);
});

const clockDoubtful: Check = (facts) => rulesOfDoor(facts).whenClockDoubtful === 'deny' && isClockDoubtful(facts);

// Worded so that a time which cannot be parsed denies.
const notYetValid = ofRecord(({ validFrom }, { at }) => validFrom !== null && !(at >= Date.parse(validFrom)));
const expired = ofRecord(({ validTo }, { at }) => validTo !== null && !(at <= Date.parse(validTo)));

/** Whatever the door's rules make of it. Before any data at all it is old, and no rule allows that. */
export const isDataTooOld = ofRecord(({ site }, { now, offlineLimitHours, knowledge }) => {
  if (offlineLimitHours === 0) return false;
  const asOf = dataAsOf(knowledge.get('sites', site));
  return asOf === null || !(now - Date.parse(asOf) <= offlineLimitHours * HOUR_MS);
});

const dataTooOld: Check = (facts) => {
  return isDataTooOld(facts) && (rulesOfDoor(facts).whenDataOld === 'deny' || hasNoData(facts));
};

const doorNotAllowed = ofRecord(({ doors }, { door, rules }) =>
  doors !== '*' && !doors.includes(door) && !doors.some((name) => rules.groups.get(name)?.has(door) === true));

const outsideSchedule: Check = (facts) => scheduleThatIsOff(facts) !== null;

const antiPassback: Check = (facts) => {
  const violated = passbackOf(facts);
  return violated !== null && violated.mode !== 'soft';
};

const occupancyFull: Check = (facts) => fullAreaOf(facts) !== null;

const interlock: Check = (facts) => interlockedBy(facts) !== null;

const secondPersonNeeded: Check = (facts) =>
  isSecondPersonNeeded(facts, (theirs) => IN_ORDER.every(([reason, holds]) => reason === 'SECOND_PERSON_NEEDED' || !holds(theirs)));

const CHECKS: Record<DenialReason, Check> = {
  BAD_READ: badRead,
  AMBIGUOUS_CARD: ambiguousCard,
  READER_LOCKED_OUT: isReaderLockedOut,
  LOCKDOWN: lockdown,
  BLACKLISTED: blacklisted,
  UNKNOWN_CARD: unknownCard,
  DELETED: deleted,
  SUPERSEDED: superseded,
  PAUSED: paused,
  BEFORE_ACTIVATION: beforeActivation,
  READER_NOT_REGISTERED: readerNotRegistered,
  CLOCK_DOUBTFUL: clockDoubtful,
  NOT_YET_VALID: notYetValid,
  EXPIRED: expired,
  DATA_TOO_OLD: dataTooOld,
  DOOR_NOT_ALLOWED: doorNotAllowed,
  OUTSIDE_SCHEDULE: outsideSchedule,
  ANTI_PASSBACK: antiPassback,
  OCCUPANCY_FULL: occupancyFull,
  INTERLOCK: interlock,
  SECOND_PERSON_NEEDED: secondPersonNeeded,
};

const IN_ORDER: readonly (readonly [DenialReason, Check])[] = REASONS.flatMap((reason) => (reason === 'GRANTED' ? [] : [[reason, CHECKS[reason]] as const]));

/** The first reason that holds, or GRANTED. */
export function firstReason(facts: Facts): Reason {
  for (const [reason, holds] of IN_ORDER) if (holds(facts)) return reason;
  return 'GRANTED';
}

/** Every reason to deny that holds, in order. */
export function allReasons(facts: Facts): DenialReason[] {
  return IN_ORDER.filter(([, holds]) => holds(facts)).map(([reason]) => reason);
}

function hasNoData({ credential, knowledge }: Facts): boolean {
  return credential !== null && dataAsOf(knowledge.get('sites', credential.site)) === null;
}

/** A check about a record: without one it does not hold, UNKNOWN_CARD does. */
function ofRecord(check: (credential: Readonly<CredentialDocument>, facts: Facts) => boolean): Check {
  return (facts) => facts.credential !== null && check(facts.credential, facts);
}

/** A re-issue of it was asked for and may have reached the site. The new number carries the same mark. */
function isBeingReplaced(credential: Readonly<CredentialDocument>, knowledge: Knowledge): boolean {
  return isWanted(credential, 'reissue', knowledge, (operation) =>
    operation === undefined ? !credential.provisional : operation.cardId !== credential.cardId);
}

/** Asked for and not refused by the site: the answer may be lost, and deny wins. So does a mark nobody can explain. */
function isWanted(
  { pending }: Readonly<CredentialDocument>, kind: SiteOperation, knowledge: Knowledge,
  concerns: (operation: Readonly<OperationDocument> | undefined) => boolean = () => true,
): boolean {
  return pending.some(({ operation, id }) => {
    if (operation !== kind) return false;
    const document = knowledge.get('operations', id);
    return document?.state !== 'rejected' && concerns(document);
  });
}
