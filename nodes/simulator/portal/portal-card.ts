import type { CredentialStatus } from '../../credential/record';

/** Statuses on the wire. INACTIVE and ACTIVE are the vendor's (suprema-api A6.1), the others this package's assumption. */
export type WireStatus = 'RESERVED' | 'INACTIVE' | 'ACTIVE' | 'PAUSED';

/** What each means in the portal's list. */
export const STATUS_OF: Readonly<Record<WireStatus, CredentialStatus>> = {
  RESERVED: 'reserved', INACTIVE: 'before-activation', ACTIVE: 'activated', PAUSED: 'paused',
};

/** A person and the number of their card, as asked for. Texts that were left out are empty. */
export interface CardRequest {
  number: string;
  userKey: string;
  name: string;
  email: string;
  phone: string;
  department: string;
  title: string;
  /** Milliseconds since the epoch, or null. */
  startDate: number | null;
  endDate: number | null;
}

/** A card in the portal's books. */
export interface PortalCard extends CardRequest {
  status: WireStatus;
  /** Status that a resume brings back; null while it is not paused. */
  pausedFrom: WireStatus | null;
  /** Secret part of its activation link; empty while it is reserved. */
  linkToken: string;
}

/** A row of the list, and the record of every answer about a card. */
export function wireRow(card: Readonly<PortalCard>, cardType: string): Record<string, string> {
  const { number, userKey, status, name, email, phone, department, title, startDate, endDate } = card;
  return {
    number, userKey, status, cardType, name, email, phone, department, title,
    ...(startDate === null ? {} : { startDate: String(startDate) }),
    ...(endDate === null ? {} : { endDate: String(endDate) }),
  };
}
