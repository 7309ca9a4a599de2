import { ILLEGAL_ADDRESS, type Table } from './modbus-unit';
import type { Relays } from './relays';

/** Relays as coils from address 0 on. */
export function relayTable(relays: Relays): Table<boolean> {
  return {
    read: (address) => relays.state(address),
    write: {
      check: (address) => (address < relays.count ? null : ILLEGAL_ADDRESS),
      apply: (address, on) => relays.set(address, on),
    },
  };
}
