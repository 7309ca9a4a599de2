import type { Decision } from '../access/decision';
import type { AuditEvent } from '../credential/audit-event';
import type { DoorEvent } from '../field/door-types';

/** A decision, as the audit trail is told. */
export function decisionEvent(decision: Decision, by: string): AuditEvent {
  const { userId, cardId, door, reason, decidedAt, granted, direction, reader, registrationChecked, dataAsOf } = decision;
  return {
    kind: 'decision', at: decidedAt, userId, cardId, door, outcome: reason, by,
    detail: { granted, direction, reader, registrationChecked, dataAsOf },
  };
}

/** A lockdown or its release; `door` empty: all doors. */
export function emergencyEvent(kind: 'lockdown' | 'release', door: string, by: string): AuditEvent {
  return {
    kind, at: new Date().toISOString(), userId: null, cardId: null, door: door === '' ? '*' : door,
    outcome: kind === 'lockdown' ? 'locked' : 'released', by, detail: {},
  };
}

/** What a door noticed or did. */
export function doorEvent({ door, event, cause, at }: DoorEvent, by: string): AuditEvent {
  return { kind: 'door', at, userId: null, cardId: null, door, outcome: event, by, detail: { cause } };
}
