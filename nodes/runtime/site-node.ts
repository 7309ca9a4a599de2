import { McError } from '../credential/mc-error';
import { systemClock } from '../credential/clock';
import { PortalSite } from '../site/portal/portal-site';
import { readSiteSettings } from '../site/site-settings';
import { type ConfigTools, orProblem, registerConfig } from './config-node';
import type { NodeStatus } from './node-status';
import { Shared } from './shared';

const PROPERTIES = [
  'name', 'provider', 'domain', 'port', 'siteId', 'messaging', 'nameRule', 'timeZone', 'pin', 'creditReserve',
  'dailyCreditLimit', 'routes',
];

/** A site as its users see it: one client and one session for all of them. */
export type SiteLoan = PortalSite;

export function registerSite(RED: ConfigTools['RED']): void {
  registerConfig(RED, 'mc-site', (tools) => {
    const site = orProblem(tools, () => openSite(tools));
    const shared = new Shared(site, tools.node);
    if (site instanceof McError) return () => undefined;
    const unfollow = followSite(site, tools.status);
    return async () => {
      await shared.idle();
      unfollow();
      site.close();
    };
  }, { email: { type: 'text' }, password: { type: 'password' } });
}

function openSite({ RED, settings, credentials }: ConfigTools): PortalSite {
  const provider = settings.choice('provider', ['portal', 'biostar'], 'portal');
  if (provider === 'biostar') {
    throw new McError('NOT_SUPPORTED', 'BioStar is not part of this version: choose the provider "portal".');
  }
  const account = { email: secret(credentials, 'email'), password: secret(credentials, 'password') };
  const siteSettings = readSiteSettings({ ...settings.resolved(...PROPERTIES), ...account });
  return new PortalSite(siteSettings, { clock: systemClock, tls: tlsOptions(RED, settings.text('tls')) });
}

function secret(credentials: ConfigTools['credentials'], name: string): string {
  const value = credentials.secret(name);
  if (value !== '') return value;
  throw new McError('CREDENTIALS_MISSING', `Fill in the ${name} of the site's account: it does not travel with an exported flow.`);
}

/** Certificates from a tls-config node. What it says about not verifying is left aside: a site is always verified. */
function tlsOptions(RED: ConfigTools['RED'], id: string): Record<string, unknown> | undefined {
  if (id === '') return undefined;
  const node = RED.nodes.getNode(id) as { addTLSOptions?: (options: Record<string, unknown>) => unknown } | null;
  if (typeof node?.addTLSOptions !== 'function') {
    throw new McError('CONFIG_MISSING', 'The TLS configuration chosen for this site does not exist or is disabled.');
  }
  const options: Record<string, unknown> = {};
  node.addTLSOptions(options);
  delete options['rejectUnauthorized'];
  return options;
}

/** Shows the session's state under a node. Returns the end of it. */
export function followSite(site: PortalSite, status: NodeStatus): () => void {
  return site.onState((state, error) => {
    if (state === 'signed-in') status.setBase('green', 'dot', 'signed-in');
    else if (state === 'signing-in') status.setBase('yellow', 'ring', 'signing-in');
    else if (state === 'signed-out') status.setBase('grey', 'ring', 'signed-out');
    else status.setBase('red', 'ring', error?.code ?? state, error !== null);
  });
}
