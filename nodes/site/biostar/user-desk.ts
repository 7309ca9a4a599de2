import { isMcError, McError } from '../../credential/mc-error';
import type { BiostarSite } from './biostar-site';
import type { BiostarUser } from './biostar-user';
import { readUser, readUserId, type UserRules } from './user-input';
import { MOST_AT_ONCE, userNotFound } from './users';

/** BioStar's Administrator, who stays (suprema-api C9). */
const ADMINISTRATOR = '1';
/** Up to so many users are looked up one by one to see that they are gone; beyond, the list is read. */
const MOST_LOOKUPS = 20;

/** What became of users that were to be deleted. */
export interface Deleted {
  deleted: string[];
  /** The Administrator, where it was among them. */
  kept: string[];
  failed: { userId: string; error: McError }[];
}

/** What `mc-user` does with users. */
export class UserDesk {
  /** `onGone` hears of users whose cards are gone at the portal, as soon as they are: they open nothing any more. */
  constructor(private readonly site: BiostarSite, private readonly onGone: (userIds: readonly string[]) => Promise<void> = () => Promise.resolve()) {}

  /** Creates the user, or changes what is given of one that exists. The user as the server then has it. */
  async upsert(input: unknown): Promise<BiostarUser> {
    const { userId, changes, group, accessGroups } = readUser(input, await this.rules());
    const body: Record<string, unknown> = { ...changes };
    if (accessGroups !== null) body['access_groups'] = named(accessGroups, await this.site.users.accessGroups(), 'access group');
    if (group !== null) [body['user_group_id']] = named([group], await this.site.users.groups(), 'user group');
    const present = await this.site.users.find(userId);
    if (present === null) {
      if (body['name'] === undefined) throw new McError('NAME_NOT_ALLOWED', `User ${userId} is new and needs a name of 1 to 48 characters.`);
      await this.site.users.create({
        user_id: userId, user_group_id: { id: '1' }, ...periodOfNew(body), disabled: 'false', ...body,
      });
    } else if (Object.keys(body).length > 0) {
      await this.site.users.update(userId, body);
    }
    return this.site.users.get(userId);
  }

  async get(input: unknown): Promise<BiostarUser> {
    return this.site.users.get(await this.idIn(input));
  }

  /** Everybody; with a text, or `{ search }`, only who has it in ID, name or e-mail. */
  async list(input: unknown): Promise<BiostarUser[]> {
    const search = typeof input === 'object' && input !== null ? (input as { search?: unknown }).search : input;
    return typeof search === 'string' && search.trim() !== '' ? this.site.users.search(search.trim(), 1000) : this.site.users.all();
  }

  /** ADMINISTRATOR_KEPT, USER_NOT_FOUND, or why the user is still there. */
  async delete(input: unknown): Promise<string> {
    const userId = await this.idIn(input);
    if (userId === ADMINISTRATOR) throw new McError('ADMINISTRATOR_KEPT', 'The Administrator (user 1) and its card stay. Choose another user.');
    const user = await this.site.users.find(userId);
    if (user === null) throw userNotFound(userId);
    const { failed } = await this.deleteMany([user]);
    if (failed[0] !== undefined) throw failed[0].error;
    return userId;
  }

  /** Everybody but the Administrator. */
  async deleteAll(onProgress: (done: number, total: number) => void): Promise<Deleted> {
    const all = await this.site.users.all();
    const others = all.filter(({ userId }) => userId !== ADMINISTRATOR);
    const sum: Deleted = { deleted: [], kept: others.length < all.length ? [ADMINISTRATOR] : [], failed: [] };
    onProgress(0, others.length);
    for (let from = 0; from < others.length; from += MOST_AT_ONCE) {
      const chunk = others.slice(from, from + MOST_AT_ONCE);
      const part = await this.deleteMany(chunk).catch((error: unknown): Deleted => {
        if (!isMcError(error)) throw error;
        return { deleted: [], kept: [], failed: chunk.map(({ userId }) => ({ userId, error })) };
      });
      sum.deleted.push(...part.deleted);
      sum.failed.push(...part.failed);
      onProgress(sum.deleted.length + sum.failed.length, others.length);
    }
    return sum;
  }

  /**
   * At most a hundred. Their mobile cards go first, at the portal: a user whose card could not be deleted stays, so that
   * no phone is left with a card that nobody sees any more. Then the users; and then it is looked whether that is so.
   */
  async deleteMany(users: readonly BiostarUser[]): Promise<Deleted> {
    const failed: Deleted['failed'] = [];
    const userIds = users.map(({ userId }) => userId);
    const withCards = await this.deleteCards(users.filter(mayHaveMobileCard).map(({ userId }) => userId));
    for (const userId of withCards) failed.push({ userId, error: new McError('SITE_ANSWER_INVALID', `The portal did not delete the mobile card of user ${userId}, so the user stays. Try again.`) });
    const free = userIds.filter((userId) => !withCards.has(userId));
    if (free.length === 0) return { deleted: [], kept: [], failed };
    await this.onGone(free);
    const lost = await this.site.users.remove(free).then(() => null, (error: unknown) => {
      if (!isMcError(error)) throw error;
      return error;
    });
    const left = await this.present(free);
    for (const userId of free) {
      if (left.has(userId)) failed.push({ userId, error: lost ?? new McError('SITE_ANSWER_INVALID', `BioStar still has user ${userId}. Try again.`) });
    }
    const gone = free.filter((userId) => !left.has(userId));
    const stranded = await this.withPortalCards(gone);
    for (const userId of stranded) failed.push({ userId, error: new McError('SITE_ANSWER_INVALID', `User ${userId} is deleted, and its mobile card is still there. Delete it on the portal.`) });
    return { deleted: gone.filter((userId) => !stranded.has(userId)), kept: [], failed };
  }

  /** Deletes their cards at the portal; those whose card is still there. */
  private async deleteCards(userIds: readonly string[]): Promise<Set<string>> {
    if (userIds.length === 0) return new Set();
    try {
      return new Set(await this.site.mobile.deleteOf(userIds));
    } catch (error) {
      // No mobile access here, then no cards there.
      if (isMcError(error, 'SITE_NOT_ACTIVE', 'NOT_SUPPORTED')) return new Set();
      throw error;
    }
  }

  private async rules(): Promise<UserRules> {
    const { messaging, nameRule, timeZone } = this.site;
    const { alphanumericIds } = await this.site.serverSettings();
    return { messaging, nameRule, timeZone, alphanumericIds };
  }

  private async idIn(input: unknown): Promise<string> {
    const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? input as Record<string, unknown> : { userId: input };
    return readUserId(fields, await this.rules());
  }

  private async present(userIds: readonly string[]): Promise<Set<string>> {
    if (userIds.length > MOST_LOOKUPS) {
      const all = new Set((await this.site.users.all()).map(({ userId }) => userId));
      return new Set(userIds.filter((userId) => all.has(userId)));
    }
    const found = await Promise.all(userIds.map((userId) => this.site.users.find(userId)));
    return new Set(found.flatMap((user) => (user === null ? [] : [user.userId])));
  }

  /** Those of whom the portal, or BioStar where there is none beside, still lists a card. */
  private async withPortalCards(userIds: readonly string[]): Promise<Set<string>> {
    if (userIds.length === 0 || !this.site.capabilities().includes('list')) return new Set();
    const wanted = new Set(userIds);
    const { credentials } = await this.site.list();
    return new Set(credentials.filter(({ userId, status }) => wanted.has(userId) && status !== 'deleted').map(({ userId }) => userId));
  }
}

/** A period needs both ends, and is at most 30 years long: the other end of a new user's, where one is given. */
function periodOfNew({ start_datetime: from, expiry_datetime: to }: Readonly<Record<string, unknown>>): Record<string, string> {
  return {
    start_datetime: typeof to === 'string' && to > '2030-12-31' ? '2010-01-01T00:00:00.00Z' : '2001-01-01T00:00:00.00Z',
    expiry_datetime: typeof from === 'string' && from > '2010-01-01' ? '2037-12-31T23:59:00.00Z' : '2030-12-31T23:59:00.00Z',
  };
}

/** Where the server does not tell how many, there may be one. */
function mayHaveMobileCard({ cards, mobileCount }: BiostarUser): boolean {
  return cards === null ? mobileCount !== 0 : mobileCount !== 0 && (mobileCount !== null || cards.some(({ isMobile }) => isMobile));
}

/** References as BioStar takes them. INPUT_INVALID names what it does not have. */
function named(wanted: readonly string[], known: readonly { id: string; name: string | null }[], what: string): { id: string }[] {
  return wanted.map((one) => {
    const found = known.find(({ id }) => id === one) ?? known.find(({ name }) => name === one);
    if (found !== undefined) return { id: found.id };
    throw new McError('INPUT_INVALID', `BioStar has no ${what} "${one}". Give its ID or its name there.`);
  });
}
