import { creditsToday } from '../credits-today';
import type { SitePort } from '../site-port';
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
    const today = Math.max(0, dailyCreditLimit - creditsToday(store, site.siteId, site.timeZone, now, null));
    if (today < found.most) found = { most: today, code: 'CREDIT_LIMIT', why: `only ${today} are left of today's ${dailyCreditLimit}` };
  }
  return found;
}
