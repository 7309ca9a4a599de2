import { BiostarError } from './biostar-error';
import { type Fields, idAt, isFields, rowsAt, textAt } from './wire';

export interface SimulatedUser {
  userId: string;
  name: string;
  email: string;
  phone: string;
  department: string;
  title: string;
  group: string;
  accessGroups: string[];
  startDatetime: string;
  expiryDatetime: string;
  disabled: boolean;
  /** Internal IDs of cards. */
  cards: string[];
}

export const GROUPS = [{ id: '1', name: 'All Users' }] as const;
export const ACCESS_GROUPS = [{ id: '1', name: 'Everyone' }, { id: '2', name: 'Nights' }] as const;
export const ADMINISTRATOR = '1';

const FIRST = Date.parse('2001-01-01T00:00:00Z');
const LAST = Date.parse('2037-12-31T23:59:59Z');
const LONGEST_MS = 30 * 366 * 86_400_000;
const GREATEST_ID = 4_294_967_295;

/** The users of the simulated server, with the checks of suprema-api A3. */
export class Users {
  readonly all = new Map<string, SimulatedUser>();
  /** User IDs may hold letters. */
  alphanumeric = false;

  constructor() {
    this.clear();
  }

  /** Code 201. */
  get(userId: string): SimulatedUser {
    const found = this.all.get(userId);
    if (found === undefined) throw new BiostarError(201, 404, 'User not found.');
    return found;
  }

  create(given: Fields): SimulatedUser {
    const userId = textAt(given, 'user_id');
    this.checkId(userId);
    if (this.all.has(userId)) throw new BiostarError(202, 400, 'Duplicate user.');
    for (const key of ['start_datetime', 'expiry_datetime']) if (textAt(given, key) === '') throw new BiostarError(131_092, 400, `${key} is required.`);
    if (idAt(given, 'user_group_id') === '') throw new BiostarError(30, 400, 'user_group_id is required.');
    const user = blank(userId);
    this.change(user, given);
    this.all.set(userId, user);
    return user;
  }

  /** Only what is given; nothing is changed where one of it is refused. */
  update(user: SimulatedUser, given: Fields): void {
    const own = textAt(given, 'user_id');
    if (own !== '' && own !== user.userId) throw new BiostarError(30, 400, 'user_id does not match the path.');
    this.change(user, given);
  }

  /** Code 205 for the Administrator, 201 for one who is not there. */
  remove(userIds: readonly string[]): void {
    if (userIds.length === 0) throw new BiostarError(30, 400, 'id is empty.');
    if (userIds.includes(ADMINISTRATOR)) throw new BiostarError(205, 400, 'Administrator cannot be deleted.');
    for (const userId of userIds) this.get(userId);
    for (const userId of userIds) this.all.delete(userId);
  }

  ownerOf(cardUid: string): SimulatedUser | undefined {
    for (const user of this.all.values()) if (user.cards.includes(cardUid)) return user;
    return undefined;
  }

  clear(): void {
    this.all.clear();
    this.alphanumeric = false;
    this.all.set(ADMINISTRATOR, { ...blank(ADMINISTRATOR), name: 'Administrator' });
  }

  private checkId(userId: string): void {
    const isNumber = /^[1-9]\d{0,9}$/.test(userId) && Number(userId) <= GREATEST_ID;
    if (!isNumber && !(this.alphanumeric && /^\S{1,32}$/.test(userId))) throw new BiostarError(131_073, 400, 'Invalid user ID.');
  }

  private change(user: SimulatedUser, given: Fields): void {
    const next: SimulatedUser = { ...user };
    const fields = [['name', 'name'], ['email', 'email'], ['phone', 'phone'], ['department', 'department'], ['title', 'user_title'], ['startDatetime', 'start_datetime'], ['expiryDatetime', 'expiry_datetime']] as const;
    for (const [own, wire] of fields) if (wire in given) next[own] = textAt(given, wire);
    if ([...next.name].length > 48 || next.name.includes('\'')) throw new BiostarError(131_074, 400, 'Invalid user name.');
    if ([...next.department].length > 64) throw new BiostarError(131_075, 400, 'Invalid department.');
    if (next.email !== '' && !/^[^\s@]+@[^\s@]+$/.test(next.email)) throw new BiostarError(131_078, 400, 'Invalid e-mail.');
    if (next.email !== '' && [...this.all.values()].some((other) => other.userId !== user.userId && other.email.toLowerCase() === next.email.toLowerCase())) {
      throw new BiostarError(212, 400, 'The e-mail exists.');
    }
    checkPeriod(next);
    if ('user_group_id' in given) {
      next.group = idAt(given, 'user_group_id');
      if (!GROUPS.some(({ id }) => id === next.group)) throw new BiostarError(30, 400, 'Unknown user group.');
    }
    if ('access_groups' in given) {
      next.accessGroups = rowsAt(given, 'access_groups').map((group) => textAt(group, 'id')).filter((id) => id !== '');
      if (next.accessGroups.some((wanted) => !ACCESS_GROUPS.some(({ id }) => id === wanted))) throw new BiostarError(30, 400, 'Unknown access group.');
    }
    if ('disabled' in given) next.disabled = ['true', '1'].includes(textAt(given, 'disabled'));
    if (isFields(given['permission']) && (textAt(given, 'login_id') === '' || textAt(given, 'password') === '')) throw new BiostarError(30, 400, 'login_id and password are required with permission.');
    Object.assign(user, next);
  }
}

function checkPeriod({ startDatetime, expiryDatetime }: SimulatedUser): void {
  const [from, to] = [Date.parse(startDatetime), Date.parse(expiryDatetime)];
  const isWithin = [from, to].every((ms) => ms >= FIRST && ms <= LAST);
  if (!isWithin || to < from || to - from > LONGEST_MS) throw new BiostarError(131_091, 400, 'Invalid period.');
}

function blank(userId: string): SimulatedUser {
  return {
    userId, name: '', email: '', phone: '', department: '', title: '', group: '1', accessGroups: [],
    startDatetime: '2001-01-01T00:00:00.00Z', expiryDatetime: '2030-12-31T23:59:00.00Z', disabled: false, cards: [],
  };
}
