import { PortalError } from './portal-error';

/** The published demonstration account: the only secret that a shipped flow holds. */
export const DEMO_ACCOUNT = { email: 'demo@portal-to-door.example', password: 'portal-to-door-demo' } as const;

const WRONG_PASSWORDS = 5;

/** Who may sign in. Five wrong passwords in a row lock it until somebody unlocks it on the page. */
export class Account {
  readonly email: string = DEMO_ACCOUNT.email;
  private wrong = 0;

  get locked(): boolean {
    return this.wrong >= WRONG_PASSWORDS;
  }

  /** Throws 401, or 423 while locked. The fifth wrong password still gets 401: it is the next try that finds the lock. */
  signIn(email: string, password: string): void {
    if (email.toLowerCase() !== this.email) throw refused();
    if (this.locked) throw new PortalError(423, 'The account is locked after 5 wrong passwords. An administrator has to unlock it.');
    if (password !== DEMO_ACCOUNT.password) {
      this.wrong += 1;
      throw refused();
    }
    this.wrong = 0;
  }

  unlock(): void {
    this.wrong = 0;
  }
}

function refused(): PortalError {
  return new PortalError(401, 'E-mail or password is wrong.');
}
