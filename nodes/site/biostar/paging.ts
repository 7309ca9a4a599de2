import type { JsonObject } from '../json-answer';
import { oddAnswer } from './biostar-api';
import { type Envelope, idOf, rowsIn, totalIn } from './envelope';

/** Rows asked for at a time. */
export const PAGE_SIZE = 500;
/** So often a list that changes while it is read is read anew. */
const MOST_READS = 3;

export interface Paged {
  page: (limit: number, offset: number) => Promise<Envelope>;
  /** The name under which an answer has its rows. */
  collection: string;
  /** What tells one row from another. */
  key: string;
}

/**
 * Every row of a list, one request a page. Complete, or SITE_ANSWER_INVALID: a list from which rows vanish between two
 * pages would miss others.
 */
export async function allRows(paged: Paged): Promise<JsonObject[]> {
  for (let reads = 1; ; reads += 1) {
    const rows = await readOnce(paged);
    if (rows !== null) return rows;
    if (reads === MOST_READS) throw oddAnswer('a list that changed each time while it was read. Ask again');
  }
}

/** Null where the list changed meanwhile. */
async function readOnce({ page, collection, key }: Paged): Promise<JsonObject[] | null> {
  const found = new Map<string, JsonObject>();
  let total: number | null = null;
  for (let offset = 0; ;) {
    const { body } = await page(PAGE_SIZE, offset);
    const rows = rowsIn(body, collection);
    const said = totalIn(body, collection);
    if (offset > 0 && said !== null && total !== null && said !== total) return null;
    total ??= said;
    const before = found.size;
    for (const row of rows) {
      const id = idOf(row[key]);
      if (id === null) throw oddAnswer(`a row without "${key}"`);
      found.set(id, row);
    }
    offset += rows.length;
    // A server that ignores the offset gives the same page for ever.
    const isOver = total === null ? found.size === before : offset >= total;
    if (!isOver && rows.length > 0 && (total !== null || found.size > before)) continue;
    if (total !== null && offset < total) throw oddAnswer('fewer rows than it counts');
    return total !== null && found.size < total ? null : [...found.values()];
  }
}
