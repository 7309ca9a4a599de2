import { administrator, ADMINISTRATOR_ID, compareIds, type User } from './user';
import { USER_GROUPS, type Group } from '../groups';

/** The server's users, the Administrator always among them. */
export class UserBook {
  private readonly users = new Map<string, User>();
  private readonly byEmail = new Map<string, User>();
  private sorted: readonly User[] | null = null;

  constructor(private readonly now: () => number) {
    this.clear();
  }

  /** By user id. */
  all(): readonly User[] {
    this.sorted ??= [...this.users.values()].sort((one, other) => compareIds(one.userId, other.userId));
    return this.sorted;
  }

  get(userId: string): User | undefined {
    return this.users.get(userId);
  }

  withEmail(email: string): User | undefined {
    return email === '' ? undefined : this.byEmail.get(email.toLowerCase());
  }

  withLogin(loginId: string): User | undefined {
    return loginId === '' ? undefined : this.all().find((user) => user.loginId === loginId);
  }

  put(user: User): void {
    this.delete(user.userId);
    this.users.set(user.userId, user);
    if (user.email !== '') this.byEmail.set(user.email.toLowerCase(), user);
    this.sorted = null;
  }

  delete(userId: string): void {
    const user = this.users.get(userId);
    if (user === undefined) return;
    this.users.delete(userId);
    this.byEmail.delete(user.email.toLowerCase());
    this.sorted = null;
  }

  /** The highest numeric id and one more. */
  nextId(): string {
    const numbers = this.all().filter(({ userId }) => /^\d+$/.test(userId)).map(({ userId }) => Number(userId));
    return String(Math.max(0, ...numbers.slice(-1)) + 1);
  }

  clear(): void {
    this.users.clear();
    this.byEmail.clear();
    this.put(administrator(USER_GROUPS[0] as Group, this.now()));
  }

  /** True for the one user that stays. */
  isAdministrator(userId: string): boolean {
    return userId === ADMINISTRATOR_ID;
  }
}
