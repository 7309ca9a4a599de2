import type { SiteStateDocument } from '../credential/documents';
import type { Knowledge } from './facts';

/** ISO time of the last complete list; before the first one, of the last login or issue; null before any. */
export function dataAsOf(site: Readonly<SiteStateDocument> | undefined): string | null {
  return site?.listAsOf ?? site?.contactAsOf ?? null;
}

/** The newest data of any site: what an answer about an unknown card rests on. */
export function newestData(knowledge: Knowledge): string | null {
  let newest: string | null = null;
  for (const site of knowledge.all('sites')) {
    const asOf = dataAsOf(site);
    if (asOf !== null && (newest === null || asOf > newest)) newest = asOf;
  }
  return newest;
}
