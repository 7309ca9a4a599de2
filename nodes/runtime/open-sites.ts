import type { NodeAPI } from 'node-red';
import type { Site } from '../site/site';

const byRuntime = new WeakMap<object, Set<Site>>();

/** Notes a site of this runtime. Returns what forgets it. */
export function rememberSite(RED: NodeAPI, site: Site): () => void {
  const sites = byRuntime.get(RED.events) ?? new Set();
  byRuntime.set(RED.events, sites.add(site));
  return () => { sites.delete(site); };
}

/**
 * The portal site that is configured beside a BioStar server: an `mc-site` with the provider `portal` and the same,
 * filled-in site ID. Null: there is none.
 */
export function portalBeside(RED: NodeAPI, siteId: string): Site | null {
  if (siteId === '') return null;
  for (const site of byRuntime.get(RED.events) ?? []) if (site.provider === 'portal' && site.siteId === siteId) return site;
  return null;
}
