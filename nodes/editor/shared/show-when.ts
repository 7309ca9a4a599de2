import type { Dialog } from './dialog';
import { isVariable } from './variable';

/**
 * Shows only the rows that apply. A row says so by itself: `data-when="transport: tcp udp; host: *"` = `transport` is one
 * of these and `host` is filled in; `mode: !commit` = anything but this; `action: import -` = this, or none.
 * What comes out of a variable is not known here, so it hides nothing.
 */
export function showWhen(dialog: Dialog): void {
  const rows = dialog.form().find('[data-when]');
  const update = (): void => {
    rows.each((_index, row) => { $(row).toggle(applies(String(row.dataset['when']), dialog)); });
  };
  dialog.form().on('change keyup', 'input, select, textarea', update);
  update();
}

function applies(condition: string, dialog: Dialog): boolean {
  return condition.split(';').every((part) => {
    const [name = '', wanted = ''] = part.split(':').map((side) => side.trim());
    const value = dialog.value(name);
    if (isVariable(value)) return true;
    if (wanted.startsWith('!')) return value !== wanted.slice(1);
    return wanted === '*' ? value !== '' && value !== '_ADD_' : wanted.split(/\s+/).includes(value === '' && wanted !== '' ? '-' : value);
  });
}
