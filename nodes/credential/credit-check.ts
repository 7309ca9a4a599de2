import type { DeskContext } from './desk-context';
import { McError } from './mc-error';
import { isOpen, isUnderWay } from './open-operations';
import { SETTLE_GRACE_MS } from './settle-grace';
import type { DatedInfo } from './site-reading';
import { dayInZone } from './site-time';

/**
 * Refuses what the credit account does not allow: NO_CREDIT, or CREDIT_LIMIT for the site's own reserve and daily
 * limit. What is under way, and what was spent after the figure was read, is counted in, so the limits hold while
 * many ask at once. Call it in the site's books, right before the intent is kept.
 * @param except the operation that is being repeated, if any
 */
export function checkCredits(ctx: DeskContext, figures: DatedInfo, except: string | null): void {
  const { site } = ctx;
  const today = dayInZone(ctx.now(), site.timeZone);
  let perhapsSpent = 0;
  let spentToday = 0;
  if (site.creditReserve > 0 || site.dailyCreditLimit > 0) {
    for (const operation of ctx.store.all('operations')) {
      const { sentAt, credits } = operation;
      if (operation.site !== site.siteId || credits === 0 || sentAt === null || operation._id === except) continue;
      const open = isOpen(operation);
      const mayArrive = open && (isUnderWay(ctx.store, operation._id) || Date.parse(sentAt) + SETTLE_GRACE_MS > figures.startedAt);
      if (mayArrive) perhapsSpent += credits;
      const counts = open || operation.state === 'confirmed';
      if (counts && site.dailyCreditLimit > 0 && dayInZone(Date.parse(sentAt), site.timeZone) === today) spentToday += credits;
    }
  }
  const { card } = figures.info.credits;
  const left = card === null ? Infinity : card - ctx.reading.spentSince(figures);
  if (left < 1) throw new McError('NO_CREDIT', `Site ${site.siteId} has no card credit left. Buy credits on the portal.`);
  // The reserve counts the worst case: a request without an answer yet may have spent its credit.
  if (site.creditReserve > 0 && left - perhapsSpent - site.creditReserve < 1) {
    throw new McError('CREDIT_LIMIT', `Site ${site.siteId} keeps ${site.creditReserve} credits in reserve. Buy credits or lower "creditReserve".`);
  }
  if (site.dailyCreditLimit > 0 && spentToday >= site.dailyCreditLimit) {
    throw new McError('CREDIT_LIMIT', `Site ${site.siteId} may spend ${site.dailyCreditLimit} credits a day and has. Wait for tomorrow or raise "dailyCreditLimit".`);
  }
}
