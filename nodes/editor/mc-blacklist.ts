import { choice, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { isVariable } from './shared/variable';
import { word } from './shared/words';

const ACTIONS = ['', 'block', 'unblock', 'check', 'list'];

registerPaletteNode('mc-blacklist', {
  family: 'site', input: 'input', outputs: ['entry'],
  properties: { site: reference('mc-site', false), store: reference('mc-store', true), action: choice('', ACTIONS) },
  labelOf: ({ action }) => (typeof action !== 'string' || action === '' || isVariable(action) || !ACTIONS.includes(action) ? null : word('mc-blacklist', `action.${action}`)),
});
