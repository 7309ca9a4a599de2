import type { Dialog } from './dialog';
import { editor } from './red';

/** Names that doors and readers of the flows have. */
export function doorNames(): string[] {
  const names = new Set<string>();
  editor.eachNode((node) => {
    if ((node.type === 'mc-door' || node.type === 'mc-reader') && typeof node['door'] === 'string' && node['door'] !== '') names.add(node['door']);
  });
  return [...names].sort();
}

/** Offers the names that doors and readers already have: a decision opens a door only where they are the same. */
export function offerDoorNames(dialog: Dialog): void {
  const id = `${dialog.id('door')}-names`;
  const options = doorNames().map((name) => $('<option>').val(name));
  dialog.form().append($('<datalist>').attr('id', id).append(options));
  dialog.field('door').attr('list', id);
}
