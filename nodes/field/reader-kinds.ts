import { McError } from '../credential/mc-error';
import type { ControllerPort } from './controller-port';
import { BitCount } from './reader-bit-count';
import { ClearFlag } from './reader-clear-flag';
import type { Handshake } from './reader-handshake';
import { Sequence } from './reader-sequence';
import { Stream } from './reader-stream';

/**
 * The handshake of a controller's reader (from 1). Throws CHANNEL_UNKNOWN where the profile has no such reader, and
 * CONFIG_INVALID where a register is not known.
 */
export function readerHandshake(controller: ControllerPort, reader: number): Handshake {
  const { id, readers } = controller.profile;
  const map = readers[reader - 1];
  if (map === undefined) {
    throw new McError('CHANNEL_UNKNOWN',
      `Profile ${id} has ${readers.length === 0 ? 'no readers' : `readers 1 to ${readers.length}`}, not reader ${reader}.`);
  }
  switch (map.handshake) {
    case 'clear-flag':
      return new ClearFlag(controller, complete(id, reader, map, [map.flag.address, map.id.address, map.id.words, map.clear.address]));
    case 'bit-count':
      return new BitCount(controller, complete(id, reader, map, [map.count, map.id.address, map.id.words]));
    case 'sequence':
      return new Sequence(controller, complete(id, reader, map, [map.sequence, map.id.address, map.id.words]));
    case 'stream':
      return new Stream(controller, map);
  }
}

function complete<T>(id: string, reader: number, map: T, registers: readonly (number | null)[]): T {
  if (registers.every((register) => register !== null)) return map;
  throw new McError('CONFIG_INVALID',
    `Profile ${id} does not know all registers of reader ${reader}: give them in the controller's overrides.`);
}
