import { syncBlacklist } from '../credential/blacklist-sync';
import { systemClock } from '../credential/clock';
import { DeskContext } from '../credential/desk-context';
import { isMcError } from '../credential/mc-error';
import { SiteReading } from '../credential/site-reading';
import { BiostarSite } from '../site/biostar/biostar-site';
import type { NedbStore } from '../store/nedb-store';
import { cryptoRandom } from './crypto-random';
import type { SiteLoan } from './site-node';

const EVERY_MS = 30_000;
/** A hundred users that are changed at once are one reason to look, not a hundred. */
const SOON_MS = 500;

/** Keeps a store's blacklist with that of a BioStar server: every half minute, and when an event hints at a block. */
export class BlacklistWatch {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private hinted: NodeJS.Timeout | undefined;
  private unhint: () => void = () => undefined;
  private stopped = false;

  constructor(private readonly site: SiteLoan, private readonly store: NedbStore) {}

  start(): void {
    if (!(this.site instanceof BiostarSite)) return;
    this.unhint = this.site.onHint(() => { this.soon(); });
    void this.round();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.hinted);
    this.unhint();
  }

  /** Once now; who asks while it runs shares it. Rejects with what the site or the store says. */
  run(): Promise<void> {
    const ctx = new DeskContext(this.site, this.store, systemClock, cryptoRandom, new SiteReading(this.site, systemClock), { by: 'outbox' });
    this.running ??= syncBlacklist(ctx).finally(() => { this.running = null; });
    return this.running;
  }

  private soon(): void {
    this.hinted ??= setTimeout(() => {
      this.hinted = undefined;
      void this.run().catch(() => undefined);
    }, SOON_MS).unref();
  }

  private async round(): Promise<void> {
    try {
      await this.run();
    } catch (error) {
      // The site's state shows it, and the next round tries again.
      if (!isMcError(error)) throw error;
    }
    if (!this.stopped) this.timer = setTimeout(() => { void this.round(); }, EVERY_MS).unref();
  }
}
