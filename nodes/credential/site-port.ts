import type { CredentialStatus, Person } from './record';

/** Figures of a site's credit account. Null: the provider does not tell. */
export interface Credits {
  /** Card credits left: one is spent by each issue and each re-issue. */
  card: number | null;
  maintenance: number | null;
  /** Text messages left. */
  text: number | null;
  used: number | null;
  bought: number | null;
}

export interface SiteInfo {
  siteId: string;
  name: string;
  /** DYNAMIC sites need a period for each credential. */
  accessType: 'REGULAR' | 'DYNAMIC';
  /** 'ACTIVATED', 'PAYMENT_REQUIRED', … as the provider says it. */
  status: string;
  credits: Credits;
  /** IANA zone of the site, or null. */
  timeZone: string | null;
}

/** One row of the site's list of credentials, checked by shape. */
export interface SiteCredential {
  cardId: string;
  userId: string;
  /** Null: the site does not tell; what is known of the card stays. */
  status: CredentialStatus | null;
  name: string | null;
  email: string | null;
  phone: string | null;
  department: string | null;
  title: string | null;
  validFrom: string | null;
  validTo: string | null;
}

/** A complete list: every page arrived and every shape held. An incomplete one is an error, never a short list. */
export interface SiteList {
  credentials: SiteCredential[];
  /** Milliseconds: when reading began. What changed here after that is not touched by the list. */
  startedAt: number;
}

/** A reader that is registered for the site. */
export interface RegisteredReader {
  device: string;
  name: string | null;
}

/** How far an operation that takes several requests has come, in words of the site's own. */
export type Progress = Readonly<Record<string, string>>;

/** What a site with several requests an operation keeps of its way. Null where nobody keeps anything. */
export interface OperationSteps {
  readonly userId: string;
  readonly progress: Progress;
  /** Durable when it resolves: before the next request goes out. `spent: 'yes'` says that the credit is spent. */
  keep(progress: Progress): Promise<void>;
}

/** What is known of an operation that was interrupted, to bring it to its end. */
export interface Interrupted {
  operation: 'issue' | 'reissue' | 'delete' | 'block' | 'unblock';
  cardId: string;
  formerCardId: string | null;
  /** Of an issue. */
  person: Person | null;
}

/** What the site said of the card it was asked about; null where it did not say. */
export interface SiteAnswer {
  status: CredentialStatus | null;
}

export type Capability =
  | 'issue' | 'reissue' | 'resend' | 'suspend' | 'resume' | 'delete' | 'list' | 'devices' | 'credits'
  | 'blacklist' | 'users' | 'doors' | 'events';

/**
 * A site as the domain sees it; each provider implements it. Every method signs in by itself when needed and
 * rejects with a McError. A write whose request may have reached the site while its answer was lost rejects with
 * `OUTCOME_UNKNOWN`; any other code means that the site certainly did not act.
 */
export interface SitePort {
  readonly siteId: string;
  readonly messaging: 'email' | 'text';
  readonly nameRule: 'strict' | 'extended';
  /** IANA zone in which bare dates and days of the credit limit are read. */
  readonly timeZone: string;
  readonly creditReserve: number;
  /** 0 = none. */
  readonly dailyCreditLimit: number;
  capabilities(): Capability[];
  /** Signs in if needed and reads the site. `SITE_NOT_FOUND`, `LOGIN_REFUSED`, … */
  info(): Promise<SiteInfo>;
  /** The whole list. `NOT_SUPPORTED` where the site has no such route, `SITE_ANSWER_INVALID` where incomplete. */
  list(): Promise<SiteList>;
  devices(): Promise<RegisteredReader[]>;
  /** Spends a credit. `cardId` is the number to issue. */
  issue(person: Person, cardId: string, steps: OperationSteps): Promise<SiteAnswer>;
  /** Spends a credit; the former number becomes invalid. */
  reissue(cardId: string, newCardId: string, steps: OperationSteps): Promise<SiteAnswer>;
  resend(cardId: string): Promise<SiteAnswer>;
  suspend(cardId: string): Promise<SiteAnswer>;
  resume(cardId: string): Promise<SiteAnswer>;
  /** Already gone counts as done. */
  delete(cardId: string, steps: OperationSteps): Promise<SiteAnswer>;
  /** Keeps a card from every reader of the site. Already so counts as done. CARD_NOT_FOUND, BLACKLIST_FULL. */
  block?(cardId: string): Promise<void>;
  unblock?(cardId: string): Promise<void>;
  /** Card numbers on the site's blacklist, all of them. */
  blocked?(): Promise<string[]>;
  /**
   * Only of a site whose operations take several requests: brings an interrupted one to its end. Resolves when it is
   * carried out; any error but OUTCOME_UNKNOWN and those of the connection says that it is undone.
   */
  complete?(interrupted: Interrupted, steps: OperationSteps): Promise<SiteAnswer>;
  /** Takes a deleted number off the site's register, so that it may be given to somebody again. */
  release?(cardId: string): Promise<void>;
}
