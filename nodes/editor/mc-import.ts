import { offerMappingTable } from './shared/mapping-table';
import { choice, json, number, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { isVariable } from './shared/variable';
import { word } from './shared/words';

const MODES = ['', 'plan', 'commit'];
/** BioStar's names of what a mobile credential is made of. */
const COLUMNS = ['user_id', 'name', 'email', 'phone', 'department', 'user_title', 'csn_mobile', 'mobile_start_datetime', 'mobile_expiry_datetime'];

registerPaletteNode('mc-import', {
  family: 'site', input: 'input', outputs: ['report', 'progress'],
  properties: {
    site: reference('mc-site', true),
    store: reference('mc-store', true),
    mode: choice('plan', MODES),
    conflict: choice('preserve', ['', 'preserve', 'overwrite']),
    mapping: json((mapping) => {
      const wrong = Object.entries(mapping).find(([, target]) => typeof target !== 'string' || target.trim() === '');
      return wrong === undefined ? null : { key: 'mapping', values: { wrong: wrong[0] } };
    }),
    concurrency: number('4', 1, 32),
    maxRows: number('100000', 1, Infinity),
  },
  labelOf: ({ mode }) => (typeof mode !== 'string' || mode === '' || isVariable(mode) || !MODES.includes(mode) ? null : word('mc-import', `named.${mode}`)),
  prepare: (dialog) => { offerMappingTable(dialog, 'mapping', { names: COLUMNS, spending: 'csn_mobile' }); },
});
