import { importColumns } from '../credential/import/import-columns';
import { McError } from '../credential/mc-error';
import type { Fault } from './shared/checks';
import { offerMappingTable } from './shared/mapping-table';
import { choice, json, number, reference } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';
import { isVariable } from './shared/variable';
import { word } from './shared/words';

const MODES = ['', 'plan', 'commit'];
/** BioStar's names of what a mobile credential is made of, and our own of the doors. */
const COLUMNS = ['user_id', 'name', 'email', 'phone', 'department', 'user_title', 'csn_mobile', 'mobile_start_datetime', 'mobile_expiry_datetime', 'doors'];

registerPaletteNode('mc-import', {
  family: 'site', input: 'input', outputs: ['report', 'progress'],
  properties: {
    site: reference('mc-site', true),
    store: reference('mc-store', true),
    mode: choice('plan', MODES),
    conflict: choice('preserve', ['', 'preserve', 'overwrite']),
    mapping: json(mappingFault),
    concurrency: number('4', 1, 32),
    maxRows: number('100000', 1, 1_000_000),
  },
  labelOf: ({ mode }) => (typeof mode !== 'string' || mode === '' || isVariable(mode) || !MODES.includes(mode) ? null : word('mc-import', `named.${mode}`)),
  prepare: (dialog) => { offerMappingTable(dialog, 'mapping', { names: COLUMNS, spending: ['csn_mobile', 'cardId'] }); },
});

/** What the runtime will say of the mapping, as far as that is known without a file. */
function mappingFault(mapping: Record<string, unknown>): Fault | null {
  const odd = Object.entries(mapping).find(([, target]) => typeof target !== 'string');
  if (odd !== undefined) return { key: 'mapping-text', values: { wrong: odd[0] } };
  try {
    importColumns(Object.keys(mapping), mapping as Record<string, string>, true);
    return null;
  } catch (error) {
    // What the columns of a file lack is not known here.
    return error instanceof McError && error.code === 'CONFIG_INVALID' ? { key: 'mapping', values: { reason: error.message.replace(/^"mapping" |\.$/g, '') } } : null;
  }
}
