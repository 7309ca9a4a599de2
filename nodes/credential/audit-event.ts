import type { SiteOperation } from './record';

/** What the audit trail tells of: a request to the site, a block, a bulk import, a decision, a door, an emergency, … */
export type AuditKind =
  | SiteOperation | 'import' | 'status' | 'decision' | 'access' | 'door' | 'lockdown' | 'release' | 'fire' | 'fire-clear' | 'reset' | 'rules' | 'config' | 'erase' | 'lost';

/** Plain facts beside the fixed fields. Never a name, an address or a phone number: those do not enter the trail. */
export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>;

/**
 * One thing that happened, as the audit trail is told. `userId` and `cardId` are kept outside the chain, so that a
 * person can be erased while the chain still verifies.
 */
export interface AuditEvent {
  kind: AuditKind;
  /** ISO time. */
  at: string;
  userId: string | null;
  cardId: string | null;
  door: string | null;
  /** A state, reason or event in the words of the contract: `confirmed`, `GRANTED`, `forced-open`, … */
  outcome: string;
  /** Who or what did it: `flow`, `site`, a node's ID. */
  by: string;
  detail: AuditDetail;
}

/** A row as `mc-audit` answers it. An erased person's `userId` and `cardId` are null. */
export interface AuditRow extends AuditEvent {
  seq: number;
}
