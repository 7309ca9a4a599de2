import { isOpen } from '../open-operations';
import type { SitePort } from '../site-port';
import { dayInZone } from '../site-time';
import type { StorePort } from '../store-port';

/** How many credits an import may take now, and what sets the limit. */
export interface Allowance {
  most: number;
  code: 'NO_CREDIT' | 'CREDIT_LIMIT';
  why: string;
}

/** @param card credits left at the site; null where it does not tell */
export function allowance(site: SitePort, store: StorePort, card: number | null, now: number): Allowance {
  const { creditReserve, dailyCreditLimit } = site;
  const left = card ?? Infinity;
  let found: Allowance = { most: Math.max(0, left), code: 'NO_CREDIT', why: `site ${site.siteId} has ${left} left` };
  const spare = Math.max(0, left - creditReserve);
  if (spare < found.most) found = { most: spare, code: 'CREDIT_LIMIT', why: `only ${spare} are above the reserve of ${creditReserve}` };
  if (dailyCreditLimit > 0) {
    const today = Math.max(0, dailyCreditLimit - spentToday(site, store, now));
    if (today < found.most) found = { most: today, code: 'CREDIT_LIMIT', why: `only ${today} are left of today's ${dailyCreditLimit}` };
  }
  return found;
}

/** As far as the store knows: what was confirmed, and what may still be. */
function spentToday(site: SitePort, store: StorePort, now: number): number {
  const today = dayInZone(now, site.timeZone);
  let spent = 0;
  for (const operation of store.all('operations')) {
    const { credits, sentAt } = operation;
    if (operation.site !== site.siteId || credits === 0 || sentAt === null || now - Date.parse(sentAt) > 26 * 3_600_000) continue;
    if ((isOpen(operation) || operation.state === 'confirmed') && dayInZone(Date.parse(sentAt), site.timeZone) === today) spent += credits;
  }
  return spent;
}
