import { isoTime } from './clock';
import type { DeskContext } from './desk-context';
import type { BlacklistDocument } from './documents';
import { openBlocks } from './open-blocks';
import { blockingEntry } from './public-record';
import { blockChangedSince, noteAtSite, tellSite } from './site-block';
import type { StoreWrite } from './store-port';

/** Who is named for an entry that somebody made at the site itself. */
export const BY_SITE = 'site';

/**
 * Brings the site's blacklist to the doors, and blocked users' new cards to the site. What an operator blocks at the
 * site holds here; what an operator unblocks there is unblocked here only if it was blocked there too: an entry of
 * ours stays, and denies.
 */
export async function syncBlacklist(ctx: DeskContext): Promise<void> {
  if (ctx.site.blocked === undefined || !ctx.site.capabilities().includes('blacklist')) return;
  const startedAt = ctx.now();
  const atSite = new Set(await ctx.site.blocked());
  await ctx.store.exclusive('blacklist', async () => {
    const writes = [...added(ctx, atSite, startedAt), ...changed(ctx, atSite, startedAt)];
    if (writes.length > 0) await ctx.store.write(writes);
  });
  await tellNewCards(ctx, atSite);
}

function added(ctx: DeskContext, atSite: ReadonlySet<string>, startedAt: number): StoreWrite[] {
  const writes: StoreWrite[] = [];
  for (const cardId of atSite) {
    if (ctx.store.get('blacklist', `card:${cardId}`) !== undefined || isInMotion(ctx, cardId, startedAt)) continue;
    const owner = ctx.card(cardId)?.userId ?? null;
    // Told to the site by an entry for the whole user.
    if (blockingEntry(ctx.store, cardId, owner) !== undefined) continue;
    const at = isoTime(ctx.now());
    writes.push({
      collection: 'blacklist',
      put: { _id: `card:${cardId}`, cardId, userId: null, since: at, by: BY_SITE, reason: 'Blocked at the site', site: 'confirmed', bySite: ctx.site.siteId },
    }, told('block', at, cardId, owner));
  }
  return writes;
}

function changed(ctx: DeskContext, atSite: ReadonlySet<string>, startedAt: number): StoreWrite[] {
  const writes: StoreWrite[] = [];
  for (const entry of ctx.store.all('blacklist')) {
    const { cardId } = entry;
    if (cardId === null || isInMotion(ctx, cardId, startedAt) || !isOfSite(ctx, entry, cardId)) continue;
    if (atSite.has(cardId)) {
      if (entry.site !== 'confirmed') writes.push({ collection: 'blacklist', put: { ...entry, site: 'confirmed' } });
    } else if (entry.site === 'confirmed' && entry.by === BY_SITE) {
      writes.push({ collection: 'blacklist', remove: entry._id }, told('unblock', isoTime(ctx.now()), cardId, ctx.card(cardId)?.userId ?? null));
    } else if (entry.site === 'confirmed') {
      writes.push({ collection: 'blacklist', put: { ...entry, site: 'none' } });
    }
  }
  return writes;
}

/** Another site's list says nothing about it. */
function isOfSite(ctx: DeskContext, { bySite }: Readonly<BlacklistDocument>, cardId: string): boolean {
  return bySite === undefined ? ctx.card(cardId) !== undefined : bySite === ctx.site.siteId;
}

/** A user that is blocked is blocked with every later card too. */
async function tellNewCards(ctx: DeskContext, atSite: ReadonlySet<string>): Promise<void> {
  const entries: Readonly<BlacklistDocument>[] = [...ctx.store.all('blacklist')].filter(({ userId, unblocking }) => userId !== null && unblocking !== true);
  for (const { userId } of entries) {
    for (const { cardId } of ctx.liveCards(userId ?? '')) {
      if (atSite.has(cardId) || openBlocks(ctx.store, ctx.site.siteId, cardId).length > 0) continue;
      const { outcome } = await tellSite(ctx, 'block', cardId, userId);
      if (outcome === 'told') await noteAtSite(ctx.store, 'block', cardId, userId ?? '', outcome);
    }
  }
}

/** Something of ours is on its way for this card, or was while the list was read: the list may not know. */
function isInMotion(ctx: DeskContext, cardId: string, startedAt: number): boolean {
  return blockChangedSince(ctx.store, cardId, startedAt) || openBlocks(ctx.store, ctx.site.siteId, cardId).length > 0;
}

function told(kind: 'block' | 'unblock', at: string, cardId: string, userId: string | null): StoreWrite {
  return { collection: 'audit', event: { kind, at, userId, cardId, door: null, outcome: `${kind}ed`, by: BY_SITE, detail: {} } };
}
