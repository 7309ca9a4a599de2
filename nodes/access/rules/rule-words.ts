import { isoTime } from '../../credential/clock';
import { dataAsOf } from '../data-age';
import type { DenialReason, Reason } from '../decision';
import type { Facts } from '../facts';
import { fullAreaOf, interlockedBy, passbackOf } from '../checks-of-movement';
import { readerOf, twoPersonsOf, waitingFor } from '../movement/of-facts';
import { rulesOfDoor, scheduleThatIsOff } from './door-rules';

/** What decided, in words, for whoever looks at it afterwards. Cards are named by their last digits. */
export function ruleOf(facts: Facts, reason: Reason): string {
  return WORDS[reason](facts);
}

const WORDS: Record<Reason, (facts: Facts) => string> = {
  BAD_READ: ({ readable, candidates }) => (readable && candidates.length === 0 ? 'no number was read' : 'the read has no usable number, or its parity is wrong'),
  AMBIGUOUS_CARD: ({ candidates }) => `the reader cuts numbers short, and ${candidates.length} cards fit`,
  READER_LOCKED_OUT: (facts) => `lockout of door "${facts.door}" until ${isoTime(facts.movement.failed.until(readerOf(facts)))}`,
  LOCKDOWN: ({ door, knowledge }) => `lockdown ${knowledge.get('lockdowns', door) === undefined ? 'of all doors' : `of door "${door}"`}`,
  BLACKLISTED: ({ candidates, knowledge }) => `blacklist entry of the ${candidates.some((cardId) => knowledge.get('blacklist', `card:${cardId}`) !== undefined) ? 'card' : 'user'}`,
  UNKNOWN_CARD: () => 'no credential has this number',
  DELETED: () => 'the credential was deleted, or its deletion is asked for',
  SUPERSEDED: () => 'another card took its place, or its re-issue is asked for',
  PAUSED: () => 'the credential is suspended, or its suspension is asked for',
  BEFORE_ACTIVATION: () => 'the credential is not activated on a phone yet',
  READER_NOT_REGISTERED: ({ device, credential }) => `the reader's device "${device}" is not on the list of site ${credential?.site ?? ''}`,
  CLOCK_DOUBTFUL: ({ clockJumped }) => (clockJumped ? 'the clock has jumped, and the site was not heard since' : 'the clock is before a time that was noted already'),
  NOT_YET_VALID: ({ credential }) => `the credential is valid from ${credential?.validFrom ?? ''}`,
  EXPIRED: ({ credential }) => `the credential was valid to ${credential?.validTo ?? ''}`,
  DATA_TOO_OLD: ({ credential, knowledge, offlineLimitHours }) =>
    `data as of ${(credential && dataAsOf(knowledge.get('sites', credential.site))) ?? 'never'}, and the store allows ${offlineLimitHours} h`,
  DOOR_NOT_ALLOWED: ({ door }) => `the credential's doors do not include "${door}"`,
  OUTSIDE_SCHEDULE: (facts) => {
    const off = scheduleThatIsOff(facts);
    return off === null ? '' : `schedule "${off.schedule}" of ${off.of === 'door' ? `door "${facts.door}"` : `user ${facts.credential?.userId ?? ''}`}`;
  },
  ANTI_PASSBACK: (facts) => {
    const violated = passbackOf(facts);
    return violated === null ? '' : `anti-passback (${violated.mode}) of area "${violated.area.name}": the person is ${violated.leaving ? 'outside' : 'inside'} already`;
  },
  OCCUPANCY_FULL: (facts) => {
    const full = fullAreaOf(facts);
    return full === null ? '' : `area "${full.area.name}" has ${full.count} of ${full.area.occupancyLimit ?? 0} persons inside`;
  },
  INTERLOCK: (facts) => `interlock: door "${interlockedBy(facts) ?? ''}" is open, or was granted just now`,
  SECOND_PERSON_NEEDED: (facts) => {
    const { among, withinMs } = twoPersonsOf(facts) ?? { among: null, withinMs: 0 };
    if (among !== null && !among.has(facts.credential?.userId ?? '')) return `two-person rule of door "${facts.door}" counts certain persons, and this one is none of them`;
    return `two-person rule of door "${facts.door}": another person has ${withinMs / 1000} s`;
  },
  GRANTED: (facts) => (waitingFor(facts) === null ? grantedBy(facts) : `two-person rule of door "${facts.door}": both were here`),
};

function grantedBy(facts: Facts): string {
  const { credential, door } = facts;
  if (credential?.doors === '*') return 'the credential opens all doors';
  if (credential?.doors.includes(door) === true) return `the credential opens door "${door}"`;
  const group = credential?.doors.find((name) => facts.rules.groups.get(name)?.has(door) === true);
  return `the credential opens door group "${group ?? ''}"`;
}

/** For each reason, what would have to be different. */
export function changeFor(facts: Facts, reason: DenialReason): string {
  return CHANGES[reason](facts);
}

const CHANGES: Record<DenialReason, (facts: Facts) => string> = {
  BAD_READ: () => 'Present a card that can be read.',
  AMBIGUOUS_CARD: () => 'Use a reader or a format that carries the whole number.',
  READER_LOCKED_OUT: (facts) => `Wait until ${isoTime(facts.movement.failed.until(readerOf(facts)))}, or use another reader.`,
  LOCKDOWN: ({ credential }) => `Release the lockdown, or let user ${credential?.userId ?? ''} pass it in the rules.`,
  BLACKLISTED: () => 'Unblock the card and its user.',
  UNKNOWN_CARD: () => 'Issue a credential to this person, or let the list of the site arrive.',
  DELETED: () => 'Issue a new credential.',
  SUPERSEDED: () => 'Use the card that took its place.',
  PAUSED: () => 'Resume the credential.',
  BEFORE_ACTIVATION: () => 'Activate the credential on the phone.',
  READER_NOT_REGISTERED: ({ device }) => `Register device "${device}" at the site, or correct it in the reader.`,
  CLOCK_DOUBTFUL: () => 'Set the clock of this machine right, and let it reach the site.',
  NOT_YET_VALID: ({ credential }) => `Wait until ${credential?.validFrom ?? ''}, or change the period.`,
  EXPIRED: () => 'Prolong the period of the credential.',
  DATA_TOO_OLD: () => 'Let a complete list of the site arrive.',
  DOOR_NOT_ALLOWED: ({ door }) => `Add "${door}", or a group that has it, to the doors of the credential.`,
  OUTSIDE_SCHEDULE: (facts) => `Ask for a time at which the ${ruleOf(facts, 'OUTSIDE_SCHEDULE')} is on, or change it.`,
  ANTI_PASSBACK: (facts) => `Leave the area by its exit first, or reset the person: ${ruleOf(facts, 'ANTI_PASSBACK')}.`,
  OCCUPANCY_FULL: (facts) => `Somebody has to leave first: ${ruleOf(facts, 'OCCUPANCY_FULL')}.`,
  INTERLOCK: (facts) => `Door "${interlockedBy(facts) ?? ''}" has to be shut first.`,
  SECOND_PERSON_NEEDED: (facts) => `A second person has to present a card within ${(rulesOfDoor(facts).twoPersons?.withinMs ?? 0) / 1000} s.`,
};
