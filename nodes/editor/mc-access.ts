import { problemsOf } from './rules/reader-problems';
import { offerRulesTables } from './rules/rules-dialog';
import { checked, type Fault, folderCheck } from './shared/checks';
import { json, reference, text } from './shared/properties';
import { registerPaletteNode } from './shared/register-node';

registerPaletteNode('mc-access', {
  family: 'door', input: 'input', outputs: ['granted', 'denied', 'orders', 'answers'],
  properties: {
    store: reference('mc-store', true),
    rules: json(rulesFault),
    rulesFile: { ...text(''), check: checked((value, sibling) => (folderCheck(value, sibling) === null ? null : { key: 'file-inside' })) },
  },
  prepare: offerRulesTables,
});

/** As mc-access will say it; all the rest is listed in the dialog. */
function rulesFault(document: Record<string, unknown>): Fault | null {
  const [reason, ...more] = problemsOf(document);
  if (reason === undefined) return null;
  return more.length === 0 ? { key: 'rules', values: { reason } } : { key: 'rules-more', values: { reason, more: more.length } };
}
