import type { Clock } from './clock';
import { NextRead } from './next-read';
import type { SiteInfo, SiteList, SitePort } from './site-port';

/** How long a list or a credit figure is believed within one message. */
const TRUST_MS = 60_000;

export interface DatedInfo {
  info: SiteInfo;
  /** Milliseconds: when reading began. */
  startedAt: number;
  /** Credits known to be spent through this runtime when reading began. */
  spentBefore: number;
}

/** What all messages share of a site: reads under way, and the credits that this runtime saw spent. */
class SharedReads {
  spent = 0;
  readonly list: NextRead<SiteList>;
  readonly info: NextRead<DatedInfo>;

  constructor(site: SitePort, clock: Clock) {
    this.list = new NextRead(() => site.list());
    this.info = new NextRead(async () => {
      const [startedAt, spentBefore] = [clock.now(), this.spent];
      return { info: await site.info(), startedAt, spentBefore };
    });
  }
}

const readsBySite = new WeakMap<SitePort, SharedReads>();

/** What one message has read of a site, so that an array of a thousand persons reads the list once. */
export class SiteReading {
  private lastList: SiteList | null = null;
  private lastInfo: DatedInfo | null = null;
  private readonly shared: SharedReads;

  constructor(site: SitePort, private readonly clock: Clock) {
    let shared = readsBySite.get(site);
    if (shared === undefined) readsBySite.set(site, (shared = new SharedReads(site, clock)));
    this.shared = shared;
  }

  /** A complete list that began at `notBefore` (milliseconds) or later. */
  async list(notBefore = 0): Promise<SiteList> {
    const known = this.lastList;
    if (known !== null && known.startedAt >= notBefore && this.isYoung(known.startedAt)) return known;
    return this.freshList();
  }

  async freshList(): Promise<SiteList> {
    return (this.lastList = await this.shared.list.get());
  }

  async info(): Promise<DatedInfo> {
    const known = this.lastInfo;
    return known !== null && this.isYoung(known.startedAt) ? known : this.freshInfo();
  }

  async freshInfo(): Promise<DatedInfo> {
    return (this.lastInfo = await this.shared.info.get());
  }

  /** The last figures of this message, or null: nothing is read for it. */
  get knownInfo(): SiteInfo | null {
    return this.lastInfo?.info ?? null;
  }

  /** Credits that this runtime saw spent since figures were read. */
  spentSince({ spentBefore }: DatedInfo): number {
    return this.shared.spent - spentBefore;
  }

  noteSpent(credits: number): void {
    this.shared.spent += credits;
  }

  private isYoung(startedAt: number): boolean {
    const age = this.clock.now() - startedAt;
    return age >= 0 && age < TRUST_MS;
  }
}
