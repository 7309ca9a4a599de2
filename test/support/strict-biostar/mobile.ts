/** Mobile cards: create, delete and replace at the portal (suprema-api A6.1, A6.2, A6.4, E22-E24). */
import { MOBILE, type Books } from './books';
import { configured } from './setting';
import { list, ok, record, refuse, text, yes, type Json, type Route } from './wire';

export interface MobileManners {
  /** HTTP status of a refused mobile call, which the vendor leaves open. */
  http: number;
  /** Deleting what the portal does not have: nothing said, or in the `failed` lists. The vendor leaves it open. */
  unknownDelete: 'quiet' | 'failed';
}

interface Wanted { userId: string; number: string; name: string; email: string; phone: string }

const at = (mobile: Json, key: string, index: number): string => text(list(mobile[key])[index]);

function wantedAt(mobile: Json, index: number): Wanted {
  const of = (key: string): string => at(mobile, key, index);
  return { userId: of('user_id'), number: of('card_id'), name: of('name').replaceAll("'", ''), email: of('email'), phone: of('phone').replaceAll('-', '') };
}

/** Refusals that every mobile call has before it looks at the cards. */
function gate(books: Books, http: number): void {
  if (!configured(books.settings)) refuse(1400, { http });
  if (books.settings.licenses.some(({ available }) => !yes(available['MOBILE_CARD']))) refuse(331779, { response: 'bare' });
}

/** Puts one card into the portal; throws the code of the refusal. */
function issue(wanted: Wanted, books: Books, http: number): void {
  const { userId, number } = wanted;
  if (userId === '' || number === '') refuse(2007, { http });
  if (!books.users.has(userId)) refuse(201);
  const card = books.numbered(number);
  const registered = card === undefined ? undefined : books.register.get(card.id);
  if (registered !== undefined && registered.userId !== userId) refuse(65749, { http });
  const code = books.portal.issue({ number, userKey: userId, name: wanted.name, email: wanted.email === '' ? undefined : wanted.email, phone: wanted.phone === '' ? undefined : wanted.phone });
  if (code !== null) refuse(code, { http });
  // The same user may have its number again; then it is in use and no longer a deleted one.
  if (card !== undefined) books.register.delete(card.id);
}

function checkFields(mobile: Json, index: number, books: Books, http: number): void {
  const dynamic = books.settings.mobile.site_type === 'DYNAMIC';
  const needed = ['startTime', 'endTime', 'mobileCardType', ...(dynamic ? ['startDate', 'endDate'] : []), books.portal.messaging === 'SMS' ? 'phone' : 'email'];
  if (at(mobile, 'user_id', index) === '' || at(mobile, 'card_id', index) === '') refuse(2007, { http });
  if (needed.some((key) => at(mobile, key, index) === '')) refuse(30, { http: 400 });
  if (books.portal.messaging === 'SMS' && !at(mobile, 'phone', index).startsWith('+')) refuse(2007, { http });
}

function recordOf(mobile: Json, index: number, books: Books): Json {
  const of = (key: string, otherwise = ''): string => at(mobile, key, index) || otherwise;
  const dynamic = books.settings.mobile.site_type === 'DYNAMIC';
  return {
    number: of('card_id'), status: books.portal.cards.get(of('card_id'))?.status ?? 'INACTIVE', cardType: dynamic ? 'DYNAMIC' : 'REGULAR',
    startDate: dynamic ? of('startDate') : '0', endDate: dynamic ? of('endDate') : '253402300799000', startTime: of('startTime'), endTime: of('endTime'),
    name: of('name'), department: of('department'), title: of('title'), issueCount: of('issueCount', '1'), cardAuthMode: '2', cardAuthModeEx: '21',
    mobileCardType: of('mobileCardType', '4'),
  };
}

function created(body: Json, books: Books, http: number): Json {
  const mobile = record(record(body['MobileCollection'])['mobile']);
  const count = list(mobile['card_id']).length;
  if (count === 0) refuse(2007, { http });
  if (books.portal.refusal !== null) refuse(books.portal.refusal, { http });
  const indexes = [...Array(count).keys()];
  for (const index of indexes) checkFields(mobile, index, books, http);
  for (const index of indexes) {
    const { userId } = wantedAt(mobile, index);
    const has = books.portal.ofUser(userId).length > 0 || books.cardsOf(userId).some((card) => card.type === MOBILE && card.number !== at(mobile, 'card_id', index));
    // The portal's word on the number comes first when both hold: a repeat after a lost answer learns that it was done.
    if (books.portal.cards.has(at(mobile, 'card_id', index))) refuse('u1001', { http });
    if (has) refuse(262189, { http });
    issue(wantedAt(mobile, index), books, http);
  }
  return {
    MobileCollection: {
      listMobile: indexes.map((index) => ({ apisnddt: new Date().toISOString(), userid: at(mobile, 'user_id', index), crdid: at(mobile, 'card_id', index), portalrslt: '' })),
      recordMobile: indexes.map((index) => recordOf(mobile, index, books)),
    },
  };
}

function deleted(body: Json, books: Books, { http, unknownDelete }: MobileManners): Json {
  const mobile = record(record(body['MobileCollection'])['mobile']);
  if (books.portal.refusal !== null) refuse(books.portal.refusal, { http });
  const all = mobile['user_id'] === 'ALL';
  const group = text(record(record(mobile['param'])['query'])['group_id']);
  const userIds = all
    ? [...books.users.values()].filter((user) => group === '' || group === '1' || user.group === group).map((user) => user.user_id)
    : list(mobile['user_id']).map(text);
  const numbers = list(mobile['card_id']).map(text);
  if (numbers.length === 0 && userIds.length === 0) refuse(2007, { http });
  const failed = (number: string): boolean => (unknownDelete === 'failed' && !books.portal.cards.has(number)) || !books.deleteAtPortal(number);
  const failedCards = numbers.filter(failed);
  const failedUsers = userIds.filter((id) => {
    const cards = books.portal.ofUser(id);
    if (cards.length === 0) return unknownDelete === 'failed' && !all;
    return cards.filter((card) => failed(card.number)).length > 0;
  });
  return { failedUsers, failedCards, mobileUsers: userIds.filter((id) => !failedUsers.includes(id)), status: 0, errorMessage: '' };
}

/** Deletes the old card and issues the new one; what was deleted stays deleted when the issue fails (suprema-api A6.4). */
function replaced(body: Json, books: Books, http: number): Json {
  const sent = record(body['MobileCollection']);
  const wanted = wantedAt(record(sent['mobile']), 0);
  const old = text(list(sent['delete_card_id'])[0]);
  if (wanted.userId === '' || wanted.number === '') refuse(2007, { http });
  if (books.portal.refusal !== null) refuse(books.portal.refusal, { http });
  if (old !== '' && !books.deleteAtPortal(old)) refuse(2000, { http, body: { MobileCollection: { issued: null, delete_failed: [old] } } });
  const user = books.users.get(wanted.userId);
  issue({ ...wanted, name: wanted.name || (user?.name ?? ''), email: wanted.email || (user?.email ?? '') }, books, http);
  return { MobileCollection: { issued: { user_id: wanted.userId, number: wanted.number, portalrslt: 'Y' }, delete_failed: [] } };
}

export function mobileRoutes(books: Books, manners: () => MobileManners): Route[] {
  return [
    ['POST', '/api/v2/mobile', ({ body }) => {
      gate(books, manners().http);
      return ok(created(body, books, manners().http), { response: 'short' });
    }],
    ['POST', '/api/v2/mobile/delete', ({ body }) => {
      gate(books, manners().http);
      return ok(deleted(body, books, manners()), { response: 'short' });
    }],
    ['POST', '/api/v2/mobile/replace', ({ body }) => {
      gate(books, manners().http);
      return ok(replaced(body, books, manners().http), { message: 'success' });
    }],
  ];
}
