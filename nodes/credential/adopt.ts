import type { DeskContext } from './desk-context';
import { rowWrites } from './merge-row';
import type { Doors } from './record';
import type { SiteCredential, SiteList } from './site-port';

/** Takes a live credential of the site into the store: with `doors` where they are said, else with all if it is new. */
export async function adopt(ctx: DeskContext, list: SiteList, row: SiteCredential, doors: Doors | null): Promise<void> {
  await ctx.inBooks(async () => {
    const writes = rowWrites(ctx.store, ctx.site.siteId, list, row, { now: ctx.now(), doorsOfNew: doors ?? '*', initial: false });
    if (writes.length > 0) await ctx.store.write(writes);
  });
}
