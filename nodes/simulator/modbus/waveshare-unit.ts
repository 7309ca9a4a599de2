import type { Floor } from '../floor/floor';
import { ILLEGAL_ADDRESS, ILLEGAL_VALUE, type ModbusUnit, type Refusal, type Table } from './modbus-unit';
import { relayTable } from './relay-table';
import type { Relays } from './relays';
import { timedPulse } from './timed-pulse';

const INPUTS = 8;
const ALL_RELAYS = 0x00ff;
const TOGGLE_ALL = 0x01ff;
const ON = 0xff00;
const OFF = 0x0000;
const TOGGLE = 0x5500;

const MODES = 0x1000;
const HIGHEST_MODE = 3;
const UNIT_ADDRESS = 0x4000;
const VERSION = 0x8000;

/**
 * Waveshare Modbus RTU IO 8CH (door-hardware 1.2, 1.3): eight relays with timed pulse, "all" and "toggle" commands,
 * eight inputs (two a door: contact on while closed, exit button), control modes in holding registers 0x1000…0x1007.
 * Modes are kept and told, but no input drives a relay here.
 */
export class WaveshareUnit implements ModbusUnit {
  readonly coils: Table<boolean>;
  readonly discretes: Table<boolean>;
  readonly holding: Table<number>;
  private readonly modes: number[] = Array.from({ length: INPUTS }, () => 0);

  constructor(floor: Floor, private readonly relays: Relays, unit: number) {
    this.coils = relayTable(relays);
    this.discretes = {
      read: (address) => {
        if (address >= INPUTS) return undefined;
        const door = floor.doors[address >> 1];
        if (door === undefined) return false;
        return (address & 1) === 0 ? door.closed : door.exitPressed;
      },
    };
    this.holding = {
      read: (address) => {
        if (address === UNIT_ADDRESS) return unit;
        if (address === VERSION) return 200;
        return this.modes[address - MODES];
      },
      write: {
        check: (address, value) => {
          if (this.modes[address - MODES] === undefined) return ILLEGAL_ADDRESS;
          return value > HIGHEST_MODE ? ILLEGAL_VALUE : null;
        },
        apply: (address, value) => { this.modes[address - MODES] = value; },
      },
    };
  }

  command(address: number, value: number): Refusal | null | undefined {
    const pulsed = timedPulse(this.relays, address, value);
    if (pulsed !== undefined) return pulsed;
    if (address === ALL_RELAYS || address === TOGGLE_ALL) {
      if (address === TOGGLE_ALL ? value !== ON && value !== OFF : value !== ON && value !== OFF && value !== TOGGLE) return ILLEGAL_VALUE;
      for (let channel = 0; channel < this.relays.count; channel += 1) this.turn(channel, address === TOGGLE_ALL ? TOGGLE : value);
      return null;
    }
    if (value !== TOGGLE) return undefined;
    if (address >= this.relays.count) return ILLEGAL_ADDRESS;
    this.turn(address, TOGGLE);
    return null;
  }

  powerUp(): void {
    this.modes.fill(0);
  }

  private turn(channel: number, value: number): void {
    this.relays.set(channel, value === TOGGLE ? this.relays.state(channel) === false : value === ON);
  }
}
