import type { RulesDesk } from './desk';
import { labelOf } from './field-row';
import type { Shape } from './shapes';
import type { Slot } from './slot';

/** How a value is a list of rows. */
export interface Rows<T extends object> {
  /** Null where it is none that rows can show. */
  of: (value: unknown) => T[] | null;
  fresh: () => T;
  /** What is typed changes the row, then calls `changed`. */
  cells: (row: T, changed: () => void) => JQuery[];
  value: (rows: T[]) => unknown;
  /** The name that a problem has for the row. */
  path: (row: T, index: number) => string;
}

/** Rows to add to and remove from. */
export function rowsField<T extends object>(desk: RulesDesk, slot: Slot, shape: Shape, { of, fresh, cells, value, path }: Rows<T>): JQuery {
  const label = $('<div class="mc-rules-rows-label">').attr('id', desk.newId()).text(labelOf(desk, shape));
  const list = $('<ol>');
  const odd = $('<div class="form-tips">').text(desk.says('odd'));
  const table = $('<div>').append(list);
  const box = $('<div class="mc-rules-rows" role="group">').attr('aria-labelledby', String(label.attr('id'))).append(label, table, odd);
  const rows = (): T[] => list.editableList('items').toArray().map((item) => $(item).data('data') as T | undefined).filter((row) => row !== undefined);
  /** What is on show; another value in its place is shown anew. */
  let shown = '';
  const write = (): void => {
    const now = value(rows());
    shown = asText(now);
    slot.set(now);
    desk.changed();
  };
  list.editableList<Partial<T>>({
    height: 'auto', removable: true, scrollOnAdd: false, addButton: desk.says(`add-row.${shape.label ?? shape.key}`),
    addItem: (container, _index, given) => {
      const isFresh = Object.keys(given).length === 0;
      const row = isFresh ? fresh() : given as T;
      container.data('data', row).addClass('mc-rules-row mc-rules-place').data('mc-path', () => path(row, rows().indexOf(row)));
      container.append(cells(row, write));
      const remove = container.closest('li').find('.red-ui-editableList-item-remove').attr('aria-label', desk.says('remove'));
      // Not when it has faded out: a dialog may be closed before that.
      remove.on('click', () => {
        container.remove();
        write();
        table.find('.red-ui-editableList-addButton').last().trigger('focus');
      });
      if (isFresh) container.find('input, select').first().trigger('focus');
    },
  });
  return desk.live(box, () => {
    const held = slot.get();
    const found = of(held);
    odd.toggle(found === null);
    table.toggle(found !== null);
    if (found === null || asText(held) === shown) return;
    shown = asText(held);
    list.editableList('empty');
    list.editableList('addItems', found);
  });
}

function asText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
