import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Answer, Asked, Route } from '../route';
import { inGroup } from '../users/search-users';
import { type Fields, objectOf, textOf, textsOf } from '../wire';
import { deleteAtPortal } from './delete-at-portal';
import { mobileCount, type MobileRequest, readMobile } from './read-mobile';
import { replace } from './replace-mobile';
import { throughPortal } from './through-portal';

/** `endDate` of a card that does not end (suprema-api A6.1). */
const FOREVER = '253402300799000';

/** Mobile cards at the portal (suprema-api A6). */
export const MOBILE_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/api/v2/mobile', style: 'short', handle: create },
  { method: 'POST', path: '/api/v2/mobile/delete', style: 'short', handle: remove },
  { method: 'POST', path: '/api/v2/mobile/replace', style: 'v2', handle: replace },
];

/** Issues the cards one after the other: those before a refused one stay issued. */
function create(biostar: BioStar, { body }: Asked): Answer {
  const mobile = objectOf(objectOf(body['MobileCollection'])['mobile']);
  const issued = throughPortal(biostar, () => Array.from({ length: mobileCount(mobile) }, (_, index) => issue(biostar, mobile, index)));
  return { body: { MobileCollection: { listMobile: issued.map(({ listed }) => listed), recordMobile: issued.map(({ record }) => record) } } };
}

function issue(biostar: BioStar, mobile: Fields, index: number): { listed: Fields; record: Fields } {
  const { portal, cards, clock } = biostar;
  const request = readMobile(mobile, index, portal.accessType);
  const had = cards.quarantineOf(request.number);
  if (had?.quarantined != null && had.quarantined.userId !== request.userKey) throw new BioStarError(65749);
  const held = cards.mobileOf(request.userKey);
  // The guard that replace is free of (suprema-api E24).
  if (held !== undefined && held.number !== request.number) throw new BioStarError(262189);
  portal.issue(request);
  if (had !== undefined) cards.release(had);
  return {
    listed: { apisnddt: new Date(clock.now()).toISOString(), userid: request.userKey, crdid: request.number, portalrslt: '' },
    record: record(request, portal.accessType),
  };
}

/** The portal's record of a card that was just issued; every value is text (suprema-api A6.1). */
function record(request: MobileRequest, cardType: string): Fields {
  const { number, name, department, title, startDate, endDate, startTime, endTime, mobileCardType } = request;
  return {
    number, status: 'INACTIVE', cardType, startDate: startDate === null ? '0' : String(startDate), endDate: endDate === null ? FOREVER : String(endDate),
    startTime: String(startTime), endTime: String(endTime), name, department, title, issueCount: '1', cardAuthMode: '2', cardAuthModeEx: '21', mobileCardType,
  };
}

/** At the portal only: the card stays on the user. What is not there stands in a list of failures, with code 0 (suprema-api A6.2, E25). */
function remove(biostar: BioStar, { body }: Asked): Answer {
  const mobile = objectOf(objectOf(body['MobileCollection'])['mobile']);
  const { portal } = biostar;
  const [failedUsers, failedCards, mobileUsers]: [string[], string[], string[]] = [[], [], []];
  throughPortal(biostar, () => {
    for (const number of textsOf(mobile['card_id'])) if (deleteAtPortal(biostar, number) === null) failedCards.push(number);
    for (const userId of usersOf(biostar, mobile)) {
      const card = portal.book.ofUser(userId);
      if (card === undefined) {
        failedUsers.push(userId);
        continue;
      }
      deleteAtPortal(biostar, card.number);
      mobileUsers.push(userId);
    }
  });
  return { body: { failedUsers, failedCards, mobileUsers, status: 0, errorMessage: '' } };
}

function usersOf({ portal, users }: BioStar, mobile: Fields): string[] {
  if (textOf(mobile['user_id']) !== 'ALL') return textsOf(mobile['user_id']);
  const group = textOf(objectOf(objectOf(mobile['param'])['query'])['group_id']);
  const inside = users.all().filter((user) => inGroup(user, group === '' ? [] : [group])).map(({ userId }) => userId);
  return inside.filter((userId) => portal.book.ofUser(userId) !== undefined);
}
