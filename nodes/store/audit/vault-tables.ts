import { type CardEntry, type PersonEntry, pseudonymOf, type VaultEntry } from './vault-entry';

/** The vault in memory, by what it is asked for. */
export class VaultTables {
  private readonly byPseudonym = new Map<string, VaultEntry>();
  private readonly persons = new Map<string, PersonEntry>();
  private readonly cards = new Map<string, CardEntry[]>();

  add(entry: VaultEntry): void {
    this.remove(pseudonymOf(entry));
    this.byPseudonym.set(pseudonymOf(entry), entry);
    if ('person' in entry) this.persons.set(entry.userId, entry);
    else this.cards.set(entry.cardId, [...this.cardsWith(entry.cardId), entry]);
  }

  remove(pseudonym: string): void {
    const entry = this.byPseudonym.get(pseudonym);
    if (entry === undefined) return;
    this.byPseudonym.delete(pseudonym);
    if ('person' in entry) {
      if (this.persons.get(entry.userId) === entry) this.persons.delete(entry.userId);
      return;
    }
    const left = this.cardsWith(entry.cardId).filter((other) => other !== entry);
    if (left.length === 0) this.cards.delete(entry.cardId);
    else this.cards.set(entry.cardId, left);
  }

  get(pseudonym: string): VaultEntry | undefined {
    return this.byPseudonym.get(pseudonym);
  }

  person(userId: string): PersonEntry | undefined {
    return this.persons.get(userId);
  }

  cardsWith(cardId: string): readonly CardEntry[] {
    return this.cards.get(cardId) ?? [];
  }

  userIdOf(pseudonym: string | null): string | null {
    const entry = pseudonym === null ? undefined : this.get(pseudonym);
    return entry !== undefined && 'userId' in entry ? entry.userId : null;
  }

  cardIdOf(pseudonym: string | null): string | null {
    const entry = pseudonym === null ? undefined : this.get(pseudonym);
    return entry !== undefined && 'cardId' in entry ? entry.cardId : null;
  }

  /** Everything that tells of a person: the cards they hold, and the same numbers where nobody was known to hold them. */
  allOf(userId: string): string[] {
    const person = this.persons.get(userId);
    if (person === undefined) return [];
    const held = new Set([...this.entries()].flatMap((entry) => ('card' in entry && entry.holder === person.person ? [entry.cardId] : [])));
    const cards = [...held].flatMap((cardId) => this.cardsWith(cardId)).filter(({ holder }) => holder === person.person || holder === null);
    return [person.person, ...cards.map(({ card }) => card)];
  }

  entries(): IterableIterator<VaultEntry> {
    return this.byPseudonym.values();
  }
}
