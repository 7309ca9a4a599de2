import type { Clock } from '../../nodes/credential/clock';
import { McError } from '../../nodes/credential/mc-error';
import type { Person } from '../../nodes/credential/record';
import type { RandomPort } from '../../nodes/credential/random-port';
import type { Capability, RegisteredReader, SiteAnswer, SiteCredential, SiteInfo, SiteList, SitePort } from '../../nodes/credential/site-port';

/** What becomes of the next write at the fake site. */
export type Fate = 'answer' | 'refuse' | 'lose-before' | 'lose-after' | 'late' | 'hang-before' | 'hang-after';

/** A site with books: what it was sent, the cards it has, the credits it took. Its books are the oracle of the tests. */
export class FakeSite implements SitePort {
  readonly siteId = '1001';
  messaging: 'email' | 'text' = 'email';
  nameRule: 'strict' | 'extended' = 'strict';
  timeZone = 'UTC';
  creditReserve = 0;
  dailyCreditLimit = 0;
  accessType: 'REGULAR' | 'DYNAMIC' = 'REGULAR';
  status = 'ACTIVATED';
  able: Capability[] = ['issue', 'reissue', 'resend', 'suspend', 'resume', 'delete', 'list', 'devices', 'credits'];
  cards = new Map<string, SiteCredential>();
  created = 0;
  spent = 0;
  /** Every write that was asked for, in order: `issue 123`, … */
  sent: string[] = [];
  reads = { info: 0, list: 0 };
  fates: Fate[] = [];
  listError: McError | null = null;
  /** Acts that still travel; `arrive` lets them take effect. */
  travelling: { sentAt: number; act: () => void }[] = [];

  constructor(readonly clock: Clock, public bought = 100) {}

  capabilities(): Capability[] {
    return this.able;
  }

  async info(): Promise<SiteInfo> {
    this.reads.info += 1;
    await Promise.resolve();
    const card = this.bought - this.spent;
    return {
      siteId: this.siteId, name: 'Fake', accessType: this.accessType, status: this.status, timeZone: null,
      credits: { card, maintenance: null, text: null, used: this.spent, bought: this.bought },
    };
  }

  async list(): Promise<SiteList> {
    this.reads.list += 1;
    const startedAt = this.clock.now();
    await Promise.resolve();
    if (this.listError !== null) throw this.listError;
    return { credentials: [...this.cards.values()].map((card) => ({ ...card })), startedAt };
  }

  async devices(): Promise<RegisteredReader[]> {
    return Promise.resolve([]);
  }

  issue(person: Person, cardId: string): Promise<SiteAnswer> {
    return this.asked(`issue ${cardId}`, () => { this.add(person, cardId); });
  }

  reissue(cardId: string, newCardId: string): Promise<SiteAnswer> {
    return this.asked(`reissue ${cardId} ${newCardId}`, () => {
      const former = this.present(cardId);
      if (this.cards.has(newCardId)) throw new McError('CARD_ALREADY_ISSUED', 'number in use');
      this.pay();
      this.cards.delete(cardId);
      this.cards.set(newCardId, { ...former, cardId: newCardId, status: 'before-activation' });
    });
  }

  resend(cardId: string): Promise<SiteAnswer> {
    return this.asked(`resend ${cardId}`, () => { this.present(cardId); });
  }

  suspend(cardId: string): Promise<SiteAnswer> {
    return this.asked(`suspend ${cardId}`, () => { this.present(cardId).status = 'paused'; });
  }

  resume(cardId: string): Promise<SiteAnswer> {
    return this.asked(`resume ${cardId}`, () => { this.present(cardId).status = 'activated'; });
  }

  delete(cardId: string): Promise<SiteAnswer> {
    return this.asked(`delete ${cardId}`, () => { this.cards.delete(cardId); });
  }

  activate(cardId: string): void {
    this.present(cardId).status = 'activated';
  }

  /** As somebody does on the portal itself. */
  add(person: Pick<Person, 'userId' | 'name'> & Partial<Person>, cardId: string): void {
    if (this.cards.has(cardId)) throw new McError('CARD_ALREADY_ISSUED', 'number in use');
    this.pay();
    this.cards.set(cardId, {
      cardId, userId: person.userId, status: 'before-activation', name: person.name,
      email: person.email ?? null, phone: null, department: null, title: null, validFrom: null, validTo: null,
    });
  }

  /** What was sent at `until` (milliseconds) or earlier takes effect. */
  arrive(until = Infinity): void {
    const arriving = this.travelling.filter(({ sentAt }) => sentAt <= until);
    this.travelling = this.travelling.filter(({ sentAt }) => sentAt > until);
    for (const { act } of arriving) {
      try {
        act();
      } catch (error) {
        if (!(error instanceof McError)) throw error;
      }
    }
  }

  private async asked(what: string, act: () => void): Promise<SiteAnswer> {
    this.sent.push(what);
    await Promise.resolve();
    const fate = this.fates.shift() ?? 'answer';
    switch (fate) {
      case 'answer': act(); return { status: null };
      case 'refuse': throw new McError('PERMISSION_DENIED', 'refused');
      case 'lose-before': throw new McError('OUTCOME_UNKNOWN', 'lost before');
      case 'lose-after': act(); throw new McError('OUTCOME_UNKNOWN', 'lost after');
      case 'late': this.travelling.push({ sentAt: this.clock.now(), act }); throw new McError('OUTCOME_UNKNOWN', 'late');
      case 'hang-before': return new Promise(() => undefined);
      case 'hang-after': act(); return new Promise(() => undefined);
    }
  }

  private present(cardId: string): SiteCredential {
    const card = this.cards.get(cardId);
    if (card === undefined) throw new McError('CARD_NOT_FOUND', 'no such card');
    return card;
  }

  private pay(): void {
    if (this.spent >= this.bought) throw new McError('NO_CREDIT', 'no credit');
    this.spent += 1;
    this.created += 1;
  }
}

/** Random numbers that a seed repeats. */
export function seeded(seed = 1): RandomPort {
  let state = seed >>> 0;
  let ids = 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
  return { below: (limit) => Math.floor(next() * limit), id: () => `op-${seed}-${++ids}` };
}

export class VirtualClock implements Clock {
  constructor(public ms = Date.parse('2026-03-02T09:00:00Z')) {}
  now(): number {
    return this.ms;
  }
  pass(ms: number): void {
    this.ms += ms;
  }
}
