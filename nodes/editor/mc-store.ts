import { folderCheck } from './shared/checks';
import { choice, number, reference, text } from './shared/properties';
import { registerConfigNode } from './shared/register-node';

registerConfigNode('mc-store', {
  properties: {
    engine: choice('nedb', ['nedb', 'postgres']),
    folder: text('', folderCheck),
    offlineLimitHours: number('168', 0, Infinity, { whole: false }),
    retentionDays: number('365', 1, Infinity),
    hubUrl: text('', undefined, { required: (sibling) => sibling('engine') === 'postgres' }),
    tls: reference('tls-config', false),
  },
  credentials: { hubPassword: { type: 'password' } },
  labelOf: ({ folder }) => (typeof folder === 'string' && folder !== '' ? folder : null),
  prepare: (dialog) => { dialog.field('folder').attr('placeholder', `mobile-credential/${dialog.node.id}`); },
});
