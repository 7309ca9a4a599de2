import type { DeskContext } from './desk-context';
import type { Target } from './input-fields';
import { McError } from './mc-error';
import { noteAtSite, tellSite } from './site-block';

/** The site's own blacklist, as far as an entry of ours concerns it. */
export class BlacklistAtSite {
  constructor(private readonly ctx: DeskContext) {}

  /**
   * Tells the site of each card that an entry covers. What does not get through stays pending. Rejects with
   * BLACKLIST_FULL where the site takes no more: the block holds at this runtime's doors all the same.
   */
  async block(target: Target): Promise<void> {
    for (const { cardId, userId } of this.cardsOf(target)) {
      const { outcome, error } = await tellSite(this.ctx, 'block', cardId, userId);
      if (outcome !== 'pending') await noteAtSite(this.ctx.store, 'block', cardId, userId ?? '', outcome);
      else if (error?.code === 'BLACKLIST_FULL') {
        throw new McError('BLACKLIST_FULL', 'It is blocked at the doors of this runtime, but the site\'s blacklist is full. Unblock or delete cards there that nobody has any more; it is told again.', { cause: error });
      }
    }
  }

  /** True once no card of it is on the site's blacklist any more, but for those that another entry blocks. */
  async unblock(target: Target): Promise<boolean> {
    const { store } = this.ctx;
    let gone = true;
    for (const { cardId, userId } of [...this.cardsOf(target), ...this.formerOf(target)]) {
      const other = target.cardId === null ? `card:${cardId}` : `user:${userId ?? ''}`;
      if (store.get('blacklist', other) !== undefined) continue;
      gone = (await tellSite(this.ctx, 'unblock', cardId, userId)).outcome !== 'pending' && gone;
    }
    return gone;
  }

  /** Cards that the user has no more were blocked with the others while they lived. */
  private formerOf({ cardId, userId }: Target): { cardId: string; userId: string }[] {
    const { store, site } = this.ctx;
    return cardId !== null ? [] : store.credentialsOf(site.siteId, userId ?? '').filter(({ status }) => status === 'deleted');
  }

  private cardsOf({ cardId, userId }: Target): { cardId: string; userId: string | null }[] {
    const { store, site } = this.ctx;
    if (cardId !== null) {
      const owner = store.credentialsWith(cardId).find((doc) => doc.site === site.siteId && doc.status !== 'deleted')?.userId ?? userId;
      return [{ cardId, userId: owner }];
    }
    return store.credentialsOf(site.siteId, userId ?? '')
      .filter(({ provisional, status }) => !provisional && status !== 'deleted')
      .map((doc) => ({ cardId: doc.cardId, userId: doc.userId }));
  }
}
