import { systemClock } from '../../../nodes/credential/clock';
import { Desk } from '../../../nodes/credential/desk';
import { Outbox } from '../../../nodes/credential/outbox';
import type { SitePort } from '../../../nodes/credential/site-port';
import { cryptoRandom } from '../../../nodes/runtime/crypto-random';
import { BiostarSite } from '../../../nodes/site/biostar/biostar-site';
import { readSiteSettings } from '../../../nodes/site/site-settings';
import { MemoryStore } from '../../support/memory-store';
import { PlainBiostar } from '../../support/plain-biostar';

/** A BioStar server that is not ours, a site on it and a store, all of one test. */
export class World {
  readonly server = new PlainBiostar();
  store = new MemoryStore();
  clock = systemClock;
  portal: SitePort | null = null;
  private sites: BiostarSite[] = [];

  static async start(tls?: { key: string; cert: string }): Promise<World> {
    const world = new World();
    await world.server.start(tls);
    return world;
  }

  /** A site on the server, with these settings in place of the usual. */
  site(settings: Record<string, unknown> = {}, options: { timeoutMs?: number; unverified?: boolean; tls?: Record<string, unknown> } = {}): BiostarSite {
    const { login_id, password } = this.server.account;
    const site = new BiostarSite(
      readSiteSettings({ provider: 'biostar', domain: `http://127.0.0.1:${this.server.port}`, siteId: '4711', email: login_id, password, ...settings }),
      { clock: this.clock, portalBeside: () => this.portal, ...options },
    );
    this.sites.push(site);
    return site;
  }

  desk(site: SitePort = this.site()): Desk {
    return new Desk(site, this.store, { clock: this.clock, random: cryptoRandom });
  }

  /** An outbox that works only when it is told to. */
  outbox(site: SitePort): Outbox {
    return new Outbox({ site, store: this.store, clock: this.clock, random: cryptoRandom, timer: () => () => undefined });
  }

  get portalCards(): string[] {
    return [...this.server.books.portal.cards.keys()];
  }

  get spent(): number {
    return this.server.books.portal.spent;
  }

  async stop(): Promise<void> {
    for (const site of this.sites) site.close();
    await this.server.stop();
  }
}

export const RAE = { userId: '4021', name: 'Rae_Okafor 2', email: 'rae@plant.example', cardId: '70310044120018' };
