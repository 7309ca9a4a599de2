import type { RulesDesk } from './desk';
import { addEntry, entriesOf, type Entry } from './entry';
import { entryRow } from './entry-row';
import type { PartShape } from './shapes';

/** More than this at once would make the dialog slow; the others are found by their name. */
const MOST_SHOWN = 50;

export interface PartSection {
  element: JQuery;
  /** Opens the section and the entry that a problem is about. */
  reveal: (problem: string) => void;
}

/** A part of the document that opens and closes, with its entries. */
export function partSection(desk: RulesDesk, shape: PartShape): PartSection {
  const { part, icon } = shape;
  const count = $('<span class="mc-rules-count">');
  const list = $('<ol>');
  const find = $('<input type="text" autocomplete="off" class="mc-rules-find">').attr({ placeholder: desk.says('find'), 'aria-label': desk.says('find') });
  const more = $('<div class="mc-rules-more">');
  const table = $('<div>').append(find, list, more);
  const odd = $('<div class="form-tips">').text(desk.says('odd-part'));
  const element = $('<details class="mc-rules-part">').attr('data-part', part).append(
    $('<summary>').append($('<i aria-hidden="true">').addClass(`fa ${icon}`), ' ', $('<span>').text(desk.says(`part.${part}`)), ' ', count),
    $('<div class="mc-rules-about">').text(desk.says(`about.${part}`)), odd, table,
  );
  const unfolding = new Map<Entry, () => void>();

  const addTo = (container: JQuery, entry: Entry): void => {
    const { row, unfold } = entryRow(desk, shape, entry);
    unfolding.set(entry, unfold);
    container.append(row).data('data', entry);
    container.closest('li').find('> .red-ui-editableList-item-remove').attr('aria-label', desk.says('remove')).on('click', () => {
      unfolding.delete(entry);
      container.remove();
      entry.remove();
      desk.changed();
      desk.refresh();
      table.find('> .red-ui-editableList > .red-ui-editableList-addButton').trigger('focus');
    });
  };
  list.editableList<Partial<Entry>>({
    height: 'auto', removable: true, scrollOnAdd: false, addButton: desk.says(`add.${part}`),
    addItem: (container, _index, given) => {
      if ('path' in given) {
        addTo(container, given as Entry);
        return;
      }
      const former = [...unfolding.keys()].find(({ name }) => name === '');
      if (former === undefined) addTo(container, addEntry(desk, shape));
      else container.closest('li').remove();
      const entry = former ?? container.data('data') as Entry;
      desk.changed();
      desk.refresh();
      unfolding.get(entry)?.();
      list.find('input').filter((_i, input) => String($(input).val()) === '').first().trigger('focus');
    },
  });

  const draw = (): void => {
    const wanted = String(find.val()).trim().toLowerCase();
    const all = entriesOf(desk, shape) ?? [];
    const found = all.filter(({ name }) => wanted === '' || name?.toLowerCase().includes(wanted) !== false);
    unfolding.clear();
    list.editableList('empty');
    list.editableList('addItems', found.slice(0, MOST_SHOWN));
    more.text(found.length > MOST_SHOWN ? desk.says('more', { count: found.length - MOST_SHOWN }) : '');
  };
  find.on('input', draw);
  /** Drawn anew where entries came from elsewhere: out of the JSON, or with a door that a field named. */
  desk.live(element, () => {
    const all = entriesOf(desk, shape);
    odd.toggle(all === null);
    table.toggle(all !== null);
    count.text(all === null || all.length === 0 ? '' : `(${String(all.length)})`);
    find.toggle((all ?? []).length > MOST_SHOWN / 5);
    const shown = [...unfolding.keys()];
    const isSame = shown.every((entry) => entry.get() !== undefined) && (String(find.val()) !== '' || shown.length >= Math.min((all ?? []).length, MOST_SHOWN));
    if (!isSame || shown.length === 0) draw();
  });
  return {
    element,
    reveal: (problem) => {
      element.prop('open', true);
      const about = (entry: Entry): boolean => ['.', ':', '['].some((sign) => problem.startsWith(entry.path() + sign));
      const entry = (entriesOf(desk, shape) ?? []).filter(about).sort((a, b) => b.path().length - a.path().length)[0];
      if (entry === undefined) return;
      if (![...unfolding.keys()].some((shown) => shown.path() === entry.path())) {
        find.val(entry.name ?? '');
        draw();
      }
      for (const [shown, unfold] of unfolding) if (shown.path() === entry.path()) unfold();
    },
  };
}
