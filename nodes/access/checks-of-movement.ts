/** Reasons to deny that come from where people and doors are. Each is asked only where a rule asks it. */
import type { Facts } from './facts';
import { isSame } from './movement/second-person';
import { personOf, readerOf, twoPersonsOf, waitingFor } from './movement/of-facts';
import { passageOf, rulesOfDoor } from './rules/door-rules';
import type { Area, Interlock } from './rules/rules';

export function isReaderLockedOut(facts: Facts): boolean {
  return rulesOfDoor(facts).lockout !== null && facts.now < facts.movement.failed.until(readerOf(facts));
}

/** The area whose anti-passback this read violates, with its mode; null: none. Without a record nobody asks. */
export function passbackOf(facts: Facts): { area: Area; mode: 'soft' | 'hard' | 'timed'; leaving: boolean } | null {
  const { credential, movement, rules, now } = facts;
  const passage = passageOf(facts);
  if (passage === undefined || credential === null || rules.persons.get(credential.userId)?.antiPassback === false) return null;
  const person = personOf(credential);
  const { enters } = passage;
  if (enters?.antiPassback && movement.presence.isInside(enters, person, now, rules.timeZone) === true) {
    return { area: enters, mode: enters.antiPassback.mode, leaving: false };
  }
  const left = passage.leaves.find(({ antiPassback }) => antiPassback?.leaving === 'check');
  if (left?.antiPassback && movement.presence.isInside(left, person, now, rules.timeZone) === false) {
    return { area: left, mode: left.antiPassback.mode, leaving: true };
  }
  return null;
}

/** The area that this read would fill beyond its limit, with how many are inside; null: none. Who is inside is counted already. */
export function fullAreaOf(facts: Facts): { area: Area; count: number } | null {
  const { credential, movement, rules: { timeZone }, now } = facts;
  const area = passageOf(facts)?.enters ?? null;
  if (area === null || area.occupancyLimit === null || credential === null) return null;
  const isOutside = (person: { site: string; userId: string }): boolean => movement.presence.isInside(area, person, now, timeZone) !== true;
  if (!isOutside(credential)) return null;
  const other = waitingFor(facts);
  const entering = other !== null && isOutside(other) ? 2 : 1;
  const count = movement.presence.count(area, now, timeZone);
  return count + entering > area.occupancyLimit ? { area, count } : null;
}

/** The door that keeps this one shut; null: none. */
export function interlockedBy({ rules, door, movement, doors, now }: Facts): string | null {
  for (const { others, forMs } of rules.interlocks.get(door) ?? NONE) {
    for (const other of others) {
      if (doors.isOpen(other) === true) return other;
      const grantedAt = movement.grantedAt(other);
      if (grantedAt === null || Math.abs(now - grantedAt) >= forMs) continue;
      const closedAt = doors.closedAt(other);
      if (closedAt === null || closedAt < grantedAt) return other;
    }
  }
  return null;
}

/**
 * True where a rule asks for two persons and this is the first, or not one of those who count. `mayEnter` says whether
 * somebody who waits would still be let in: a block of the first person ends the wait.
 */
export function isSecondPersonNeeded(facts: Facts, mayEnter: (facts: Facts) => boolean): boolean {
  const { credential, knowledge } = facts;
  if (credential === null || twoPersonsOf(facts) === null) return false;
  const waiting = waitingFor(facts);
  if (waiting === null) return true;
  const records = knowledge.credentialsWith(waiting.cardId);
  const theirs = records.find((record) => isSame(record, waiting));
  return theirs === undefined || !mayEnter({ ...facts, candidates: [waiting.cardId], records, credential: theirs });
}

const NONE: readonly Interlock[] = [];
