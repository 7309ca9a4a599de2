import { PortalError } from './portal-error';

const PAGE_SIZE = 20;

/** Rows of a page, counted from 0; past the last one there are none. `total` is text, as every figure of the portal. */
export function onePage<T>(all: readonly T[], page: string | null): { rows: T[]; total: string } {
  if (page !== null && !/^\d{1,9}$/.test(page)) throw new PortalError(400, 'page counts from 0.');
  const from = Number(page ?? 0) * PAGE_SIZE;
  return { rows: all.slice(from, from + PAGE_SIZE), total: String(all.length) };
}
