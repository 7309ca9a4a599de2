import { choice, list, number, reference, tick } from './shared/properties';
import { CREDENTIAL_STATUSES } from '../credential/record';
import { registerPaletteNode } from './shared/register-node';

registerPaletteNode('mc-watch', {
  family: 'site', input: 'input', outputs: ['change', 'operation'],
  properties: {
    site: reference('mc-site', true),
    store: reference('mc-store', true),
    intervalSeconds: number('60', 5, 86_400, { whole: false }),
    statuses: list(CREDENTIAL_STATUSES),
    initial: tick(false),
    adopt: choice('all-doors', ['all-doors', 'no-doors', 'ignore']),
    maxRemovalPercent: number('20', 0, 100, { whole: false }),
  },
});
