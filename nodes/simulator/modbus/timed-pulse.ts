import { ILLEGAL_ADDRESS, ILLEGAL_VALUE, type Refusal } from './modbus-unit';
import type { Relays } from './relays';

const FLASH_ON = 0x0200;
const FLASH_OFF = 0x0400;
const SPAN = 0x0100;
const STEP_MS = 100;
/** "The maximum of the flash time is 0x7FFF" (waveshare.com/wiki/Modbus_RTU_Relay). */
const LONGEST = 0x7fff;

/**
 * Waveshare's timed pulse: function 5 to 0x0200 + channel with the time in steps of 100 ms turns the relay on for that
 * time, 0x0400 + channel turns it off for that time (door-hardware 1.3). Undefined for any other address.
 */
export function timedPulse(relays: Relays, address: number, value: number): Refusal | null | undefined {
  const base = [FLASH_ON, FLASH_OFF].find((first) => address >= first && address < first + SPAN);
  if (base === undefined) return undefined;
  if (address - base >= relays.count) return ILLEGAL_ADDRESS;
  if (value > LONGEST) return ILLEGAL_VALUE;
  relays.pulse(address - base, base === FLASH_ON, value * STEP_MS);
  return null;
}
