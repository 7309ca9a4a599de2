import type { Clock } from '../credential/clock';
import { Activity } from './activity';
import { BiostarServer } from './biostar/biostar-server';
import { Floor } from './floor/floor';
import { Controllers } from './modbus/controllers';
import { Portal } from './portal/portal';

export interface SimulatedSiteOptions {
  credits: number;
  doors: number;
  tokenLifeMs: number;
  clock: Clock;
}

/** The one state behind all faces: the portal's books, the BioStar server, the doors, the controllers, and what happened. */
export class SimulatedSite {
  readonly activity: Activity;
  readonly portal: Portal;
  readonly floor: Floor;
  readonly controllers: Controllers;
  readonly biostar: BiostarServer;

  constructor({ credits, doors, tokenLifeMs, clock }: SimulatedSiteOptions) {
    this.activity = new Activity(clock);
    this.portal = new Portal({ credits, doors, tokenLifeMs, clock, activity: this.activity });
    this.floor = new Floor(doors, clock, this.activity);
    this.controllers = new Controllers(this.floor);
    this.biostar = new BiostarServer({ portal: this.portal, floor: this.floor, activity: this.activity, clock });
  }

  /** As after the start. */
  reset(): void {
    this.controllers.powerUp();
    this.floor.reset();
    this.portal.reset();
    this.biostar.reset();
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
