/** What a mobile credential is: the record that travels in messages and lies in the store. */

/** Life cycle of a credential, in the order a phone goes through it (suprema-api B1.2, C1). */
export type CredentialStatus = 'reserved' | 'before-activation' | 'activated' | 'paused' | 'deleted';

export const CREDENTIAL_STATUSES: readonly CredentialStatus[] = [
  'reserved', 'before-activation', 'activated', 'paused', 'deleted',
];

/** The portal's own words, as its list shows them. */
export const STATUS_TEXTS: Readonly<Record<CredentialStatus, string>> = {
  reserved: 'Issuing Reserved',
  'before-activation': 'Before Activation',
  activated: 'Activation',
  paused: 'Pausing',
  deleted: 'Deleted',
};

/** What is asked of a site and may be pending. */
export type SiteOperation = 'issue' | 'reissue' | 'resend' | 'suspend' | 'resume' | 'delete' | 'block' | 'unblock';

/** What is wanted and not yet confirmed by the site. */
export interface PendingOperation {
  operation: SiteOperation;
  id: string;
  /** ISO time at which it was wanted. */
  since: string;
  /** Requests sent so far. */
  attempts: number;
  /** Error code of the last attempt, or null. */
  lastError: string | null;
}

export interface Blacklisted {
  since: string;
  by: string;
  reason: string;
}

/** Door names, or `'*'` for all doors. */
export type Doors = string[] | '*';

/** The credential record of the flow contract. Every field is always present; unknown ones are null. */
export interface CredentialRecord {
  cardId: string;
  userId: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  department: string | null;
  title: string | null;
  status: CredentialStatus;
  statusText: string;
  blacklisted: Blacklisted | null;
  /** ISO times or null for no limit. `validTo` is the last instant that is valid. */
  validFrom: string | null;
  validTo: string | null;
  doors: Doors;
  /** Site ID. */
  site: string;
  /** Card number that this one took the place of, or null. */
  replaces: string | null;
  issuedAt: string | null;
  activatedAt: string | null;
  updatedAt: string;
  pending: PendingOperation[];
}

/** Input of an issue, after validation and normalisation: absent fields are null. */
export interface Person {
  userId: string;
  name: string;
  email: string | null;
  phone: string | null;
  department: string | null;
  title: string | null;
  /** Null: a random number is drawn. */
  cardId: string | null;
  validFrom: string | null;
  validTo: string | null;
  /** Null: not said (all doors for a new credential, unchanged for a present one). */
  doors: Doors | null;
}

/** A card number as it may be shown in logs, statuses and error texts: its last four digits. */
export function maskCard(cardId: string): string {
  return `…${cardId.slice(-4)}`;
}
