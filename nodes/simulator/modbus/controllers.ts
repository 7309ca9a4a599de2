import type { Floor } from '../floor/floor';
import { InveoUnit } from './inveo-unit';
import type { ModbusUnit } from './modbus-unit';
import { Relays } from './relays';
import { simulatorUnit } from './simulator-unit';
import { WaveshareUnit } from './waveshare-unit';

const SIMULATOR = 1;
const WAVESHARE = 2;
const INVEO = 3;

/** The controllers behind the line, all wired to the same doors: relay 1 of each to the strike of door 1, and so on. */
export class Controllers {
  readonly units: ReadonlyMap<number, ModbusUnit>;
  private readonly relays: Relays[] = [];
  private readonly waveshare: WaveshareUnit;
  private readonly inveo: InveoUnit;

  constructor(private readonly floor: Floor) {
    this.waveshare = new WaveshareUnit(floor, this.wire(WAVESHARE, 8), WAVESHARE);
    this.inveo = new InveoUnit(floor, this.wire(INVEO, 2));
    this.units = new Map<number, ModbusUnit>([
      [SIMULATOR, simulatorUnit(floor, this.wire(SIMULATOR, 8))],
      [WAVESHARE, this.waveshare],
      [INVEO, this.inveo],
    ]);
  }

  /** Every relay off, every flag as after power-up. */
  powerUp(): void {
    this.stop();
    this.waveshare.powerUp();
    this.inveo.powerUp();
  }

  stop(): void {
    for (const relays of this.relays) relays.powerOff();
  }

  private wire(unit: number, count: number): Relays {
    const relays = new Relays(count, (channel, on) => this.floor.doors[channel]?.drive(`unit ${unit}`, on));
    this.relays.push(relays);
    return relays;
  }
}
