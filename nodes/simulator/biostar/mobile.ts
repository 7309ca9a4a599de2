import type { CardRequest, PortalCard } from '../portal/portal-card';
import type { Portal } from '../portal/portal';
import { PortalError } from '../portal/portal-error';
import { BiostarError } from './biostar-error';
import type { Cards } from './cards';
import type { Users } from './users';
import type { Fields } from './wire';

/** The portal as the simulated server reaches it: the same cards, credits and messages (suprema-api A6). */
export class Mobile {
  /** False: mobile access is not set up (code 1400). */
  configured = true;

  constructor(private readonly portal: Portal, private readonly cards: Cards, private readonly users: Users) {}

  /** `mobile`: parallel arrays, of which only element 0 is looked at, as the vendor's own replace does. */
  issue(mobile: Fields): PortalCard {
    this.checkReach();
    const request = requestIn(mobile);
    if (request.number === '' || request.userKey === '') throw new BiostarError(2007, 400, 'user_id or card_id is missing.');
    if (this.portal.book.ofUser(request.userKey) !== undefined) throw new BiostarError(262_189, 400, 'The mobile card is already enrolled for the user.');
    return this.atPortal(() => this.portal.issue(request));
  }

  /** Deletes the former card and issues a new one; what is deleted stays deleted where the issue fails. */
  replace(former: string, mobile: Fields): PortalCard {
    this.checkReach();
    if (this.portal.book.withNumber(former) === undefined) throw new BiostarError(2000, 400, 'The former card was not deleted.');
    this.remove([former]);
    const request = requestIn(mobile);
    const user = this.users.all.get(request.userKey);
    return this.atPortal(() => this.portal.issue({ ...request, name: request.name || (user?.name ?? ''), email: request.email || (user?.email ?? '') }));
  }

  /** Deletes at the portal only. Numbers of a regular site go to the register. Returns the users whose cards went. */
  delete(numbers: readonly string[], userIds: readonly string[]): string[] {
    this.checkReach();
    const wanted = this.portal.book.all().filter(({ number, userKey }) => numbers.includes(number) || userIds.includes(userKey));
    this.remove(wanted.map(({ number }) => number));
    return userIds.length === 0 ? [] : wanted.map(({ userKey }) => userKey);
  }

  private remove(numbers: readonly string[]): void {
    for (const number of numbers) {
      this.portal.delete(number);
      const card = this.cards.withNumber(number);
      if (card !== undefined && this.portal.accessType === 'REGULAR') this.cards.register.add(card.uid);
    }
  }

  private checkReach(): void {
    if (!this.configured) throw new BiostarError(1400, 400, 'Mobile access is not configured.');
    if (!this.portal.online || this.portal.status !== 'ACTIVATED') throw new BiostarError(2000, 400, 'The portal cannot be reached, or the site is not active.');
  }

  private atPortal<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
      if (error.status === 402) throw new BiostarError(1403, 400, 'Not enough credit.');
      throw new BiostarError(error.code ?? 2007, 400, error.message);
    }
  }
}

function requestIn(mobile: Fields): CardRequest {
  const first = (key: string): string => {
    const value: unknown = Array.isArray(mobile[key]) ? (mobile[key] as unknown[])[0] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const ms = (key: string): number | null => (/^\d{1,15}$/.test(first(key)) ? Number(first(key)) : null);
  return {
    number: first('card_id'), userKey: first('user_id'), name: first('name').replaceAll('\'', ''), email: first('email'), phone: first('phone').replaceAll('-', ''),
    department: first('department'), title: first('title'), startDate: ms('startDate'), endDate: ms('endDate'),
  };
}
