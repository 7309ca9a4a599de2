/** What is asked at a door and what is answered. Shapes of the flow contract. */
import type { CardFormat } from '../credential/card-format-names';

/** Reasons of a decision, in their order: when several hold, the first is given. */
export const REASONS = [
  'BAD_READ', 'AMBIGUOUS_CARD', 'READER_LOCKED_OUT', 'LOCKDOWN', 'BLACKLISTED', 'UNKNOWN_CARD', 'DELETED',
  'SUPERSEDED', 'PAUSED', 'BEFORE_ACTIVATION', 'READER_NOT_REGISTERED', 'CLOCK_DOUBTFUL', 'NOT_YET_VALID', 'EXPIRED',
  'DATA_TOO_OLD', 'DOOR_NOT_ALLOWED', 'OUTSIDE_SCHEDULE', 'ANTI_PASSBACK', 'OCCUPANCY_FULL', 'INTERLOCK',
  'SECOND_PERSON_NEEDED', 'GRANTED',
] as const;

export type Reason = (typeof REASONS)[number];

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

export interface Decision extends Read {
  granted: boolean;
  reason: Reason;
  userId: string | null;
  name: string | null;
  /** Side remarks, e.g. `decided-offline`. */
  flags: string[];
  registrationChecked: boolean;
  /** The rule that decided, in words, where one did. */
  rule?: string;
  decidedAt: string;
  /** Age of the data it was decided on; null when there is none at all. */
  dataAsOf: string | null;
  decisionMs: number;
}

/** What rules and emergencies ask of doors: output 3 of `mc-access`. */
export interface DoorOrder {
  door: string;
  command: 'lock' | 'unlock' | 'release';
  source: 'lockdown' | 'schedule';
  at: string;
}
