import { systemClock } from '../credential/clock';
import { isCardNumber } from '../credential/card-number';
import { McError } from '../credential/mc-error';
import type { SimulatorEvent } from './activity';
import type { BioStar } from './biostar/biostar';
import type { CardReader } from './floor/card-reader';
import type { PhysicalDoor } from './floor/physical-door';
import { httpFace } from './http-face';
import { Listening } from './listening';
import { modbusServer } from './modbus/modbus-server';
import { EventStream } from './page/event-stream';
import { pageState, type PageState } from './page/page-state';
import type { Portal } from './portal/portal';
import { SimulatedSite } from './simulated-site';

export interface SimulatorSettings {
  /** 0 takes a free port. */
  httpPort: number;
  modbusPort: number;
  /** Card credits bought at the start. */
  credits: number;
  /** 1 to 8. */
  doors: number;
}

export interface SimulatorOptions {
  /** Life of an access token; an hour, as the portal's. */
  tokenLifeMs?: number;
  /** Milliseconds since the epoch. Strikes are timed by the real clock all the same. */
  now?: () => number;
}

export interface SimulatorPorts {
  httpPort: number;
  modbusPort: number;
}

const HOUR_MS = 3_600_000;

/**
 * A simulated site on loopback: the portal and a BioStar server over HTTP, door controllers over Modbus/TCP, and a page to play with, all
 * on one state. The state lives as long as this object, also over stop and start.
 */
export class Simulator {
  private readonly site: SimulatedSite;
  private readonly stream: EventStream;
  private open: { http: Listening; modbus: Listening } | null = null;
  private work: Promise<unknown> = Promise.resolve();

  constructor(private readonly settings: SimulatorSettings, options: SimulatorOptions = {}) {
    const { credits, doors } = settings;
    if (!Number.isInteger(doors) || doors < 1 || doors > 8) throw new McError('CONFIG_INVALID', 'doors is a whole number from 1 to 8.');
    if (!Number.isInteger(credits) || credits < 0) throw new McError('CONFIG_INVALID', 'credits is a whole number from 0 on.');
    const clock = options.now === undefined ? systemClock : { now: options.now };
    this.site = new SimulatedSite({ credits, doors, tokenLifeMs: options.tokenLifeMs ?? HOUR_MS, clock });
    this.stream = new EventStream(() => this.state());
    this.site.activity.onChange(() => this.stream.changed());
  }

  /** The portal's books, for tests and demonstrations. */
  get portal(): Portal {
    return this.site.portal;
  }

  /** The BioStar server's books and what a test may turn at it. */
  get biostar(): BioStar {
    return this.site.biostar;
  }

  /** Index 0 is door 1. */
  get doors(): readonly PhysicalDoor[] {
    return this.site.floor.doors;
  }

  /** Index 0 is reader 1; the last one is the spare reader at no door. */
  get readers(): readonly CardReader[] {
    return this.site.floor.readers;
  }

  /** Opens both ports. Rejects with PORT_IN_USE or CONFIG_INVALID, and then nothing is open. */
  start(): Promise<SimulatorPorts> {
    return this.inTurn(async () => {
      this.open ??= await this.listen();
      return { httpPort: this.open.http.port, modbusPort: this.open.modbus.port };
    });
  }

  /** Ends every connection at once, frees the ports, stops every timer. */
  stop(): Promise<void> {
    return this.inTurn(async () => {
      const { open } = this;
      this.open = null;
      this.site.stop();
      this.stream.stop();
      await Promise.all([open?.http.end(), open?.modbus.end()]);
    });
  }

  /** Told of everything that happens; without links, tokens, passwords and names. Returns what ends it. */
  onEvent(listener: (event: SimulatorEvent) => void): () => void {
    return this.site.activity.onEvent(listener);
  }

  /** What the page shows. */
  state(): PageState {
    return pageState(this.site, `http://127.0.0.1:${this.open?.http.port ?? this.settings.httpPort}`);
  }

  /** Holds a card to a reader (from 1). Throws CARD_ID_INVALID or CHANNEL_UNKNOWN. */
  presentCard(reader: number, cardId: string): void {
    if (!isCardNumber(cardId)) throw new McError('CARD_ID_INVALID', 'A card number has 1 to 32 decimal digits and no leading zero.');
    if (!this.site.floor.present(reader, cardId)) throw new McError('CHANNEL_UNKNOWN', `The simulator has readers 1 to ${this.readers.length}.`);
  }

  /** Activates a card as the link in its message does. Throws PortalError. */
  activate(cardId: string): void {
    this.portal.activate(cardId);
  }

  /** Everything as after the start; connections stay, but for BioStar's event sockets, whose sessions are gone. */
  reset(): void {
    this.site.reset();
  }

  private async listen(): Promise<{ http: Listening; modbus: Listening }> {
    const { httpPort, modbusPort } = this.settings;
    const page = { site: this.site, stream: this.stream, state: () => this.state() };
    const http = await Listening.on(httpFace(page), httpPort, 'httpPort');
    try {
      return { http, modbus: await Listening.on(modbusServer(this.site.controllers.units), modbusPort, 'modbusPort') };
    } catch (error) {
      await http.end();
      throw error;
    }
  }

  /** Starts and stops wait for each other. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(work);
    this.work = done.catch(() => undefined);
    return done;
  }
}
