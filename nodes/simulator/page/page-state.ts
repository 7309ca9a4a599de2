import { STATUS_TEXTS, type CredentialStatus } from '../../credential/record';
import type { SimulatorEvent } from '../activity';
import type { PhoneMessage } from '../portal/mailbox';
import type { Portal } from '../portal/portal';
import { STATUS_OF } from '../portal/portal-card';
import type { SimulatedSite } from '../simulated-site';

/** Credentials that the page gets; of a longer list the last ones that came. */
const LONGEST_LIST = 500;

/** `used`: the card is activated. `paused`: it would work after a resume. `void`: the card was issued again or is gone. */
export type LinkState = 'open' | 'used' | 'paused' | 'void';

/** Everything that the page shows: the answer of `/sim/state` and each message of `/sim/events`. */
export interface PageState {
  site: { id: string; name: string; status: string; accessType: string; messaging: string; online: boolean };
  account: { email: string; locked: boolean };
  credits: { used: number; bought: number; left: number; text: number };
  credentials: {
    cardId: string; userId: string; status: CredentialStatus; statusText: string;
    name: string; email: string; phone: string; department: string; title: string;
  }[];
  credentialsTotal: number;
  messages: (Omit<PhoneMessage, 'linkToken'> & { link: string; linkState: LinkState })[];
  devices: { device: string; name: string; registered: boolean }[];
  /** `door` is null for the spare reader. */
  readers: { reader: number; device: string; door: number | null; registered: boolean }[];
  doors: { door: number; strike: boolean; closed: boolean; exit: boolean; tamper: boolean; strikes: number; energisedMs: number }[];
  /** Newest first. */
  events: readonly SimulatorEvent[];
}

/** @param origin of the links, as `http://127.0.0.1:18700` */
export function pageState({ portal, floor, activity }: SimulatedSite, origin: string): PageState {
  const registered = new Set(portal.devices.filter(({ registered: is }) => is).map(({ id }) => id));
  return {
    site: {
      id: portal.siteId, name: portal.name, status: portal.status, accessType: portal.accessType,
      messaging: portal.messaging, online: portal.online,
    },
    account: { email: portal.account.email, locked: portal.account.locked },
    credits: { used: portal.used, bought: portal.bought, left: portal.credits, text: portal.textCredits },
    credentials: portal.book.all().slice(-LONGEST_LIST).map((card) => {
      const { number, userKey, name, email, phone, department, title } = card;
      const status = STATUS_OF[card.status];
      return { cardId: number, userId: userKey, status, statusText: STATUS_TEXTS[status], name, email, phone, department, title };
    }),
    credentialsTotal: portal.book.size,
    messages: portal.mailbox.messages.map(({ linkToken, ...message }) => ({
      ...message, link: `${origin}/sim/activate/${linkToken}`, linkState: linkState(portal, linkToken),
    })),
    devices: portal.devices.map(({ id, name, registered: is }) => ({ device: id, name, registered: is })),
    readers: floor.readers.map(({ reader, device, door }) => ({ reader, device, door, registered: registered.has(device) })),
    doors: floor.doors.map((door) => ({
      door: door.door, strike: door.strikeOn, closed: door.closed, exit: door.exitPressed, tamper: door.tamperOpen,
      strikes: door.strikes, energisedMs: door.energisedMs,
    })),
    events: activity.recent,
  };
}

function linkState(portal: Portal, linkToken: string): LinkState {
  const card = portal.book.withLink(linkToken);
  if (card === undefined) return 'void';
  if (card.status === 'INACTIVE') return 'open';
  return card.status === 'PAUSED' && card.pausedFrom === 'INACTIVE' ? 'paused' : 'used';
}
