import { isMcError, type McError } from '../credential/mc-error';
import { plainError } from './setback';

export type SiteState = 'signed-out' | 'signing-in' | 'signed-in' | 'failed' | 'paused';
export type StateListener = (state: SiteState, error: McError | null) => void;

/** What is shown of the connection; a refused card says nothing about it. */
const OF_THE_CONNECTION = ['SITE_UNREACHABLE', 'SITE_TLS', 'LOGIN_REFUSED', 'ACCOUNT_LOCKED', 'SITE_NOT_FOUND', 'RATE_LIMITED', 'SITE_ANSWER_INVALID'] as const;

/** The state of a site's connection, as it is shown under the nodes that use it. */
export class SiteStateBoard {
  private readonly listeners = new Set<StateListener>();
  private shown: { state: SiteState; error: McError | null } = { state: 'signed-out', error: null };
  private isClosed = false;

  get state(): SiteState {
    return this.shown.state;
  }

  /** Called at once and on each change. Returns the end of it. */
  onState(listener: StateListener): () => void {
    this.listeners.add(listener);
    listener(this.shown.state, this.shown.error);
    return () => { this.listeners.delete(listener); };
  }

  show(state: SiteState, error: McError | null): void {
    if (this.isClosed || (this.shown.state === state && this.shown.error?.code === error?.code)) return;
    this.shown = { state, error };
    for (const listener of this.listeners) listener(state, error);
  }

  /** What a call failed with. `isPaused`: the breaker is open; `hasSession`: the session still holds. */
  showFailure(error: unknown, { isPaused, hasSession }: { isPaused: boolean; hasSession: boolean }): void {
    const plain = plainError(error);
    const lost = isMcError(plain, 'OUTCOME_UNKNOWN') ? plain.cause : plain;
    if (isPaused && isMcError(lost)) this.show('paused', lost);
    else if (isMcError(lost, ...OF_THE_CONNECTION)) this.show('failed', lost);
    else if (hasSession) this.show('signed-in', null);
  }

  close(): void {
    this.show('signed-out', null);
    this.listeners.clear();
    this.isClosed = true;
  }
}
