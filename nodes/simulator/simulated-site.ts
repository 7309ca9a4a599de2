import type { Clock } from '../credential/clock';
import { Activity } from './activity';
import { BioStar } from './biostar/biostar';
import { floorEvent } from './biostar/events/floor-events';
import { Floor } from './floor/floor';
import { Controllers } from './modbus/controllers';
import { Portal } from './portal/portal';

export interface SimulatedSiteOptions {
  credits: number;
  doors: number;
  tokenLifeMs: number;
  clock: Clock;
}

/** The one state behind the faces: the portal's books, BioStar's beside it, the doors, the controllers, and what happened. */
export class SimulatedSite {
  readonly activity: Activity;
  readonly portal: Portal;
  readonly floor: Floor;
  readonly controllers: Controllers;
  readonly biostar: BioStar;

  constructor({ credits, doors, tokenLifeMs, clock }: SimulatedSiteOptions) {
    this.activity = new Activity(clock);
    this.portal = new Portal({ credits, doors, tokenLifeMs, clock, activity: this.activity });
    this.floor = new Floor(doors, clock, this.activity);
    this.controllers = new Controllers(this.floor);
    this.biostar = new BioStar({ portal: this.portal, floor: this.floor, clock });
    this.activity.onEvent((event) => { floorEvent(this.biostar, event); });
  }

  /** As after the start. */
  reset(): void {
    this.controllers.powerUp();
    this.biostar.reset();
    this.floor.reset();
    this.portal.reset();
    this.activity.forget();
    this.activity.tell('reset');
  }

  /** Ends every timer. */
  stop(): void {
    this.controllers.stop();
    this.biostar.stop();
    this.floor.stop();
  }
}
