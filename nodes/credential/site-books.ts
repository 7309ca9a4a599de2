import type { StorePort } from './store-port';

/**
 * Who may write what, so that no write undoes another:
 * - `aloneWith` a user is held over a whole action on that user's cards, requests to the site included;
 * - `inBooks` of a site is held while documents are read, changed and kept, never over a request. Whoever has an
 *   operation under way writes that operation's documents without it, since everybody else leaves them alone.
 * Keys are always taken in this order: user, list, books.
 */
export function aloneWith<T>(store: StorePort, siteId: string, userId: string, work: () => Promise<T>): Promise<T> {
  return store.exclusive(`user:${siteId}/${userId}`, work);
}

export function aloneWithList<T>(store: StorePort, siteId: string, work: () => Promise<T>): Promise<T> {
  return store.exclusive(`list:${siteId}`, work);
}

export function inBooks<T>(store: StorePort, siteId: string, work: () => Promise<T>): Promise<T> {
  return store.exclusive(`books:${siteId}`, work);
}
