import { reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';

registerPaletteNode('mc-login', {
  family: 'site', input: 'input', outputs: ['site'],
  properties: { site: reference('mc-site', true), store: reference('mc-store', false) },
});
