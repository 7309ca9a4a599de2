import { systemClock } from '../credential/clock';
import { Outbox, type Timer } from '../credential/outbox';
import { BlacklistWatch } from './blacklist-loan';
import { cryptoRandom } from './crypto-random';
import type { SiteLoan } from './site-node';
import type { StoreLoan } from './store-node';
import { within } from './within';

/** So long a message waits at most for what a restart has left open. */
const FIRST_MS = 10_000;

const timer: Timer = (ms, work) => {
  const handle = setTimeout(work, ms).unref();
  return () => { clearTimeout(handle); };
};

const loans = new WeakMap<SiteLoan, Map<StoreLoan, OutboxLoan>>();

/** The one outbox of a site and a store, and what keeps their blacklists together: the first node that uses both starts it, the last one ends it. */
export class OutboxLoan {
  private users = 0;
  private outbox: Outbox | null = null;
  private blacklist: BlacklistWatch | null = null;
  private readonly first: Promise<void>;

  private constructor(private readonly site: SiteLoan, private readonly loan: StoreLoan) {
    this.first = loan.ready().then((store) => {
      if (store.readOnly !== null || this.users === 0) return undefined;
      this.outbox = new Outbox({ site, store, clock: systemClock, random: cryptoRandom, timer });
      this.blacklist = new BlacklistWatch(site, store);
      this.blacklist.start();
      return this.outbox.start();
    }, () => undefined);
  }

  static borrow(site: SiteLoan, loan: StoreLoan): OutboxLoan {
    const bySite = loans.get(site) ?? new Map<StoreLoan, OutboxLoan>();
    loans.set(site, bySite);
    const found = bySite.get(loan) ?? new OutboxLoan(site, loan);
    bySite.set(loan, found);
    found.users += 1;
    return found;
  }

  /** Resolves when it was tried once to settle what was open at the start. */
  settledFirst(): Promise<void> {
    return within(FIRST_MS, this.first);
  }

  /** Brings the site's blacklist to the doors now, where it has one. */
  async syncBlacklist(): Promise<void> {
    await this.blacklist?.run();
  }

  release(): void {
    this.users -= 1;
    if (this.users > 0) return;
    this.outbox?.stop();
    this.blacklist?.stop();
    loans.get(this.site)?.delete(this.loan);
  }
}
