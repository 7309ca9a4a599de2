/**
 * What is kept in a store, by collection. Every document has a string `_id`; the types here are the only
 * description of the files on disk.
 */
import type { ImportDocument, ImportRowsDocument } from './import/import-document';
import type { CredentialRecord, CredentialStatus, Person, SiteOperation } from './record';
import type { Progress, RegisteredReader } from './site-port';

/** `_id` = credentialId(site, cardId). `blacklisted` is filled in when a record leaves the store, null in the file. */
export interface CredentialDocument extends CredentialRecord {
  _id: string;
  /** Card number that took this one's place, or null: the decision is SUPERSEDED. */
  supersededBy: string | null;
  /** True until the site confirmed the issue: such a record has spent nothing for sure and opens nothing. */
  provisional: boolean;
  /** Milliseconds of the last own action on it: a list that began earlier says nothing about it. */
  touchedAt: number;
}

/** `_id` = `card:<cardId>` or `user:<userId>`. */
export interface BlacklistDocument {
  _id: string;
  cardId: string | null;
  userId: string | null;
  since: string;
  by: string;
  reason: string;
  site: 'confirmed' | 'pending' | 'none';
  /** The site at which somebody else blocked it: only that site's list ends it. */
  bySite?: string;
  /** True once it is unblocked here while the site has not agreed yet: until then it goes on blocking. */
  unblocking?: boolean;
}

/** `_id` = site ID. The registered readers as last received. */
export interface ReadersDocument {
  _id: string;
  readers: RegisteredReader[];
  receivedAt: string;
}

export type OperationState = 'new' | 'sending' | 'confirmed' | 'rejected' | 'unknown' | 'waiting';

/** `_id` = operation ID. The durable intent of a call to the site, kept until its outcome is known and after. */
export interface OperationDocument {
  _id: string;
  operation: SiteOperation;
  site: string;
  cardId: string;
  userId: string;
  /** For a re-issue: the number that is replaced. */
  formerCardId: string | null;
  state: OperationState;
  attempts: number;
  /** Error code, or null. */
  lastError: string | null;
  /** ISO times. `sentAt`: the last request went out; null: never. */
  since: string;
  sentAt: string | null;
  at: string;
  /** Credits this operation spends when it is carried out: 1 for issue and re-issue, else 0. */
  credits: number;
  /** Of an issue that is not confirmed: whom it is for, so that it can be sent again. */
  person?: Person;
  /** True while the site's list proves that it was not carried out, and it will be sent again. */
  notDone?: boolean;
  /** When, and after how many attempts, a person had it tried anew: from then on its budget counts. */
  budget?: { since: string; attempts: number };
  /** The row of a bulk import that it carries out. `plan`: the plan's hash. */
  import?: { plan: string; row: number };
  /** How far it has come at a site where it takes several requests. Lists do not settle such a one. */
  progress?: Progress;
  /** True while a confirmed outcome was only found in a list: who asked has not been told yet. */
  owed?: boolean;
}

/** `_id` = zero-padded sequence number, so that files sort. One change of a credential's status. */
export interface ChangeDocument {
  _id: string;
  seq: number;
  site: string;
  cardId: string;
  userId: string;
  name: string | null;
  from: CredentialStatus | null;
  to: CredentialStatus;
  at: string;
  /** True where the site's first complete list brought it: it was there before anybody watched. */
  initial: boolean;
}

/** `_id` = site ID. How fresh our knowledge of a site is. */
export interface SiteStateDocument {
  _id: string;
  /** ISO time of the last complete list; null before the first. */
  listAsOf: string | null;
  /** ISO time of the last login or issue. */
  contactAsOf: string | null;
}

/** `_id` = node ID of the watch. */
export interface CursorDocument {
  _id: string;
  seq: number;
}

/** `_id` = door name, or `*` for all doors. Present while the lockdown holds. */
export interface LockdownDocument {
  _id: string;
  since: string;
  by: string;
  /** Of `*`: doors that were released since. */
  except?: string[];
}

/** `_id` = door name, or `*`. Present while a fire's unlocking holds. */
export type FireDocument = LockdownDocument;

/** `_id` = area, site and user ID as JSON. The last entry or exit that was granted. */
export interface PresenceDocument {
  _id: string;
  area: string;
  site: string;
  userId: string;
  inside: boolean;
  door: string;
  /** ISO time. */
  at: string;
}

/** `_id` = a reader's door, direction, number and device, a line each. It grants nothing until then (ISO time). */
export interface LockoutDocument {
  _id: string;
  until: string;
}

/** `_id` = node ID and door as JSON. The node unlocked the door for free access, `since` (ISO time), and has not locked it yet. */
export interface FreeAccessDocument {
  _id: string;
  node: string;
  door: string;
  since: string;
}

/** `_id` = node ID. The rules that hold there, so that they still do where new ones are refused. */
export interface RulesDocument {
  _id: string;
  /** JSON, deflated, in base64: a large one is a tenth of its size, and no door waits while it is written. */
  packed: string;
  /** ISO time from which they hold. */
  since: string;
  source: 'property' | 'file' | 'message';
  /** Of the property or file that was there when they were put in force: a later change of it takes their place. */
  base: string;
}

/** `_id` = `last`. A time that the clock has shown: it cannot be before that again. */
export interface ClockDocument {
  _id: string;
  at: string;
}

/** `_id` = node ID. The settings that a node was started with last, so that the audit trail tells when they change. */
export interface ConfigDocument {
  _id: string;
  type: string;
  digest: string;
}

export interface Documents {
  credentials: CredentialDocument;
  blacklist: BlacklistDocument;
  readers: ReadersDocument;
  operations: OperationDocument;
  changes: ChangeDocument;
  sites: SiteStateDocument;
  cursors: CursorDocument;
  lockdowns: LockdownDocument;
  imports: ImportDocument;
  importRows: ImportRowsDocument;
  configs: ConfigDocument;
  fires: FireDocument;
  presence: PresenceDocument;
  lockouts: LockoutDocument;
  freeAccess: FreeAccessDocument;
  rules: RulesDocument;
  clocks: ClockDocument;
}

export type CollectionName = keyof Documents;

export const COLLECTIONS: readonly CollectionName[] = [
  'credentials', 'blacklist', 'readers', 'operations', 'changes', 'sites', 'cursors', 'lockdowns', 'imports',
  'importRows', 'configs', 'fires', 'presence', 'lockouts', 'freeAccess', 'rules', 'clocks',
];

export function credentialId(site: string, cardId: string): string {
  return `${site}/${cardId}`;
}
