/** What is asked at a door and what is answered. Shapes of the flow contract. */
import type { CardFormat } from '../credential/card-format-names';
import type { CredentialStatus } from '../credential/record';

/** Reasons of a decision, in their order: when several hold, the first is given. */
export const REASONS = [
  'BAD_READ', 'AMBIGUOUS_CARD', 'READER_LOCKED_OUT', 'LOCKDOWN', 'BLACKLISTED', 'UNKNOWN_CARD', 'DELETED',
  'SUPERSEDED', 'PAUSED', 'BEFORE_ACTIVATION', 'READER_NOT_REGISTERED', 'CLOCK_DOUBTFUL', 'NOT_YET_VALID', 'EXPIRED',
  'DATA_TOO_OLD', 'DOOR_NOT_ALLOWED', 'OUTSIDE_SCHEDULE', 'ANTI_PASSBACK', 'OCCUPANCY_FULL', 'INTERLOCK',
  'SECOND_PERSON_NEEDED', 'GRANTED',
] as const;

export type Reason = (typeof REASONS)[number];

export type DenialReason = Exclude<Reason, 'GRANTED'>;

/** A read as `mc-reader` emits it. Fields a flow leaves out are null. */
export interface Read {
  /** Decimal, no leading zero; null where the reader gave nothing usable. */
  cardId: string | null;
  format: CardFormat | null;
  bits: number | null;
  facilityCode: string | null;
  cardNumber: string | null;
  /** Null where the format has no parity. */
  parityOk: boolean | null;
  /** A key of the reader's keypad, `0` to `9`, `*` or `#`: such a read has no card. */
  key?: string;
  door: string;
  direction: 'in' | 'out';
  reader: number | null;
  /** ID of the registered device, or '' when the reader does not say: registration is not checked. */
  device: string;
  readAt: string;
}

/** True for a key of a keypad: there is no card to decide on. */
export function isKey(payload: unknown): boolean {
  const { key, cardId } = (payload ?? {}) as { key?: unknown; cardId?: unknown };
  return typeof key === 'string' && cardId === null;
}

/** What a decision looked at, as it was then. Null and empty: there was none of it. */
export interface LookedAt {
  /** Of the credential. */
  status: CredentialStatus | null;
  validFrom: string | null;
  validTo: string | null;
  /** Names of the schedules that had to be on. */
  schedules: string[];
  /** The area that would be entered, and how many were inside. */
  area: string | null;
  inside: number | null;
  /** The name of the rules in force. */
  rules: string | null;
}

export interface Decision extends Read {
  granted: boolean;
  reason: Reason;
  userId: string | null;
  name: string | null;
  /** Side remarks, e.g. `extended-time`. */
  flags: string[];
  registrationChecked: boolean;
  /** What decided, in words. */
  rule: string;
  lookedAt: LookedAt;
  decidedAt: string;
  /** How old the data is that it was decided on; null when there is none at all. */
  dataAsOf: string | null;
  dataAgeMs: number | null;
  /** Milliseconds that the decision took. */
  decisionMs: number;
}

/** What rules and emergencies ask of doors: output 3 of `mc-access`. */
export interface DoorOrder {
  door: string;
  command: 'lock' | 'unlock' | 'release';
  source: 'fire' | 'lockdown' | 'schedule';
  at: string;
}
