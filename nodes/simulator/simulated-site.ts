import type { Clock } from '../credential/clock';
import { Activity } from './activity';
import { Floor } from './floor/floor';
import { Controllers } from './modbus/controllers';
import { Portal } from './portal/portal';

export interface SimulatedSiteOptions {
  credits: number;
  doors: number;
  tokenLifeMs: number;
  clock: Clock;
}

/** The one state behind the three faces: the portal's books, the doors, the controllers, and what happened. */
export class SimulatedSite {
  readonly activity: Activity;
  readonly portal: Portal;
  readonly floor: Floor;
  readonly controllers: Controllers;

  constructor({ credits, doors, tokenLifeMs, clock }: SimulatedSiteOptions) {
    this.activity = new Activity(clock);
    this.portal = new Portal({ credits, doors, tokenLifeMs, clock, activity: this.activity });
    this.floor = new Floor(doors, clock, this.activity);
    this.controllers = new Controllers(this.floor);
  }

  /** As after the start. */
  reset(): void {
    this.controllers.powerUp();
    this.floor.reset();
    this.portal.reset();
    this.activity.forget();
    this.activity.tell('reset');
  }

  /** Ends every timer. */
  stop(): void {
    this.controllers.stop();
    this.floor.stop();
  }
}
