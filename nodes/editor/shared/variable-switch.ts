import type { Dialog } from './dialog';
import { isVariable } from './variable';
import { commonWord } from './words';

/**
 * Lets a select, a tick or a list hold `${NAME}` instead: a small button swaps it for a text field. Whichever of the two
 * is in use bears the property's id, so Node-RED reads, checks and saves that one.
 */
export function offerVariable(dialog: Dialog, name: string, saved: unknown, visible: JQuery): void {
  const own = dialog.field(name);
  if (own.length === 0) return;
  const id = dialog.id(name);
  const text = $('<input type="text" class="mc-variable" autocomplete="off">').attr('placeholder', '${NAME}').hide();
  const button = $('<button type="button" class="red-ui-button red-ui-button-small mc-variable-switch">${}</button>')
    .attr({ title: commonWord('use-variable'), 'aria-label': commonWord('use-variable'), 'aria-pressed': 'false' });
  visible.last().after(text, button);

  const use = (variable: boolean): void => {
    (variable ? own : text).removeAttr('id');
    (variable ? text : own).attr('id', id);
    visible.toggle(!variable);
    text.toggle(variable);
    button.attr('aria-pressed', String(variable)).toggleClass('selected', variable);
    // Node-RED listens on the first of the two, and then checks by id.
    own.trigger('change');
  };
  text.on('change keyup paste', () => { own.trigger('change'); });
  button.on('click', () => {
    const variable = button.attr('aria-pressed') !== 'true';
    use(variable);
    if (variable) text.trigger('focus');
  });
  if (isVariable(saved)) {
    text.val(String(saved));
    use(true);
  }
}
