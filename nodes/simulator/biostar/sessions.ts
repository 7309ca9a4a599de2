import { randomBytes } from 'node:crypto';
import type { Clock } from '../../credential/clock';
import { DEMO_ACCOUNT } from '../portal/account';
import { BiostarError } from './biostar-error';

/** The published demonstration operator of the simulated server; its password is the demonstration account's. */
export const DEMO_LOGIN_ID = 'demo';

const WRONG_PASSWORDS = 5;
const IDLE_SECONDS = 3600;

/** Who is signed in to the simulated server. A session ends when it lies idle, or when all are ended. */
export class Sessions {
  readonly idleSeconds = IDLE_SECONDS;
  private readonly usedAt = new Map<string, number>();
  private readonly over = new Set<string>();
  private wrong = 0;

  constructor(private readonly clock: Clock) {}

  /** A new session. Code 101 for a wrong account, 113 after five wrong passwords (suprema-api A2, E1). */
  signIn(loginId: string, password: string): string {
    if (this.wrong >= WRONG_PASSWORDS) throw new BiostarError(113, 400, 'Too many failed logins.');
    const known = loginId === DEMO_LOGIN_ID || loginId.toLowerCase() === DEMO_ACCOUNT.email;
    if (!known || password !== DEMO_ACCOUNT.password) {
      if (known) this.wrong += 1;
      throw new BiostarError(101, 400, 'Invalid login ID or password.');
    }
    this.wrong = 0;
    const session = randomBytes(16).toString('hex');
    this.usedAt.set(session, this.clock.now());
    return session;
  }

  /** Code 10 for an unknown session, 11 for one that is over; both on HTTP 401. */
  check(session: string): void {
    const usedAt = this.usedAt.get(session);
    if (usedAt === undefined) throw this.over.has(session) ? new BiostarError(11, 401, 'Session timed out.') : new BiostarError(10, 401, 'Login required.');
    const now = this.clock.now();
    if (now - usedAt > this.idleSeconds * 1000) {
      this.end(session);
      throw new BiostarError(11, 401, 'Session timed out.');
    }
    this.usedAt.set(session, now);
  }

  isValid(session: string): boolean {
    return this.usedAt.has(session);
  }

  end(session: string): void {
    if (!this.usedAt.delete(session)) return;
    this.over.add(session);
    if (this.over.size > 1000) this.over.delete(this.over.values().next().value as string);
  }

  endAll(): void {
    for (const session of [...this.usedAt.keys()]) this.end(session);
  }

  unlock(): void {
    this.wrong = 0;
  }
}
