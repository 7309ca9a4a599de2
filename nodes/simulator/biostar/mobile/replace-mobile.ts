import type { BioStar } from '../biostar';
import { BioStarError } from '../biostar-error';
import type { Answer, Asked } from '../route';
import { type Fields, numberOf, objectOf, textOf } from '../wire';
import { deleteAtPortal } from './delete-at-portal';
import { checkNumber, listOf, plainPhone } from './read-mobile';
import { throughPortal } from './through-portal';

/**
 * `POST /api/v2/mobile/replace`: deletes the old card at the portal and issues the new one, of each list the first
 * element only. Nothing is brought back where the second step fails (suprema-api A6.4). What is left out is taken from
 * the user. Throws 2000 where the old card cannot be deleted, 2007, 30, and the portal's refusals.
 */
export function replace(biostar: BioStar, { body }: Asked): Answer {
  const collection = objectOf(body['MobileCollection']);
  const mobile = objectOf(collection['mobile']);
  const old = textOf(listOf(collection['delete_card_id'])[0]);
  const userKey = textOf(listOf(mobile['user_id'])[0]);
  const number = textOf(listOf(mobile['card_id'])[0]);
  if (userKey === '' || number === '') throw new BioStarError(2007);
  checkNumber(number);
  return throughPortal(biostar, () => {
    const { portal, cards } = biostar;
    const had = cards.quarantineOf(number);
    if (had?.quarantined != null && had.quarantined.userId !== userKey) throw new BioStarError(65749);
    if (old !== '' && deleteAtPortal(biostar, old) === null) throw new BioStarError(2000, 'The old card was not deleted.');
    portal.issue(request(biostar, mobile, userKey, number));
    const again = cards.quarantineOf(number);
    if (again !== undefined) cards.release(again);
    return { message: 'success', body: { MobileCollection: { issued: { user_id: userKey, number, portalrslt: 'Y' }, delete_failed: [] } } };
  });
}

function request({ users, portal, clock }: BioStar, mobile: Fields, userKey: string, number: string) {
  const user = users.get(userKey);
  const text = (key: string, otherwise: string | undefined): string => textOf(listOf(mobile[key])[0]) || (otherwise ?? '');
  const dynamic = portal.accessType === 'DYNAMIC';
  const date = (key: string, otherwise: number | undefined): number | null => (dynamic ? numberOf(listOf(mobile[key])[0]) ?? otherwise ?? null : null);
  return {
    userKey, number, name: text('name', user?.name).replaceAll("'", ''), email: text('email', user?.email),
    phone: plainPhone(text('phone', user?.phone)), department: text('department', user?.department), title: text('title', user?.title),
    startDate: date('startDate', user?.start ?? clock.now()), endDate: date('endDate', user?.expiry),
  };
}
