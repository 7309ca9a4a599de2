/** Profiles with one reader each, cut down to what a reader looks at. */
import type { Profile, ReaderMap } from '../../nodes/field/profile-types';

export type ReaderProfile = Pick<Profile, 'id' | 'readers' | 'wordOrder'>;

const profile = (id: string, reader: ReaderMap): ReaderProfile => ({ id, readers: [reader], wordOrder: 'high-first' });

export const INVEO = profile('inveo-rfid-ind', {
  handshake: 'clear-flag', flag: { fc: 1, address: 1016 }, id: { fc: 3, address: 1002, words: 10 }, clear: { kind: 'coil', address: 1016 },
});
export const TOGETHER = profile('together', {
  handshake: 'clear-flag', flag: { fc: 3, address: 100 }, id: { fc: 3, address: 101, words: 4 }, clear: { kind: 'register', address: 100 },
});
export const UNKNOWN_CLEAR = profile('unknown-clear', {
  handshake: 'clear-flag', flag: { fc: 1, address: 1016 }, id: { fc: 3, address: 1002, words: 10 }, clear: { kind: 'coil', address: null as never },
});
export const BARIX = profile('barix-x8', { handshake: 'bit-count', fc: 3, count: 11, id: { address: 12, words: 5 } });
export const SIMULATOR = profile('simulator', { handshake: 'sequence', fc: 4, sequence: 0, bits: 1, id: { address: 2, words: 16 } });
export const RFIDEAS = profile('far', { handshake: 'sequence', fc: 4, sequence: 500, bits: null, id: { address: 3, words: 16 } });
export const STREAM = profile('stream', { handshake: 'stream' });
