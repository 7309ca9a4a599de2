import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import { CSN, CSN_MOBILE } from '../cards/card-types';
import { USER_GROUPS } from '../groups';
import { deleteAtPortal } from '../mobile/delete-at-portal';
import { throughPortal } from '../mobile/through-portal';
import { readTime, v1Time } from '../times';
import { readChangedUser, readNewUser } from '../users/read-user';
import { FIRST_START, type User, USUAL_EXPIRY } from '../users/user';
import type { Fields } from '../wire';

const TEXTS = ['name', 'department', 'user_title', 'phone', 'email'];

/** 1 keeps the data of users that are known, 2 overwrites it (suprema-api A3.1). */
export type ImportOption = 1 | 2;

/**
 * Takes one row in, as a transaction of its own: a refused one changes nothing (suprema-api E13, C10). A user that is
 * known is changed by Overwrite only; a mobile number that differs from the present one is issued, and spends a credit.
 * @param row cells by column name, empty ones left out
 */
export function importRow(biostar: BioStar, row: Readonly<Record<string, string>>, option: ImportOption): void {
  const { users, cards, events } = biostar;
  const known = users.get(row['user_id'] ?? '');
  if (known !== undefined && option === 1) return;
  const user = known === undefined ? readNewUser(biostar, newFields(row)) : readChangedUser(biostar, known, fieldsOf(row));
  const { csn, csn_mobile: mobile } = row;
  const addCsn = csn === undefined ? undefined : plainCard(biostar, user, csn);
  if (mobile !== undefined && cards.mobileOf(user.userId)?.number !== mobile) issue(biostar, user, mobile, row);
  users.put(user);
  addCsn?.();
  events.add({ code: known === undefined ? 8192 : 8704, user, reader: 1 });
}

function newFields(row: Readonly<Record<string, string>>): Fields {
  return { user_group_id: { id: '1' }, start_datetime: v1Time(FIRST_START), expiry_datetime: v1Time(USUAL_EXPIRY), ...fieldsOf(row) };
}

function fieldsOf(row: Readonly<Record<string, string>>): Fields {
  const fields: Fields = { user_id: row['user_id'] ?? '' };
  for (const key of [...TEXTS, 'start_datetime', 'expiry_datetime']) if (row[key] !== undefined) fields[key] = row[key];
  const group = row['user_group'];
  // A name, a path that ends with it, or an id.
  if (group !== undefined) fields['user_group_id'] = { id: USER_GROUPS.find(({ name }) => name === group.split('/').at(-1))?.id ?? group };
  if (row['pin'] !== undefined && !/^\d{4,16}$/.test(row['pin'])) throw new BioStarError(131080);
  return fields;
}

function plainCard({ cards }: BioStar, user: User, number: string): () => void {
  const found = cards.withNumber(number);
  if (found === undefined) cards.checkFree(number);
  else if (found.userId !== null && found.userId !== user.userId) throw new BioStarError(408);
  return () => {
    for (const card of cards.ofUser(user.userId)) if (card.type === CSN && card.number !== number) cards.unassign(card);
    cards.assign(found ?? cards.create(number, CSN), user.userId);
  };
}

/** The last step that may fail, so that nothing has to be undone. */
function issue(biostar: BioStar, user: User, number: string, row: Readonly<Record<string, string>>): void {
  const { cards, portal } = biostar;
  const dynamic = portal.accessType === 'DYNAMIC';
  const [startDate, endDate] = dynamic ? [date(row['mobile_start_datetime']), date(row['mobile_expiry_datetime'])] : [null, null];
  const had = cards.quarantineOf(number);
  if (had?.quarantined != null && had.quarantined.userId !== user.userId) throw new BioStarError(65749);
  const record = cards.withNumber(number);
  if (record === undefined && had === undefined) cards.checkFree(number);
  if (record !== undefined && (record.type !== CSN_MOBILE || (record.userId !== null && record.userId !== user.userId))) throw new BioStarError(408);
  throughPortal(biostar, () => {
    const former = portal.book.ofUser(user.userId);
    const other = portal.book.withEmail(user.email);
    // Looked at before the former card goes: a refusal after that would leave the user without any.
    if (portal.credits < 1) throw new BioStarError(1403);
    if (portal.book.withNumber(number) !== undefined) throw new BioStarError('u1001');
    if (other !== undefined && other !== former) throw new BioStarError(2007);
    if (portal.messaging === 'email' ? user.email === '' : !user.phone.startsWith('+')) throw new BioStarError(2007);
    if (former !== undefined && portal.status === 'ACTIVATED') deleteAtPortal(biostar, former.number);
    portal.issue({ number, userKey: user.userId, name: user.name, email: user.email, phone: user.phone, department: user.department, title: user.title, startDate, endDate });
  });
  if (had !== undefined) cards.release(had);
  const held = cards.mobileOf(user.userId);
  if (held !== undefined) cards.unassign(held);
  cards.assign(cards.withNumber(number) ?? cards.create(number, CSN_MOBILE), user.userId);
}

function date(text: string | undefined): number {
  const ms = text === undefined ? null : readTime(text);
  if (ms === null) throw new BioStarError(30);
  return ms;
}
