import { toWords } from '../floor/card-reader';
import type { Floor } from '../floor/floor';
import type { PhysicalDoor } from '../floor/physical-door';
import type { ModbusUnit } from './modbus-unit';
import { relayTable } from './relay-table';
import type { Relays } from './relays';
import { timedPulse } from './timed-pulse';

const INPUTS = 32;
const READER_SPAN = 100;
const IDENTIFIER_WORDS = 16;
/** Reader maps, one more than doors at most: the spare reader's is the last. */
const READERS = 9;

/**
 * Profile `simulator`: eight relays with timed pulse (coils 0…7), four inputs a door (contact on while closed, exit
 * button, tamper, unused), and readers whose sequence number, bit count and identifier stand in input registers.
 */
export function simulatorUnit(floor: Floor, relays: Relays): ModbusUnit {
  return {
    coils: relayTable(relays),
    discretes: { read: (address) => (address < INPUTS ? inputOf(floor.doors[address >> 2], address & 3) : undefined) },
    inputs: { read: (address) => readerRegister(floor, Math.floor(address / READER_SPAN), address % READER_SPAN) },
    command: (address, value) => timedPulse(relays, address, value),
  };
}

function inputOf(door: PhysicalDoor | undefined, index: number): boolean {
  if (door === undefined) return false;
  return [door.closed, door.exitPressed, door.tamperOpen, false][index] ?? false;
}

function readerRegister(floor: Floor, index: number, register: number): number | undefined {
  if (index >= READERS || register >= 2 + IDENTIFIER_WORDS) return undefined;
  const reader = floor.readers[index];
  if (reader === undefined) return 0;
  if (register === 0) return reader.sequence;
  if (register === 1) return reader.bits;
  return toWords(reader.identifier, IDENTIFIER_WORDS)[register - 2];
}
