import { type Clock, isoTime } from '../credential/clock';

export type SimulatorEventName =
  | 'login' | 'login-refused' | 'account-locked' | 'account-unlocked' | 'tokens-expired'
  | 'credits-bought' | 'site-changed' | 'portal-down' | 'portal-up' | 'reset'
  | 'reserved' | 'issued' | 'activated' | 'resent' | 'reissued' | 'suspended' | 'resumed' | 'deleted'
  | 'reader-registered' | 'reader-unregistered'
  | 'card-presented' | 'strike-on' | 'strike-off' | 'door-opened' | 'door-forced' | 'door-closed'
  | 'exit-pressed' | 'tamper' | 'tamper-cleared';

/** What an event is about. Never a name, e-mail, phone, password, token or activation link. */
export interface EventFacts {
  cardId?: string;
  userId?: string;
  /** Card number that this one took the place of. */
  replaces?: string;
  /** Counts from 1. */
  door?: number;
  /** Counts from 1. */
  reader?: number;
  /** ID of a registered or unregistered reader. */
  device?: string;
  /** How long the strike was on, in milliseconds. */
  energisedMs?: number;
  credits?: { used: number; bought: number };
  /** New state of the site, in the portal's words. */
  site?: { status: string; accessType: string; messaging: string };
}

/** What `onEvent` listeners get and `mc-simulator` emits. `at` is ISO 8601 in UTC. */
export interface SimulatorEvent extends EventFacts {
  event: SimulatorEventName;
  at: string;
}

const KEPT = 100;

/** What happens in the simulator: tells listeners, keeps the last hundred for the page. */
export class Activity {
  private readonly eventListeners = new Set<(event: SimulatorEvent) => void>();
  private readonly changeListeners = new Set<() => void>();
  private kept: SimulatorEvent[] = [];

  constructor(private readonly clock: Clock) {}

  /** Newest first. */
  get recent(): readonly SimulatorEvent[] {
    return this.kept;
  }

  tell(event: SimulatorEventName, facts: EventFacts = {}): void {
    const told: SimulatorEvent = { event, at: isoTime(this.clock.now()), ...facts };
    this.kept = [told, ...this.kept.slice(0, KEPT - 1)];
    for (const listener of this.eventListeners) {
      try {
        listener({ ...told });
      } catch {
        // A listener's fault is its own: a door or a portal answer does not fail for it.
      }
    }
    this.changed();
  }

  /** Something on the page looks different now, though nothing worth an event happened. */
  changed(): void {
    for (const listener of this.changeListeners) listener();
  }

  forget(): void {
    this.kept = [];
  }

  onEvent(listener: (event: SimulatorEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => { this.eventListeners.delete(listener); };
  }

  onChange(listener: () => void): () => void {
    this.changeListeners.add(listener);
    return () => { this.changeListeners.delete(listener); };
  }
}
