import { listOf } from './checks';
import type { Dialog } from './dialog';
import type { Property } from './properties';
import { isVariable } from './variable';
import { offerVariable } from './variable-switch';
import { word } from './words';

/** Brings a saved value into its field where Node-RED by itself would lose it, and lets each field take a variable. */
export function fillIn(dialog: Dialog, name: string, property: Property): void {
  const saved = dialog.node[name];
  const field = dialog.field(name);
  if (field.length === 0) return;
  switch (property.field) {
    case 'choice':
      fillInChoice(field, saved ?? '', property);
      offerVariable(dialog, name, saved, field);
      break;
    case 'tick':
      field.prop('checked', saved === true || /^(true|1|yes|on)$/i.test(typeof saved === 'string' ? saved : ''));
      offerVariable(dialog, name, saved, field);
      break;
    case 'list':
      fillInList(dialog, name, saved, property);
      break;
    case 'json':
      if (typeof saved === 'object' && saved !== null) field.val(JSON.stringify(saved, null, 2));
      break;
    default:
  }
}

/** A value that the select does not know stays: it may come from a newer version, or be a slip a person should see. */
function fillInChoice(field: JQuery, saved: unknown, { choices = [], value }: Property): void {
  const chosen = saved === '' && !choices.includes('') ? value : saved;
  const known = field.find('option').toArray().some((option) => option.getAttribute('value') === String(chosen));
  if (!known && !isVariable(chosen)) $('<option>').val(String(chosen)).text(String(chosen)).appendTo(field);
  // While a variable is in use the select waits at its default.
  field.val(String(isVariable(chosen) ? value : chosen));
}

/** Ticks in place of a select with several choices; the select stays behind them, as that is what Node-RED saves. */
function fillInList(dialog: Dialog, name: string, saved: unknown, { choices = [] }: Property): void {
  const select = dialog.field(name);
  const chosen = isVariable(saved) ? [] : listOf(saved ?? []) ?? [];
  select.empty().hide();
  const ticks = $('<div class="mc-ticks">');
  for (const item of [...choices, ...chosen.filter((one) => !choices.includes(one))]) {
    const option = $('<option>').val(item).prop('selected', chosen.includes(item)).appendTo(select);
    const id = `${dialog.id(name)}-${item}`;
    const tick = $('<input type="checkbox">').attr('id', id).prop('checked', chosen.includes(item)).on('change', () => {
      option.prop('selected', tick.is(':checked'));
      select.trigger('change');
    });
    const label = $('<label>').attr('for', id).text(choices.includes(item) ? word(dialog.node.type, `${name}.${item}`) : item);
    ticks.append($('<div>').append(tick, ' ', label));
  }
  select.after(ticks);
  offerVariable(dialog, name, saved, ticks);
}
