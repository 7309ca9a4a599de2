import type { AuditEvent } from '../../credential/audit-event';
import type { AuditHead } from './audit-head';
import { type ChainRecord, recordLine } from './chain-record';
import type { Vault } from './vault';
import { commitmentTo, pseudonymOf, type VaultEntry } from './vault-entry';

/** Records that are about to be written, and what holds when they are. */
export interface ChainDraft {
  text: string;
  head: AuditHead;
  /** Pseudonyms whose commitment is in it. */
  committed: string[];
}

export interface DraftInput {
  /** What the first record follows on. */
  head: AuditHead;
  events: readonly AuditEvent[];
  /** For the last record, and for those before it. */
  mark: string | null;
  formerMark: string | null;
  /** True for a pseudonym whose commitment the segment has. */
  isCommitted: (pseudonym: string) => boolean;
  gone?: string[];
}

/** Chains events that belong together; whom they concern goes into the vault. */
export function draftOf({ head, events, mark, formerMark, isCommitted, gone }: DraftInput, vault: Vault): ChainDraft {
  const fresh = new Set<string>();
  const sealOf = (entry: VaultEntry | null): string | undefined => {
    if (entry === null || isCommitted(pseudonymOf(entry)) || fresh.has(pseudonymOf(entry))) return undefined;
    fresh.add(pseudonymOf(entry));
    return commitmentTo(entry);
  };
  let { seq, hash } = head;
  const lines = events.map(({ at, kind, userId, cardId, door, outcome, by, detail }, index) => {
    const holder = userId === null ? null : vault.person(userId);
    const held = cardId === null ? null : vault.card(cardId, holder === null ? null : pseudonymOf(holder));
    const more = events.length - 1 - index;
    seq += 1;
    const record: ChainRecord = {
      seq, at, kind,
      person: holder === null ? null : pseudonymOf(holder),
      card: held === null ? null : pseudonymOf(held),
      door, outcome, by, detail,
      personSeal: sealOf(holder),
      cardSeal: sealOf(held),
      mark: more === 0 ? mark : formerMark,
      more: more === 0 ? undefined : more,
      gone,
      prev: hash,
    };
    const made = recordLine(record);
    hash = made.hash;
    return made.line;
  });
  return { text: lines.join(''), head: { seq, hash }, committed: [...fresh] };
}
