import type { Decision } from '../access/decision';
import type { AccessEvent } from '../access/movement/access-event';
import type { AuditEvent } from '../credential/audit-event';
import type { DoorEvent } from '../field/door-types';
import type { RulesNews } from './access/rules-in-force';

/** A decision, as the audit trail is told. Which rules, schedules and area: so that it can be explained afterwards. */
export function decisionEvent(decision: Decision, by: string): AuditEvent {
  const { userId, cardId, door, reason, decidedAt, granted, direction, reader, device, format, registrationChecked, dataAsOf, flags, lookedAt } = decision;
  return {
    kind: 'decision', at: decidedAt, userId, cardId, door, outcome: reason, by,
    detail: {
      granted, direction, reader, device, format, registrationChecked, dataAsOf, flags: flags.join(' '),
      rules: lookedAt.rules, schedules: lookedAt.schedules.join(', '), area: lookedAt.area, inside: lookedAt.inside,
    },
  };
}

/** What somebody should hear of beside a decision: duress, passed-back cards, a reader that is locked out. */
export function accessEvent({ event, at, userId, cardId, door, direction, reader, device, reason }: AccessEvent, by: string): AuditEvent {
  return { kind: 'access', at, userId, cardId, door, outcome: event, by, detail: { direction, reader, device, reason } };
}

const OUTCOMES = { lockdown: 'locked', release: 'released', fire: 'unlocked', 'fire-clear': 'released' } as const;

/** A lockdown, a fire, or the end of one; without doors: all of them. */
export function emergencyEvent(kind: keyof typeof OUTCOMES, doors: readonly string[], by: string): AuditEvent {
  return {
    kind, at: new Date().toISOString(), userId: null, cardId: null, door: doors.length === 1 ? doors[0] ?? null : '*',
    outcome: OUTCOMES[kind], by, detail: doors.length > 1 ? { doors: doors.join(', ') } : {},
  };
}

/** Rules that were put in force. */
export function rulesEvent({ name, hash, since, source }: RulesNews, by: string): AuditEvent {
  return { kind: 'rules', at: since, userId: null, cardId: null, door: null, outcome: 'in-force', by, detail: { name, hash, source } };
}

/** What a door noticed or did. */
export function doorEvent({ door, event, cause, at }: DoorEvent, by: string): AuditEvent {
  return { kind: 'door', at, userId: null, cardId: null, door, outcome: event, by, detail: { cause } };
}
