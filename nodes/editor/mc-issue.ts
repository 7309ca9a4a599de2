import { choice, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { isVariable } from './shared/variable';
import { word } from './shared/words';

const ACTIONS = ['', 'issue', 'reissue', 'resend', 'suspend', 'resume', 'delete', 'release', 'retry', 'abandon'];

registerPaletteNode('mc-issue', {
  family: 'site', input: 'input', outputs: ['credential'],
  properties: { site: reference('mc-site', true), store: reference('mc-store', true), action: choice('', ACTIONS) },
  labelOf: ({ action }) => (typeof action !== 'string' || action === '' || isVariable(action) || !ACTIONS.includes(action) ? null : word('mc-issue', `action.${action}`)),
});
