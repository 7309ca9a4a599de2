import type { Clock } from '../../credential/clock';
import type { Floor } from '../floor/floor';
import type { Portal } from '../portal/portal';
import { CardRegister } from './cards/card-register';
import { BackgroundTask } from './csv/background-task';
import { Downloads } from './csv/downloads';
import { BioStarDoors } from './doors/biostar-doors';
import { EventBook, type EventRow } from './events/event-book';
import { EventSockets } from './events/event-sockets';
import { Faults } from './faults';
import { Sessions } from './sessions';
import { BioStarSettings } from './settings';
import { UserBook } from './users/user-book';

export interface BioStarOptions {
  portal: Portal;
  floor: Floor;
  clock: Clock;
}

/** Calls that BioStar 2 does not have (suprema-api 0). */
const ONLY_BIOSTAR_X = ['POST /api/v2/mobile/replace', 'POST /api/doors/status_ex'];

/**
 * The simulated BioStar server (suprema-api A): users, cards, doors and events, beside the one portal at which its
 * mobile cards are issued. Its answers are made by the routes; this is what they work on, and what a test may turn.
 */
export class BioStar {
  readonly link: string = 'https://support.supremainc.com/en/support/home';
  readonly portal: Portal;
  readonly floor: Floor;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly users: UserBook;
  readonly cards = new CardRegister();
  readonly doors: BioStarDoors;
  readonly events: EventBook;
  readonly sockets = new EventSockets();
  readonly downloads = new Downloads();
  readonly task = new BackgroundTask();
  readonly faults = new Faults();
  settings = new BioStarSettings();
  /** Routes that this server lacks: `POST /api/v2/mobile/replace`. They are answered with code 103. */
  readonly missingRoutes = new Set<string>();
  /** How many requests each route got, to be compared with what a client should need. */
  readonly requests = new Map<string, number>();

  constructor({ portal, floor, clock }: BioStarOptions) {
    this.portal = portal;
    this.floor = floor;
    this.clock = clock;
    this.sessions = new Sessions(clock, () => this.settings);
    this.users = new UserBook(() => clock.now());
    this.events = new EventBook(clock);
    this.doors = new BioStarDoors(floor, clock, this.events, () => this.settings);
    this.events.onEvent((row) => { if (!this.settings.quirks.holdEvents) this.deliver(row); });
  }

  /** Every session is over: the next call of each gets 401 with code 11, and its sockets fall silent. */
  expireSessions(): void {
    this.sessions.expireAll();
  }

  /** As after a restart of the server: the next call of each session gets 401 with code 10. */
  forgetSessions(): void {
    this.sessions.forgetAll();
  }

  /** Cuts every event socket. */
  dropSockets(): void {
    this.sockets.drop();
  }

  /** Event sockets stay open and get nothing until the next `events/start`. */
  silenceSockets(): void {
    this.sockets.silence();
  }

  /** Sends an event over the sockets, be it again. */
  deliver(row: EventRow): void {
    this.sockets.deliver({ Event: row }, (session) => this.sessions.isOpen(session));
  }

  /** Takes a reader (from 1), and with it its door, off the network or back. */
  setDeviceConnected(reader: number, connected: boolean): void {
    this.doors.setConnected(reader, connected);
  }

  /** Becomes a BioStar 2 server: another version, and without the calls that are new in BioStar X. */
  becomeBioStar2(): void {
    Object.assign(this.settings, { product: 'BioStar 2', version: '2.9.12' });
    for (const route of ONLY_BIOSTAR_X) this.missingRoutes.add(route);
  }

  /** As after the start; sockets are cut. */
  reset(): void {
    this.stop();
    this.sockets.drop();
    this.sessions.forgetAll();
    this.users.clear();
    this.cards.clear();
    this.doors.reset();
    this.events.clear();
    this.downloads.clear();
    this.faults.clear();
    this.missingRoutes.clear();
    this.requests.clear();
    this.settings = new BioStarSettings();
  }

  /** Ends every timer. */
  stop(): void {
    this.task.stop();
    this.doors.stop();
  }
}
