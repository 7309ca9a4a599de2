import { randomBytes } from 'node:crypto';
import type { Clock } from '../../credential/clock';
import { DEMO_ACCOUNT } from '../portal/account';
import { BioStarError } from './biostar-error';
import type { BioStarSettings } from './settings';

/** Login id of the simulated BioStar; its password is that of the published demonstration account. */
export const DEMO_BIOSTAR_LOGIN = 'demo';

const WRONG_PASSWORDS = 5;
const LOCKED_MS = 5 * 60_000;

/** Who is signed in, by the `bs-session-id` of 32 hexadecimal digits (suprema-api A2). */
export class Sessions {
  /** When each was used last. */
  private readonly used = new Map<string, number>();
  private readonly over = new Set<string>();
  private wrong = 0;
  private lockedUntil = 0;

  constructor(private readonly clock: Clock, private readonly settings: () => BioStarSettings) {}

  /** Throws 101, and 113 after five wrong passwords in a row. */
  login(loginId: string, password: string): string {
    if (![DEMO_BIOSTAR_LOGIN, DEMO_ACCOUNT.email].includes(loginId.toLowerCase())) throw new BioStarError(101);
    if (this.clock.now() < this.lockedUntil) throw new BioStarError(113);
    if (password !== DEMO_ACCOUNT.password) {
      this.wrong += 1;
      if (this.wrong >= WRONG_PASSWORDS) {
        this.wrong = 0;
        this.lockedUntil = this.clock.now() + LOCKED_MS;
      }
      throw new BioStarError(101);
    }
    this.wrong = 0;
    if (!this.settings().allowSimultaneousConnection) this.used.clear();
    const id = randomBytes(16).toString('hex');
    this.used.set(id, this.clock.now());
    return id;
  }

  /** Throws 10 for a missing or unknown session, 11 for one that timed out. A good one lives on. */
  check(id: string | undefined): string {
    const last = id === undefined ? undefined : this.used.get(id);
    if (id === undefined || (last === undefined && !this.over.has(id))) throw new BioStarError(10);
    if (last === undefined || this.clock.now() - last > this.settings().sessionTimeout * 1000) {
      this.used.delete(id);
      this.over.add(id);
      throw new BioStarError(11);
    }
    this.used.set(id, this.clock.now());
    return id;
  }

  isOpen(id: string): boolean {
    const last = this.used.get(id);
    return last !== undefined && this.clock.now() - last <= this.settings().sessionTimeout * 1000;
  }

  logout(id: string): void {
    this.used.delete(id);
  }

  /** Every session is over: its next call gets 11. */
  expireAll(): void {
    for (const id of this.used.keys()) this.over.add(id);
    this.used.clear();
  }

  /** As after a restart of the server: the next call of every session gets 10. */
  forgetAll(): void {
    this.used.clear();
    this.over.clear();
    this.wrong = 0;
    this.lockedUntil = 0;
  }
}
