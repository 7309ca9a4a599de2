import { isoTime } from '../../credential/clock';
import type { StoreWrite } from '../../credential/store-port';
import type { Reason } from '../decision';
import type { Facts } from '../facts';
import { passageOf, rulesOfDoor } from '../rules/door-rules';
import type { AccessEvent } from './access-event';
import { personOf, readerOf, waitingFor } from './of-facts';

/** What a decision leads to: what is to be kept, and what is to be told. */
export interface Consequences {
  writes: StoreWrite[];
  events: AccessEvent[];
}

/**
 * Adds what was decided to the movement that it was decided on: entries and exits of who was granted, who waits for a
 * second person, failed reads. To be called once for each decision, before the next.
 */
export function takeUp({ facts, reason, flags }: { facts: Facts; reason: Reason; flags: readonly string[] }): Consequences {
  const told: Consequences = { writes: [], events: [] };
  const tell = (event: AccessEvent['event']): void => { told.events.push(eventOf(event, facts, reason)); };
  if (flags.includes('duress')) tell('duress');
  if (reason === 'ANTI_PASSBACK' || flags.includes('anti-passback')) tell('passback-detected');
  const lockedOut = noteFailure(facts, reason);
  if (lockedOut !== null) {
    told.writes.push(lockedOut);
    tell('reader-locked-out');
  }
  if (reason === 'SECOND_PERSON_NEEDED') wait(facts);
  if (reason === 'GRANTED') told.writes.push(...grant(facts));
  return told;
}

function noteFailure(facts: Facts, reason: Reason): StoreWrite | null {
  const { lockout } = rulesOfDoor(facts);
  const { failed } = facts.movement;
  const reader = readerOf(facts);
  if (lockout === null || !failed.note(reader, reason, lockout, facts.now)) return null;
  return { collection: 'lockouts', put: { _id: reader, until: isoTime(failed.until(reader)) } };
}

function wait(facts: Facts): void {
  const { credential, now, door, direction, movement } = facts;
  const among = rulesOfDoor(facts).twoPersons?.among ?? null;
  if (credential === null || (among !== null && !among.has(credential.userId))) return;
  movement.waiting.wait(door, direction, { ...personOf(credential), cardId: credential.cardId, at: now });
}

/** Both of two persons go through. */
function grant(facts: Facts): StoreWrite[] {
  const { credential, now, door, direction, rules, movement } = facts;
  if (rules.interlocks.has(door)) movement.noteGrant(door, now);
  const other = waitingFor(facts);
  movement.waiting.done(door, direction);
  const passage = passageOf(facts);
  if (passage === undefined || credential === null) return [];
  return [personOf(credential), ...other === null ? [] : [personOf(other)]].flatMap((person) => [
    ...passage.leaves.flatMap((area) => movement.presence.note(area, person, false, door, now, rules.timeZone)),
    ...passage.enters === null ? [] : movement.presence.note(passage.enters, person, true, door, now, rules.timeZone),
  ]);
}

function eventOf(event: AccessEvent['event'], facts: Facts, reason: Reason): AccessEvent {
  const { credential, now, door, direction, reader, device } = facts;
  return {
    event, at: isoTime(now), door, direction, reader, device,
    userId: credential?.userId ?? null, name: credential?.name ?? null, cardId: credential?.cardId ?? null, reason,
  };
}
