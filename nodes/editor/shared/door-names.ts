import type { Dialog } from './dialog';
import { editor } from './red';

/** Offers the names that doors and readers already have: a decision opens a door only where they are the same. */
export function offerDoorNames(dialog: Dialog): void {
  const names = new Set<string>();
  editor.eachNode((node) => {
    if ((node.type === 'mc-door' || node.type === 'mc-reader') && typeof node['door'] === 'string' && node['door'] !== '') names.add(node['door']);
  });
  const id = `${dialog.id('door')}-names`;
  const options = [...names].sort().map((name) => $('<option>').val(name));
  dialog.form().append($('<datalist>').attr('id', id).append(options));
  dialog.field('door').attr('list', id);
}
