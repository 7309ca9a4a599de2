import type { Fault } from './shared/checks';
import { offerMappingTable } from './shared/mapping-table';
import { choice, json, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { isVariable } from './shared/variable';
import { word } from './shared/words';

const ACTIONS = ['', 'upsert', 'get', 'list', 'delete', 'delete-all', 'import-csv', 'export-csv'];
/** BioStar's names of the columns (suprema-api A3.1); it takes custom fields too. */
const COLUMNS = [
  'user_id', 'name', 'email', 'phone', 'department', 'user_title', 'user_group', 'start_datetime', 'expiry_datetime', 'pin',
  'csn', 'csn_mobile', 'mobile_start_datetime', 'mobile_expiry_datetime',
];
/** Columns of another credential: one of these as the mobile card would spend a credit on each row. */
const OTHER_CARDS = ['csn', 'qr', 'pin', 'access_on_card'];

registerPaletteNode('mc-user', {
  family: 'site', input: 'input', outputs: ['result', 'progress'],
  properties: {
    site: reference('mc-site', true),
    store: reference('mc-store', true),
    action: choice('', ACTIONS),
    conflict: choice('preserve', ['', 'preserve', 'overwrite']),
    mapping: json(mappingFault),
  },
  labelOf: ({ action }) => (typeof action !== 'string' || action === '' || isVariable(action) || !ACTIONS.includes(action) ? null : word('mc-user', `action.${action}`)),
  prepare: (dialog) => { offerMappingTable(dialog, 'mapping', { names: COLUMNS, spending: ['csn_mobile'] }); },
});

function mappingFault(mapping: Record<string, unknown>): Fault | null {
  for (const [wrong, target] of Object.entries(mapping)) {
    if (typeof target !== 'string') return { key: 'mapping-text', values: { wrong } };
    if (target === 'csn_mobile' && OTHER_CARDS.includes(wrong)) return { key: 'mapping-card', values: { wrong } };
  }
  return null;
}
