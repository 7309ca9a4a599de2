import { type CardReader, toWords } from '../floor/card-reader';
import type { Floor } from '../floor/floor';
import { ILLEGAL_ADDRESS, type ModbusUnit, type Table } from './modbus-unit';
import type { Relays } from './relays';

const FIRST_COIL = 1000;
const RELAY_STATES = 1002;
const CONTACT = 1010;
const EXIT = 1011;
const LEDS = 1012;
const ACCEPT_SOUND = 1014;
const REJECT_SOUND = 1015;
const IS_NEW_TAG = 1016;
const RESET_FLAG = 1017;

const FLAG_REGISTER = 1000;
const TAG = 1002;
const TAG_WORDS = 10;

/**
 * Inveo RFID IND (door-hardware 1.1), at door 1. A tag sets `IsNewTag`; until the host clears it no further tag is
 * taken. Its reset flag is on after each start, so that the host can notice one. Coils that no source names read off.
 */
export class InveoUnit implements ModbusUnit {
  readonly coils: Table<boolean>;
  readonly holding: Table<number>;
  private isNewTag = false;
  private resetFlag = true;
  private tag: readonly number[] = toWords(0n, TAG_WORDS);
  private readonly leds = [false, false];

  constructor(floor: Floor, private readonly relays: Relays) {
    floor.onPresented((reader) => this.take(reader));
    this.coils = {
      read: (address) => {
        if (address < FIRST_COIL || address > RESET_FLAG) return undefined;
        if (address < RELAY_STATES + relays.count) return relays.state((address - FIRST_COIL) % relays.count);
        if (address === CONTACT) return floor.doors[0]?.closed === true;
        if (address === EXIT) return floor.doors[0]?.exitPressed === true;
        if (address === IS_NEW_TAG) return this.isNewTag;
        if (address === RESET_FLAG) return this.resetFlag;
        return this.leds[address - LEDS] ?? false;
      },
      write: {
        check: (address) => (isWritable(address, relays.count) ? null : ILLEGAL_ADDRESS),
        apply: (address, on) => this.writeCoil(address, on),
      },
    };
    this.holding = {
      read: (address) => {
        if (address === FLAG_REGISTER) return this.isNewTag ? 1 : 0;
        if (address === FLAG_REGISTER + 1) return 0;
        return this.tag[address - TAG];
      },
      write: {
        check: (address) => (address === FLAG_REGISTER ? null : ILLEGAL_ADDRESS),
        apply: (_address, value) => { this.isNewTag = value !== 0; },
      },
    };
  }

  powerUp(): void {
    this.isNewTag = false;
    this.resetFlag = true;
    this.tag = toWords(0n, TAG_WORDS);
    this.leds.fill(false);
  }

  private take(reader: CardReader): void {
    if (reader.reader !== 1 || this.isNewTag) return;
    this.tag = toWords(reader.identifier, TAG_WORDS);
    this.isNewTag = true;
  }

  private writeCoil(address: number, on: boolean): void {
    if (address === IS_NEW_TAG) this.isNewTag = on;
    else if (address === RESET_FLAG) this.resetFlag = on;
    else if (address < FIRST_COIL + this.relays.count) this.relays.set(address - FIRST_COIL, on);
    else if (address < ACCEPT_SOUND) this.leds[address - LEDS] = on;
  }
}

/** Relays, lights, sounds (which nobody hears here) and flags; states and inputs are only read. */
function isWritable(address: number, relays: number): boolean {
  const isRelay = address >= FIRST_COIL && address < FIRST_COIL + relays;
  return isRelay || (address >= LEDS && address <= REJECT_SOUND) || address === IS_NEW_TAG || address === RESET_FLAG;
}
