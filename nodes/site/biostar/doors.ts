import { McError } from '../../credential/mc-error';
import { isObject, type JsonObject } from '../json-answer';
import type { BiostarApi } from './biostar-api';
import { meaningOf } from './biostar-codes';
import { allFailed, isMissingCall } from './biostar-dialect';
import { countOf, idOf, isTrue, listOf, rowsIn, textOf } from './envelope';

export type SiteDoorCommand = 'open' | 'lock' | 'unlock' | 'release';

/** A door of BioStar as its status shows it. `open` is the contact. */
export interface SiteDoorStatus {
  locked: boolean | null;
  unlocked: boolean;
  open: boolean;
}

const NAMES_MS = 60_000;
/** Status bits (suprema-api A7): locked by schedule, emergency, operator; unlocked by the same. */
const LOCKED = 1 | 64 | 256 | 1024;
const UNLOCKED = 2 | 128 | 512 | 2048;

/** Doors of a BioStar server (suprema-api A7). */
export class Doors {
  private known: { at: number; rows: Promise<JsonObject[]> } | null = null;

  constructor(private readonly api: BiostarApi) {}

  /** The ID of a door that is named by its ID or its name. CHANNEL_UNKNOWN; INPUT_INVALID where a name is not unique. */
  async idOf(idOrName: string): Promise<string> {
    const found = match(await this.rows(false), idOrName) ?? match(await this.rows(true), idOrName);
    if (found !== null) return found;
    throw new McError('CHANNEL_UNKNOWN', `BioStar has no door "${idOrName}". Give its ID or its name there.`);
  }

  /**
   * Carries out a command. True only where the row of this very door says so: code 0 of the whole answer also comes
   * when nothing was done. Throws CHANNEL_UNKNOWN, LINE_DOWN, PERMISSION_DENIED, OUTCOME_UNKNOWN …
   */
  async command(command: SiteDoorCommand, id: string): Promise<boolean> {
    const whole = await this.api.write('POST', `/api/doors/${command}`, { DoorCollection: { rows: [{ id: /^\d{1,9}$/.test(id) ? Number(id) : id }] } }, 'rows');
    const answer = whole.body['DoorResponse'];
    const row = isObject(answer) ? listOf(answer['rows']).find((one) => textOf(one['id']) === id || idOf(one['door_id']) === id) : undefined;
    const code = textOf(row?.['code']);
    // 9: there was nothing to release or clear.
    if (code === '0' || (code === '9' && command === 'release')) return true;
    if (code === null && allFailed(whole)) throw new McError('SITE_ANSWER_INVALID', 'BioStar could not do that with the door, and does not say why. (BioStar code 8)');
    if (code === null) return false;
    const [meaning, words] = meaningOf(code) ?? ['SITE_ANSWER_INVALID', 'BioStar could not do that with the door.'];
    throw new McError(meaning, `${words} (BioStar code ${code})`);
  }

  /** Null where the server's status does not show this door. */
  async status(id: string): Promise<SiteDoorStatus | null> {
    const { body } = await this.api.ask('/api/doors/status', {});
    const row = rowsIn(body, 'DoorStatusCollection').find((one) => idOf(one['door_id']) === id);
    if (row === undefined) return null;
    const bits = countOf(row['status']) ?? 0;
    if (bits < 0) return null;
    const unlocked = isTrue(row['unlocked']) || (bits & UNLOCKED) !== 0;
    return { locked: (bits & LOCKED) !== 0 || !unlocked, unlocked, open: isTrue(row['opened']) };
  }

  private rows(fresh: boolean): Promise<JsonObject[]> {
    const now = performance.now();
    if (this.known !== null && !fresh && now - this.known.at < NAMES_MS) return this.known.rows;
    const mine = { at: now, rows: this.read() };
    this.known = mine;
    mine.rows.catch(() => { if (this.known === mine) this.known = null; });
    return mine.rows;
  }

  private async read(): Promise<JsonObject[]> {
    const { body } = await this.api.ask('/api/v2/doors/search', { limit: 0, order_by: 'id:true' }).catch((error: unknown) => {
      if (!isMissingCall(error)) throw error;
      return this.api.read('/api/doors?limit=0&order_by=id:true');
    });
    return rowsIn(body, 'DoorCollection');
  }
}

function match(rows: readonly JsonObject[], idOrName: string): string | null {
  const byId = rows.find((row) => textOf(row['id']) === idOrName);
  if (byId !== undefined) return idOrName;
  const named = rows.filter((row) => textOf(row['name']) === idOrName);
  if (named.length > 1) throw new McError('INPUT_INVALID', `BioStar has ${named.length} doors called "${idOrName}". Give the door's ID.`);
  return named[0] === undefined ? null : textOf(named[0]['id']);
}
