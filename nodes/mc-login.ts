import type { NodeAPI } from 'node-red';
import { systemClock } from './credential/clock';
import { isMcError } from './credential/mc-error';
import type { SiteInfo } from './credential/site-port';
import { refuseInactive } from './credential/site-active';
import { mergeReaders, noteContact } from './credential/site-truth';
import type { NodeStatus } from './runtime/node-status';
import { registerPalette } from './runtime/palette';
import { readRegisteredReaders } from './runtime/registered-readers';
import { followSite, type SiteLoan } from './runtime/site-node';
import { BiostarSite } from './site/biostar/biostar-site';

/**
 * Portal login: signs in, or confirms that the shared session still holds, and tells what the site is.
 * With a store, the site's registered readers reach the doors.
 */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-login', (tools) => {
    const site = tools.site();
    const store = tools.has('store') ? tools.store() : null;
    tools.atClose(followSite(site, tools.status));
    return {
      async onMessage(msg, send) {
        site.forgive();
        const info = await site.info();
        if (store !== null) {
          const open = await store.ready();
          await noteContact(site, open, systemClock);
          const readers = await readRegisteredReaders(site).catch((error: unknown) => {
            // The account is signed in all the same, and what was known of the readers still holds.
            tools.node.warn(`The registered readers could not be read: ${isMcError(error) ? error.code : 'unknown'}.`);
            return null;
          });
          if (readers !== null) await mergeReaders(site, readers, open, systemClock);
        }
        msg.payload = await answer(site, info, tools.status);
        refuseInactive(info);
        tools.status.setWarning('credit', info.credits.card === 0 ? 'no-credit' : null);
        send(msg);
      },
    };
  });
}

/** The contract's answer of mc-login. With BioStar also what its mobile settings say, and its version. */
async function answer(site: SiteLoan, info: SiteInfo, status: NodeStatus): Promise<Record<string, unknown>> {
  const setup = site instanceof BiostarSite ? { mobile: await site.mobileSetup(), version: site.version } : {};
  status.setWarning('mobile', setup.mobile?.matches === false ? 'mobile-mismatch' : null);
  return {
    siteId: info.siteId, name: info.name, provider: site.provider, accessType: info.accessType, status: info.status,
    messaging: site.messaging, credits: info.credits, session: site.session(), capabilities: site.capabilities(),
    ...(site.provider === 'biostar' ? { unavailable: site.unavailable() } : {}), ...setup,
  };
}
