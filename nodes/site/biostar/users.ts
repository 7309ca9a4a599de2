import { isMcError, McError } from '../../credential/mc-error';
import { isObject, type JsonObject } from '../json-answer';
import { type BiostarApi, oddAnswer, q } from './biostar-api';
import { isMissingCall } from './biostar-dialect';
import { type BiostarUser, biostarUser } from './biostar-user';
import { type Envelope, rowsIn, textOf } from './envelope';
import { allRows } from './paging';

/** Users named in one request that deletes them. */
export const MOST_AT_ONCE = 100;

/** Users of a BioStar server (suprema-api A3). */
export class Users {
  constructor(private readonly api: BiostarApi) {}

  /** With the cards. USER_NOT_FOUND. */
  async get(userId: string): Promise<BiostarUser> {
    let answer: Envelope;
    try {
      answer = await this.api.read(`/api/users/${q(userId)}`);
    } catch (error) {
      // Some servers say only HTTP 404 (U4).
      if (isMcError(error, 'NOT_SUPPORTED') && error.message.includes('HTTP 404')) throw userNotFound(userId);
      if (isMcError(error, 'USER_NOT_FOUND')) throw userNotFound(userId);
      throw error;
    }
    const found = answer.body['User'];
    const user = isObject(found) ? biostarUser(found, true) : null;
    if (user === null) throw oddAnswer('a user without its ID');
    return user;
  }

  /** As `get`, null where there is none. */
  async find(userId: string): Promise<BiostarUser | null> {
    try {
      return await this.get(userId);
    } catch (error) {
      if (isMcError(error, 'USER_NOT_FOUND')) return null;
      throw error;
    }
  }

  /** Everybody, one request a page (A3, E6: only advance_search documents an offset; older servers have the v1 list). */
  async all(): Promise<BiostarUser[]> {
    let isOld = false;
    const page = async (limit: number, offset: number): Promise<Envelope> => {
      if (!isOld) {
        try {
          return await this.api.ask('/api/v2/users/advance_search', { limit, offset, order_by: 'user_id:false', user_operator_level_id: 0 });
        } catch (error) {
          if (!isMissingCall(error) || offset > 0) throw error;
          isOld = true;
        }
      }
      return this.api.read(`/api/users?limit=${limit}&offset=${offset}&order_by=user_id:false`);
    };
    const rows = await allRows({ page, collection: 'UserCollection', key: 'user_id' });
    return rows.flatMap((row) => {
      const user = biostarUser(row, false);
      return user === null ? [] : [user];
    });
  }

  /** Those whose ID, name or e-mail contains `text`. */
  async search(text: string, limit: number): Promise<BiostarUser[]> {
    const { body } = await this.api.ask('/api/v2/users/search', { limit, search_text: text, order_by: 'user_id:false' });
    return rowsIn(body, 'UserCollection').flatMap((row) => {
      const user = biostarUser(row, false);
      return user === null ? [] : [user];
    });
  }

  async create(user: JsonObject): Promise<void> {
    await this.api.write('POST', '/api/users', { User: user });
  }

  /** Only what `changes` has is changed; `cards` replaces the whole list (U8). */
  async update(userId: string, changes: JsonObject): Promise<void> {
    await this.api.write('PUT', `/api/users/${q(userId)}`, { User: changes });
  }

  /** At most `MOST_AT_ONCE` at a time. */
  async remove(userIds: readonly string[]): Promise<void> {
    await this.api.write('DELETE', `/api/users?id=${userIds.map(q).join('+')}`, undefined, 'rows');
  }

  /** Of those named, the ones that are access groups of the server. */
  async accessGroups(): Promise<{ id: string; name: string | null }[]> {
    const { body } = await this.api.ask('/api/v2/access_groups/search', { limit: 0, order_by: 'id:false' });
    return namedRows(body, 'AccessGroupCollection');
  }

  async groups(): Promise<{ id: string; name: string | null }[]> {
    const { body } = await this.api.read('/api/user_groups');
    return namedRows(body, 'UserGroupCollection');
  }
}

export function userNotFound(userId: string): McError {
  return new McError('USER_NOT_FOUND', `BioStar has no user ${userId}. Create it with mc-user ("upsert") first.`);
}

function namedRows(body: JsonObject, collection: string): { id: string; name: string | null }[] {
  return rowsIn(body, collection).flatMap((row) => {
    const id = textOf(row['id']);
    return id === null ? [] : [{ id, name: textOf(row['name']) }];
  });
}
