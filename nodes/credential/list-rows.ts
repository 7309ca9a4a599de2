import type { SiteCredential, SiteList } from './site-port';

const indexes = new WeakMap<SiteList, { byCard: Map<string, SiteCredential>; byUser: Map<string, SiteCredential[]> }>();

/** A list's rows by card number. A row that the site itself calls deleted counts as absent. */
export function liveRows(list: SiteList): ReadonlyMap<string, SiteCredential> {
  return indexOf(list).byCard;
}

/** The live rows of a user. */
export function liveRowsOf(list: SiteList, userId: string): readonly SiteCredential[] {
  return indexOf(list).byUser.get(userId) ?? [];
}

function indexOf(list: SiteList): { byCard: Map<string, SiteCredential>; byUser: Map<string, SiteCredential[]> } {
  let index = indexes.get(list);
  if (index !== undefined) return index;
  index = { byCard: new Map(), byUser: new Map() };
  for (const row of list.credentials) {
    if (row.status === 'deleted' || index.byCard.has(row.cardId)) continue;
    index.byCard.set(row.cardId, row);
    const rows = index.byUser.get(row.userId);
    if (rows === undefined) index.byUser.set(row.userId, [row]);
    else rows.push(row);
  }
  indexes.set(list, index);
  return index;
}
