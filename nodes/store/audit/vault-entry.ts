import { createHash, randomBytes } from 'node:crypto';
import { lineOf } from '../journal-line';

/** What a pseudonym of a person means. */
export interface PersonEntry {
  person: string;
  salt: string;
  userId: string;
}

/** What a pseudonym of a card means. A card is held by the person of its event, or by nobody known. */
export interface CardEntry {
  card: string;
  salt: string;
  cardId: string;
  holder: string | null;
}

export type VaultEntry = PersonEntry | CardEntry;

export function newPerson(userId: string): PersonEntry {
  return { person: random(12), salt: random(16), userId };
}

export function newCard(cardId: string, holder: string | null): CardEntry {
  return { card: random(12), salt: random(16), cardId, holder };
}

export function pseudonymOf(entry: VaultEntry): string {
  return 'person' in entry ? entry.person : entry.card;
}

/**
 * What the chain keeps of an entry: enough to notice that another was put in its place, and nothing to try card numbers
 * against once the salt is gone.
 */
export function commitmentTo(entry: VaultEntry): string {
  const value = 'person' in entry ? ['person', entry.userId] : ['card', entry.cardId, entry.holder];
  return createHash('sha256').update(`mobile-credential audit vault 1\n${entry.salt}\n${JSON.stringify(value)}`).digest('hex');
}

export function entryLine(entry: VaultEntry): string {
  return lineOf(JSON.stringify(entry));
}

/** Null for a line that is damaged or says something else. */
export function readEntry(json: string | null): VaultEntry | null {
  try {
    const entry = JSON.parse(json ?? 'null') as Partial<PersonEntry & CardEntry> | null;
    const texts = entry === null ? [] : [entry.salt, entry.person ?? entry.card, entry.person === undefined ? entry.cardId : entry.userId];
    return texts.length > 0 && texts.every((text) => typeof text === 'string') ? entry as VaultEntry : null;
  } catch {
    return null;
  }
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
