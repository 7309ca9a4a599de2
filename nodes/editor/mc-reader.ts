import { CARD_FORMATS } from '../credential/card-format-names';
import { channelCheck } from './shared/channel-check';
import { checked } from './shared/checks';
import { offerDoorNames } from './shared/door-names';
import { choice, number, reference, text } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { word } from './shared/words';

registerPaletteNode('mc-reader', {
  family: 'door', input: null, outputs: ['read'],
  properties: {
    controller: reference('mc-controller', true),
    reader: { ...text('1', undefined, { required: true }), check: checked(channelCheck(({ readers }) => readers.length)) },
    door: text('', undefined, { required: true }),
    direction: choice('in', ['in', 'out']),
    format: choice('csn-64', CARD_FORMATS),
    byteOrder: choice('msb', ['msb', 'lsb']),
    device: text(''),
    pollMs: number('50', 5, 60_000),
    repeatMs: number('2000', 0, 600_000),
  },
  labelOf: ({ door, direction }) => (typeof door === 'string' && door !== '' ? word('mc-reader', direction === 'out' ? 'named-out' : 'named-in', { door }) : null),
  prepare: offerDoorNames,
});
