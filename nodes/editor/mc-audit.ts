import { choice, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { isVariable } from './shared/variable';
import { word } from './shared/words';

const ACTIONS = ['', 'query', 'verify', 'export', 'erase-person'];

registerPaletteNode('mc-audit', {
  family: 'site', input: 'input', outputs: ['answer'],
  properties: { store: reference('mc-store', true), action: choice('', ACTIONS) },
  labelOf: ({ action }) => (typeof action !== 'string' || action === '' || isVariable(action) || !ACTIONS.includes(action) ? null : word('mc-audit', `action.${action}`)),
});
