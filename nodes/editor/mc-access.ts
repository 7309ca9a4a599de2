import { json, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';

registerPaletteNode('mc-access', {
  family: 'door', input: 'input', outputs: ['granted', 'denied', 'orders'],
  properties: { store: reference('mc-store', true), rules: json() },
});
