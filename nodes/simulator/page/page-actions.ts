import { randomInt, randomUUID } from 'node:crypto';
import { drawCardNumber, isCardNumber } from '../../credential/card-number';
import type { PhysicalDoor } from '../floor/physical-door';
import { type Fields, optionalText, requiredText } from '../portal/fields';
import type { Portal, SiteChange } from '../portal/portal';
import type { CardRequest } from '../portal/portal-card';
import { PortalError } from '../portal/portal-error';
import { readEmail } from '../portal/read-card-request';
import type { SimulatedSite } from '../simulated-site';

const MOST_CREDITS = 1000;
const FIRST_USER = 5001;

/**
 * What can be done on the page: `POST /sim/<name>` with a JSON object, answered with `{ ok: true, ... }` or, refused,
 * with `{ error: { message } }`. Doors and readers count from 1.
 *
 * - `credits` `{ count }` buys card credits
 * - `present` `{ reader, cardId }` holds a card to a reader: an issued one or any number
 * - `exit` `{ door, pressed? }` presses the exit button for a moment, or presses / lets go
 * - `door` `{ door, do: 'open' | 'close' | 'force' }`; `open` is refused while the strike holds the door
 * - `tamper` `{ door, open }`
 * - `device` `{ device, registered }` registers a reader for the site or takes it off
 * - `site` `{ status?, accessType?, messaging? }`
 * - `portal` `{ up }` cuts the portal off from the network, or back
 * - `unlock`, `expire-tokens`, `reset` `{}`
 * - `add` `{ name, email, phone?, department?, title?, userId?, cardId?, reserve? }` issues, or reserves
 * - `card` `{ cardId, do: 'issue' | 'resend' | 'reissue' | 'suspend' | 'resume' | 'delete' }`
 */
export const PAGE_ACTIONS: Readonly<Record<string, (site: SimulatedSite, fields: Fields) => object>> = {
  credits({ portal }, fields) {
    const count = wholeNumber(fields, 'count', 1, MOST_CREDITS);
    portal.buyCredits(count);
    return { left: portal.credits };
  },
  present({ floor }, fields) {
    const { cardId } = fields;
    if (!isCardNumber(cardId)) throw new PortalError(400, 'A card number has 1 to 32 decimal digits and no leading zero.');
    if (!floor.present(wholeNumber(fields, 'reader', 1, 99), cardId)) throw new PortalError(404, 'There is no such reader.');
    return {};
  },
  exit(site, fields) {
    const door = doorOf(site, fields);
    if (fields['pressed'] === undefined) door.pressExit();
    else door.holdExit(yesOrNo(fields, 'pressed'));
    return {};
  },
  door(site, fields) {
    const door = doorOf(site, fields);
    switch (oneOf(fields, 'do', ['open', 'close', 'force'])) {
      case 'open':
        if (!door.open()) throw new PortalError(409, 'The strike holds the door. Present a card or press the exit button first, or force it.');
        break;
      case 'close': door.close(); break;
      case 'force': door.force(); break;
    }
    return { closed: door.closed };
  },
  tamper(site, fields) {
    doorOf(site, fields).setTamper(yesOrNo(fields, 'open'));
    return {};
  },
  device({ portal }, fields) {
    portal.setRegistered(requiredText(fields, 'device', 'device'), yesOrNo(fields, 'registered'));
    return {};
  },
  site({ portal }, fields) {
    const change: SiteChange = {};
    if (fields['status'] !== undefined) change.status = oneOf(fields, 'status', ['ACTIVATED', 'PAYMENT_REQUIRED']);
    if (fields['accessType'] !== undefined) change.accessType = oneOf(fields, 'accessType', ['REGULAR', 'DYNAMIC']);
    if (fields['messaging'] !== undefined) change.messaging = oneOf(fields, 'messaging', ['email', 'text']);
    portal.changeSite(change);
    return {};
  },
  portal({ portal }, fields) {
    portal.setOnline(yesOrNo(fields, 'up'));
    return {};
  },
  unlock({ portal }) {
    portal.unlockAccount();
    return {};
  },
  'expire-tokens'({ portal }) {
    portal.expireTokens();
    return {};
  },
  reset(site) {
    site.reset();
    return {};
  },
  add({ portal }, fields) {
    const request = personOf(portal, fields);
    const reserve = fields['reserve'] !== undefined && yesOrNo(fields, 'reserve');
    const { number, userKey } = reserve ? portal.reserve(request) : portal.issue(request);
    return { cardId: number, userId: userKey };
  },
  card({ portal }, fields) {
    const cardId = requiredText(fields, 'cardId', 'cardId');
    const card = cardAction(portal, cardId, oneOf(fields, 'do', ['issue', 'resend', 'reissue', 'suspend', 'resume', 'delete']));
    return { cardId: card.number, userId: card.userKey };
  },
};

function cardAction(portal: Portal, cardId: string, action: 'issue' | 'resend' | 'reissue' | 'suspend' | 'resume' | 'delete') {
  switch (action) {
    case 'issue': return portal.issueReserved(cardId);
    case 'resend': return portal.resend(cardId);
    case 'reissue': return portal.reissue(cardId, freeNumber(portal));
    case 'suspend': return portal.suspend(cardId);
    case 'resume': return portal.resume(cardId);
    case 'delete': return portal.delete(cardId);
  }
}

function personOf(portal: Portal, fields: Fields): CardRequest {
  const number = optionalText(fields, 'cardId', 'Card ID') || freeNumber(portal);
  if (!isCardNumber(number)) throw new PortalError(400, 'A card number has 1 to 32 decimal digits and no leading zero.');
  return {
    number,
    userKey: optionalText(fields, 'userId', 'User ID') || freeUser(portal),
    name: requiredText(fields, 'name', 'Name'),
    email: readEmail(optionalText(fields, 'email', 'Email')),
    phone: optionalText(fields, 'phone', 'Phone'),
    department: optionalText(fields, 'department', 'Department'),
    title: optionalText(fields, 'title', 'Title'),
    startDate: null,
    endDate: null,
  };
}

function freeNumber(portal: Portal): string {
  return drawCardNumber({ below: (limit) => randomInt(limit), id: randomUUID }, (number) => portal.book.withNumber(number) !== undefined);
}

function freeUser(portal: Portal): string {
  let user = FIRST_USER;
  while (portal.book.ofUser(String(user)) !== undefined) user += 1;
  return String(user);
}

function doorOf({ floor }: SimulatedSite, fields: Fields): PhysicalDoor {
  const door = floor.doors[wholeNumber(fields, 'door', 1, 99) - 1];
  if (door === undefined) throw new PortalError(404, 'There is no such door.');
  return door;
}

function wholeNumber(fields: Fields, key: string, least: number, most: number): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new PortalError(400, `${key} must be a whole number from ${least} to ${most}.`);
  }
  return value;
}

function yesOrNo(fields: Fields, key: string): boolean {
  const value = fields[key];
  if (typeof value !== 'boolean') throw new PortalError(400, `${key} must be true or false.`);
  return value;
}

function oneOf<const T extends string>(fields: Fields, key: string, values: readonly T[]): T {
  const found = values.find((value) => value === fields[key]);
  if (found === undefined) throw new PortalError(400, `${key} must be one of ${values.join(', ')}.`);
  return found;
}
