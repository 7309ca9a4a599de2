import { creditsToday } from './credits-today';
import type { DeskContext } from './desk-context';
import { McError } from './mc-error';
import { isUnderWay } from './open-operations';
import { SETTLE_GRACE_MS } from './settle-grace';
import type { DatedInfo } from './site-reading';

/**
 * Refuses what the credit account does not allow: NO_CREDIT, or CREDIT_LIMIT for the site's own reserve and daily
 * limit. What is under way, and what was spent after the figure was read, is counted in, so the limits hold while
 * many ask at once. Call it in the site's books, right before the intent is kept.
 * @param except the operation that is being repeated, if any
 */
export function checkCredits(ctx: DeskContext, figures: DatedInfo, except: string | null): void {
  const { site } = ctx;
  let perhapsSpent = 0;
  for (const operation of ctx.store.openOperations(site.siteId)) {
    const { sentAt, credits } = operation;
    if (credits === 0 || sentAt === null || operation._id === except) continue;
    if (isUnderWay(ctx.store, operation._id) || Date.parse(sentAt) + SETTLE_GRACE_MS > figures.startedAt) perhapsSpent += credits;
  }
  const { card } = figures.info.credits;
  const left = card === null ? Infinity : card - ctx.reading.spentSince(figures);
  if (left < 1) throw new McError('NO_CREDIT', `Site ${site.siteId} has no card credit left. Buy credits on the portal.`);
  // The reserve counts the worst case: a request without an answer yet may have spent its credit.
  if (site.creditReserve > 0 && left - perhapsSpent - site.creditReserve < 1) {
    throw new McError('CREDIT_LIMIT', `Site ${site.siteId} keeps ${site.creditReserve} credits in reserve. Buy credits or lower "creditReserve".`);
  }
  if (site.dailyCreditLimit > 0 && creditsToday(ctx.store, site.siteId, site.timeZone, ctx.now(), except) >= site.dailyCreditLimit) {
    throw new McError('CREDIT_LIMIT', `Site ${site.siteId} may spend ${site.dailyCreditLimit} credits a day and has. Wait for tomorrow or raise "dailyCreditLimit".`);
  }
}
