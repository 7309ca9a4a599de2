import { McError } from '../credential/mc-error';
import { systemClock } from '../credential/clock';
import { BiostarSite } from '../site/biostar/biostar-site';
import { PortalSite } from '../site/portal/portal-site';
import type { Site } from '../site/site';
import { readSiteSettings } from '../site/site-settings';
import { type ConfigTools, orProblem, registerConfig } from './config-node';
import type { NodeStatus } from './node-status';
import { portalBeside, rememberSite } from './open-sites';
import { Shared } from './shared';

const PROPERTIES = [
  'name', 'provider', 'domain', 'port', 'siteId', 'messaging', 'nameRule', 'timeZone', 'pin', 'creditReserve',
  'dailyCreditLimit', 'routes',
];

/** A site as its users see it: one client and one session for all of them. */
export type SiteLoan = Site;

export function registerSite(RED: ConfigTools['RED']): void {
  registerConfig(RED, 'mc-site', (tools) => {
    const site = orProblem(tools, () => openSite(tools));
    const shared = new Shared<Site>(site, tools.node);
    if (site instanceof McError) return () => undefined;
    const forget = rememberSite(tools.RED, site);
    const unfollow = followSite(site, tools.status);
    return async () => {
      await shared.idle();
      unfollow();
      forget();
      site.close();
    };
  }, { email: { type: 'text' }, password: { type: 'password' } });
}

function openSite({ RED, settings, credentials }: ConfigTools): Site {
  const provider = settings.choice('provider', ['portal', 'biostar'], 'portal');
  const account = { email: secret(credentials, 'email'), password: secret(credentials, 'password') };
  const siteSettings = readSiteSettings({ ...settings.resolved(...PROPERTIES), ...account });
  const { certificates, unverified } = tlsOptions(RED, settings.text('tls'));
  if (provider === 'portal') return new PortalSite(siteSettings, { clock: systemClock, tls: certificates });
  return new BiostarSite(siteSettings, { clock: systemClock, tls: certificates, unverified, portalBeside: () => portalBeside(RED, siteSettings.siteId) });
}

function secret(credentials: ConfigTools['credentials'], name: string): string {
  const value = credentials.secret(name);
  if (value !== '') return value;
  throw new McError('CREDENTIALS_MISSING', `Fill in the ${name} of the site's account: it does not travel with an exported flow.`);
}

/**
 * Certificates from a tls-config node. That it does not verify is heeded for BioStar alone, whose certificate is
 * self-signed as a rule, and shown in red; the portal is always verified.
 */
function tlsOptions(RED: ConfigTools['RED'], id: string): { certificates: Record<string, unknown> | undefined; unverified: boolean } {
  if (id === '') return { certificates: undefined, unverified: false };
  const node = RED.nodes.getNode(id) as { addTLSOptions?: (options: Record<string, unknown>) => unknown } | null;
  if (typeof node?.addTLSOptions !== 'function') {
    throw new McError('CONFIG_MISSING', 'The TLS configuration chosen for this site does not exist or is disabled.');
  }
  const certificates: Record<string, unknown> = {};
  node.addTLSOptions(certificates);
  const unverified = certificates['rejectUnauthorized'] === false;
  delete certificates['rejectUnauthorized'];
  return { certificates, unverified };
}

/** Shows the session's state under a node. Returns the end of it. */
export function followSite(site: Site, status: NodeStatus): () => void {
  return site.onState((state, error) => {
    if (state === 'signed-in' && site.unverified === true) status.setBase('red', 'dot', 'not-verified');
    else if (state === 'signed-in') status.setBase('green', 'dot', 'signed-in');
    else if (state === 'signing-in') status.setBase('yellow', 'ring', 'signing-in');
    else if (state === 'signed-out') status.setBase('grey', 'ring', 'signed-out');
    else status.setBase('red', 'ring', error?.code ?? state, error !== null);
  });
}
