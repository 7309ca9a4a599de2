import type { Reason } from '../decision';
import type { Direction } from '../rules/rules';

/** What somebody should hear of beside the decision: on output 4 of `mc-access`, and in the audit trail. */
export interface AccessEvent {
  event: 'duress' | 'passback-detected' | 'reader-locked-out';
  /** ISO time. */
  at: string;
  door: string;
  direction: Direction;
  reader: number | null;
  device: string;
  userId: string | null;
  name: string | null;
  cardId: string | null;
  /** Of the decision it belongs to. */
  reason: Reason;
}
