import type { SitePort } from '../credential/site-port';
import type { SiteState, StateListener } from './site-state';

/** A capability that a site lacks, and why. */
export interface Unavailable {
  capability: string;
  reason: string;
}

/** A site as the nodes see it, whatever its provider: what the domain needs, and its connection. */
export interface Site extends SitePort {
  readonly provider: 'portal' | 'biostar';
  readonly state: SiteState;
  /** True where the server's certificate is not looked at, because an integrator says so. */
  readonly unverified?: boolean;
  /** Who is asked for the list of credentials: the provider itself, or the portal beside it. */
  readonly listAskedOf: 'portal' | 'biostar';
  /** Of the present session, null when there is none. `expiresAt` null: the provider does not tell. */
  session(): { since: string; expiresAt: string | null } | null;
  /** What the provider turned out not to have. */
  unavailable(): Unavailable[];
  /** A person asks to sign in: a refusal of a moment ago does not count. */
  forgive(): void;
  /** Called at once and on each change. Returns the end of it. */
  onState(listener: StateListener): () => void;
  /** Ends everything under way; what may have reached the site then is OUTCOME_UNKNOWN. Later calls fail at once. */
  close(): void;
}
