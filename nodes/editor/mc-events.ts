import { EVENT_KINDS } from '../credential/event-kinds';
import { list, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';

registerPaletteNode('mc-events', {
  family: 'site', input: null, outputs: ['event'],
  properties: { site: reference('mc-site', true), kinds: list(EVENT_KINDS) },
});
