import type { OperationDocument } from './documents';
import { isOpen } from './open-operations';
import { dayInZone, endOfDay, startOfDay } from './site-time';
import type { StorePort } from './store-port';

/** Credits that were, or may have been, spent in one calendar day of a site, by operation. */
interface Tally {
  from: number;
  to: number;
  credits: Map<string, number>;
  sum: number;
}

const tallies = new WeakMap<StorePort, Map<string, Tally>>();

/**
 * Credits of a site that are confirmed or open and were asked for today, in its zone. Counted once a day from the
 * documents and kept up by every write, so that ten thousand issues are not ten thousand looks through everything.
 * @param except an operation that is not counted, or null
 */
export function creditsToday(store: StorePort, siteId: string, timeZone: string, now: number, except: string | null): number {
  const bySite = talliesOf(store);
  const key = `${siteId} ${timeZone}`;
  let tally = bySite.get(key);
  if (tally === undefined || now < tally.from || now > tally.to) {
    const day = dayInZone(now, timeZone);
    tally = { from: startOfDay(day, timeZone), to: endOfDay(day, timeZone), credits: new Map(), sum: 0 };
    for (const operation of store.all('operations')) if (operation.site === siteId) count(tally, operation);
    bySite.set(key, tally);
  }
  return tally.sum - (except === null ? 0 : tally.credits.get(except) ?? 0);
}

function talliesOf(store: StorePort): Map<string, Tally> {
  const known = tallies.get(store);
  if (known !== undefined) return known;
  const bySite = new Map<string, Tally>();
  tallies.set(store, bySite);
  store.onWrite((batch) => {
    for (const write of batch) {
      if (write.collection !== 'operations' || !('put' in write)) continue;
      for (const [key, tally] of bySite) if (key.startsWith(`${write.put.site} `)) count(tally, write.put);
    }
  });
  return bySite;
}

function count(tally: Tally, operation: Readonly<OperationDocument>): void {
  const { _id, sentAt, credits, state, progress } = operation;
  const at = sentAt === null ? NaN : Date.parse(sentAt);
  const counts = at >= tally.from && at <= tally.to && (isOpen(operation) || state === 'confirmed' || progress?.['spent'] === 'yes');
  tally.sum -= tally.credits.get(_id) ?? 0;
  tally.credits.delete(_id);
  if (!counts || credits === 0) return;
  tally.credits.set(_id, credits);
  tally.sum += credits;
}
