import type { CredentialDocument } from '../documents';
import { isMcError } from '../mc-error';
import { validatePerson } from '../person';
import { blockingEntry } from '../public-record';
import { maskCard, type Doors, type Person } from '../record';
import type { SitePort } from '../site-port';
import type { StorePort } from '../store-port';
import type { ImportField } from './import-columns';
import type { Conflict } from './import-document';
import type { Cell, PlannedRow, StoredRow } from './import-row';
import { rowInput } from './row-input';

/** What becomes of a row, and what of the store that rests on. */
export type RowPlan = PlannedRow & Pick<StoredRow, 'rests'>;

/** What came in earlier rows of the same file. */
export class SeenRows {
  readonly users = new Map<string, number>();
  readonly cards = new Map<string, number>();
}

export interface PlanRules {
  site: SitePort;
  store: StorePort;
  conflict: Conflict;
  fields: readonly (ImportField | null)[];
}

/** Details of a record that a file may change. The portal has no request for it: they are changed here alone. */
const DETAILS = ['name', 'email', 'phone', 'department', 'title', 'validFrom', 'validTo'] as const;

/**
 * What becomes of one row, by the store alone and by BioStar's rules: a user who is not known gets a card either way;
 * one who is known is left alone with `preserve`, and with `overwrite` changed, or given a new card where the file
 * names another number (suprema-api C10).
 */
export function planRow(rules: PlanRules, row: number, cells: readonly Cell[], seen: SeenRows): RowPlan {
  let person: Person | null = null;
  let given: Record<string, unknown> = {};
  const plan = (action: PlannedRow['action'], reason: string | null, message?: string, rests = ''): RowPlan => ({
    row, userId: person?.userId ?? userIdIn(given), action, reason, ...message === undefined ? {} : { message },
    credits: action === 'create' || action === 'reissue' ? 1 : 0, rests,
  });
  if (cells.length !== rules.fields.length) {
    return plan('invalid', 'INPUT_INVALID', `The row has ${cells.length} cells and not ${rules.fields.length}. Is a comma or a quotation mark too many or missing?`);
  }
  try {
    given = rowInput(cells, rules.fields, rules.site.timeZone);
    const { messaging, nameRule, timeZone } = rules.site;
    person = validatePerson(given, { messaging, nameRule, timeZone, accessType: null });
  } catch (error) {
    if (!isMcError(error)) throw error;
    return plan('invalid', error.code, error.message);
  }
  const twice = seen.users.get(person.userId) ?? (person.cardId === null ? undefined : seen.cards.get(person.cardId));
  if (twice !== undefined) return plan('conflict', 'DUPLICATE', `User ${person.userId} or the card number is in row ${twice} already.`);
  seen.users.set(person.userId, row);
  if (person.cardId !== null) seen.cards.set(person.cardId, row);

  const { site, store } = rules;
  const docs = store.credentialsOf(site.siteId, person.userId);
  if (docs.some(({ pending }) => pending.some(({ operation }) => ['issue', 'reissue', 'delete'].includes(operation)))) {
    return plan('skip', 'OUTCOME_UNKNOWN', `An operation of user ${person.userId} is not settled yet. Import the row again when it is.`, 'open');
  }
  const live = docs.filter(({ provisional, status }) => !provisional && status !== 'deleted').sort((a, b) => (a.cardId < b.cardId ? -1 : 1));
  const holder = person.cardId === null ? undefined : holderOf(rules, person.cardId, person.userId);
  if (holder !== undefined) return plan('conflict', 'CARD_ALREADY_ISSUED', `Card ${maskCard(person.cardId ?? '')} belongs to another user.`, `held by ${holder}`);
  const blocked = blockingEntry(store, person.cardId ?? live[0]?.cardId ?? null, person.userId) === undefined ? null : 'BLACKLISTED';
  if (live.length === 0) return plan('create', blocked);

  const wanted = person.cardId;
  const card = wanted === null ? live[0] : live.find(({ cardId }) => cardId === wanted);
  const [former] = live;
  if (card === undefined && rules.conflict === 'overwrite' && former !== undefined) {
    if (live.length > 1) return plan('conflict', 'INPUT_INVALID', `User ${person.userId} has ${live.length} cards: re-issue one of them by mc-issue.`, cardsIn(live));
    return plan('reissue', blocked, undefined, `${former.cardId} ${former.status}`);
  }
  if (card !== undefined && !differs(card, person, given)) return plan('unchanged', blocked, undefined, cardsIn(live));
  if (rules.conflict === 'preserve') return plan('skip', 'KNOWN', `User ${person.userId} is known, and what is known is preserved.`, cardsIn(live));
  return plan('update', blocked, undefined, card?.cardId ?? '');
}

/** True where the file says something else of a card than its record. What the file leaves open does not differ. */
export function differs(card: Readonly<CredentialDocument>, person: Person, given: Readonly<Record<string, unknown>>): boolean {
  return DETAILS.some((detail) => given[detail] !== undefined && person[detail] !== card[detail])
    || (person.doors !== null && !sameDoors(person.doors, card.doors));
}

/** The record with what the file says of it. */
export function updatedBy(card: Readonly<CredentialDocument>, person: Person, given: Readonly<Record<string, unknown>>): CredentialDocument {
  const next: CredentialDocument = { ...card, doors: person.doors ?? card.doors };
  for (const detail of DETAILS) if (given[detail] !== undefined) next[detail] = person[detail];
  return next;
}

function holderOf({ site, store }: PlanRules, cardId: string, userId: string): string | undefined {
  return store.credentialsWith(cardId)
    .find((doc) => doc.site === site.siteId && doc.userId !== userId && (doc.provisional || doc.status !== 'deleted'))?.userId;
}

function cardsIn(live: readonly Readonly<CredentialDocument>[]): string {
  return live.map(({ cardId }) => cardId).join(' ');
}

function sameDoors(a: Doors, b: Doors): boolean {
  return JSON.stringify(a === '*' ? a : [...a].sort()) === JSON.stringify(b === '*' ? b : [...b].sort());
}

function userIdIn({ userId }: Record<string, unknown>): string | null {
  return typeof userId === 'string' || typeof userId === 'number' ? String(userId).slice(0, 48) : null;
}
