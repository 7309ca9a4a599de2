import type { BiostarApi } from './biostar-api';
import { rowsIn } from './envelope';
import { comesAfter, type SiteEvent, siteEvent } from './site-event';

const PAGE = 500;
const DAY_MS = 86_400_000;

/** Events of the server from a time on, the oldest first, page by page (suprema-api A9). */
export async function* eventsFrom(api: BiostarApi, from: string): AsyncGenerator<SiteEvent[]> {
  const seen = new Set<string>();
  let limit = PAGE;
  for (let since = from; ;) {
    const { rows, count } = await search(api, since, limit, false);
    const fresh = rows.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    if (fresh.length > 0) yield fresh.sort(inOrder);
    if (count < limit) return;
    const last = rows.reduce<string>((latest, { at }) => (at !== null && at > latest ? at : latest), since);
    // More than a page within one moment: only a longer page gets beyond it.
    if (last === since) limit *= 2;
    since = last;
  }
}

/** The server's latest event, or null. */
export async function latestEvent(api: BiostarApi): Promise<SiteEvent | null> {
  const { rows } = await search(api, '2001-01-01T00:00:00.000Z', 1, true);
  return rows[0] ?? null;
}

async function search(api: BiostarApi, from: string, limit: number, descending: boolean): Promise<{ rows: SiteEvent[]; count: number }> {
  const until = new Date(Date.now() + DAY_MS).toISOString();
  const { body } = await api.ask('/api/events/search', {
    Query: {
      limit,
      conditions: [{ column: 'datetime', operator: 3, values: [from, until] }],
      orders: [{ column: 'datetime', descending }],
    },
  });
  const found = rowsIn(body, 'EventCollection');
  const rows = found.flatMap((row) => {
    const event = siteEvent(row);
    return event === null ? [] : [event];
  });
  return { rows, count: found.length };
}

/** By time, and within the same moment by ID. */
export function inOrder(a: SiteEvent, b: SiteEvent): number {
  if (a.at !== b.at) return (a.at ?? '') < (b.at ?? '') ? -1 : 1;
  return a.id === b.id ? 0 : comesAfter(a.id, b.id) ? 1 : -1;
}
