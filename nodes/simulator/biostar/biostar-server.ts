import type { Clock } from '../../credential/clock';
import type { Activity } from '../activity';
import type { Floor } from '../floor/floor';
import type { Portal } from '../portal/portal';
import { Cards } from './cards';
import { CsvFiles } from './csv-files';
import { Doors } from './doors';
import { Events } from './events';
import { logHappening } from './happenings';
import { Mobile } from './mobile';
import { Sessions } from './sessions';
import { Users } from './users';

export interface BiostarParts {
  portal: Portal;
  floor: Floor;
  activity: Activity;
  clock: Clock;
}

/** A simulated BioStar server: users, cards, doors and events of its own, and the simulated portal behind it. */
export class BiostarServer {
  readonly version = '2.9.8.4';
  readonly portal: Portal;
  readonly sessions: Sessions;
  readonly users = new Users();
  readonly cards = new Cards();
  readonly events: Events;
  readonly doors: Doors;
  readonly mobile: Mobile;
  readonly files = new CsvFiles();
  /** `METHOD /path` of calls that this server does not have: code 103. */
  readonly missing = new Set<string>();
  /** An import of more rows answers "timed out" (code 4) and goes on. */
  csvTaskRows = 1000;

  constructor({ portal, floor, activity, clock }: BiostarParts) {
    this.portal = portal;
    this.sessions = new Sessions(clock);
    this.events = new Events(clock);
    this.doors = new Doors(floor, this.events);
    this.mobile = new Mobile(portal, this.cards, this.users);
    activity.onEvent((event) => { logHappening(this, event); });
  }

  reset(): void {
    this.sessions.endAll();
    this.sessions.unlock();
    this.users.clear();
    this.cards.clear();
    this.events.clear();
    this.doors.reset();
    this.files.clear();
    this.missing.clear();
    this.mobile.configured = true;
  }

  stop(): void {
    this.doors.stop();
    this.files.stop();
  }
}
