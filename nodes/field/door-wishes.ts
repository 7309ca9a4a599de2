import type { DoorSource } from './door-types';

/** Who may hold a door, highest rank first. A grant holds nothing: it only opens once. */
export const WISH_SOURCES = ['fire', 'lockdown', 'operator', 'schedule'] as const satisfies readonly DoorSource[];

export type WishSource = (typeof WISH_SOURCES)[number];

export interface Wish {
  source: WishSource;
  wish: 'lock' | 'unlock';
}

/** What each source wants of a door. Every source keeps its own wish until it releases it; the highest present rules. */
export class DoorWishes {
  private readonly wishes = new Map<WishSource, 'lock' | 'unlock'>();

  set(source: WishSource, wish: 'lock' | 'unlock'): void {
    this.wishes.set(source, wish);
  }

  drop(source: WishSource): void {
    this.wishes.delete(source);
  }

  clear(): void {
    this.wishes.clear();
  }

  /** The wish that rules, null where nobody holds the door. */
  get ruling(): Wish | null {
    return this.rulingWithout(null);
  }

  private rulingWithout(left: WishSource | null): Wish | null {
    for (const source of WISH_SOURCES) {
      if (source === left) continue;
      const wish = this.wishes.get(source);
      if (wish) return { source, wish };
    }
    return null;
  }

  /**
   * Who forbids an opening, or null. A grant is refused by any lock that rules; an operator's own opening ranks above
   * a schedule's lock, and below his own: he releases it first. A lockdown does not stop whom the rules let through it.
   */
  refuses(opener: 'operator' | 'grant', passesLockdown = false): WishSource | null {
    const first = this.ruling;
    if (first?.wish !== 'lock') return null;
    const ruling = passesLockdown && first.source === 'lockdown' ? this.rulingWithout('lockdown') : first;
    if (ruling?.wish !== 'lock') return null;
    return opener === 'operator' && ruling.source === 'schedule' ? null : ruling.source;
  }
}
