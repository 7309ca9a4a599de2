import type { Dialog } from './dialog';
import { type MappingRow, mappingRows, mappingText } from './mapping';
import { word } from './words';

const STYLE = `
.mc-form .mc-mapping { display: inline-block; width: calc(100% - 201px); vertical-align: top; }
.mc-form .mc-mapping .red-ui-editableList-container { min-height: 40px; }
.mc-form .mc-mapping-row { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.mc-form .mc-mapping-row input[type=text] { flex: 1 1 0; width: 0; min-width: 90px; margin: 0; }
.mc-form .mc-mapping-row.mc-spends input[type=text] { border-color: var(--red-ui-text-color-warning); }
.mc-form .mc-mapping-warning { flex: 1 0 100%; }
.mc-form .mc-mapping-warning i { color: var(--red-ui-text-color-warning); }
.mc-form .mc-mapping-switch { vertical-align: top; }
.mc-form .form-row > textarea.mc-mapping-json { width: calc(100% - 201px); }
`;

/** What the table knows of the columns it may name. */
export interface MappingColumns {
  names: readonly string[];
  /** Those that number the mobile card. */
  spending: readonly string[];
}

/**
 * A table in place of the JSON of a mapping. The text area stays behind it, as that is what Node-RED saves; a small
 * button brings it back, for pasting JSON or for `${NAME}`. What no table can show stays in the text area.
 */
export function offerMappingTable(dialog: Dialog, name: string, columns: MappingColumns): void {
  const text = dialog.field(name).addClass('mc-mapping-json');
  const says = (key: string): string => word(dialog.node.type, `mapping.${key}`);
  const suggestions = $('<datalist>').attr('id', `${dialog.id(name)}-columns`).append(columns.names.map((column) => $('<option>').val(column)));
  const list = $('<ol>');
  const box = $('<div class="mc-mapping">').append($('<style>').text(STYLE), suggestions, list);
  const button = $('<button type="button" class="red-ui-button red-ui-button-small mc-variable-switch mc-mapping-switch">{ }</button>')
    .attr({ title: says('as-json'), 'aria-label': says('as-json') });
  text.after(box, button);

  const rows = (): MappingRow[] => list.editableList('items').toArray().map((item) => {
    const [column = '', target = ''] = $(item).find('input').toArray().map((input) => String($(input).val()));
    return { column, target };
  });
  const write = (): void => {
    text.val(mappingText(rows())).trigger('change');
    markRows(list, columns.spending);
  };
  list.editableList<Partial<MappingRow>>({
    height: 'auto',
    removable: true,
    addButton: says('add'),
    addItem: (container, _index, { column = '', target = '' }) => {
      const input = (key: string, value: string): JQuery =>
        $('<input type="text" autocomplete="off">').attr({ placeholder: says(key), 'aria-label': says(key) }).val(value).on('input change', write);
      const targetInput = input('target', target).attr('list', `${dialog.id(name)}-columns`);
      const warning = $('<div class="mc-mapping-warning" role="status">').text(says('spends')).prepend('<i class="fa fa-warning" aria-hidden="true"></i> ');
      container.append($('<div class="mc-mapping-row">').append(input('column', column), '<i class="fa fa-long-arrow-right" aria-hidden="true"></i>', targetInput, warning));
      markRows(list, columns.spending);
    },
    removeItem: write,
  });

  const show = (asJson: boolean): void => {
    text.toggle(asJson);
    box.toggle(!asJson);
    button.attr('aria-pressed', String(asJson)).toggleClass('selected', asJson);
  };
  /** False where the text is nothing that a table can show. */
  const fill = (): boolean => {
    const found = mappingRows(String(text.val()));
    list.editableList('empty');
    if (found !== null && found.length > 0) list.editableList('addItems', found);
    return found !== null;
  };
  button.on('click', () => { show(button.attr('aria-pressed') !== 'true' || !fill()); });
  show(!fill());
}

/** Says where credits are spent, and which lines do not count: without a column, or with one for the second time. */
function markRows(list: JQuery, spending: readonly string[]): void {
  const seen = new Set<string>();
  for (const row of list.find('.mc-mapping-row').toArray()) {
    const column = $(row).find('input').first();
    const [from = '', to = ''] = $(row).find('input').toArray().map((input) => String($(input).val()).trim());
    column.toggleClass('input-error', (from === '' && to !== '') || seen.has(from));
    if (from !== '') seen.add(from);
    const spends = spending.includes(to);
    $(row).toggleClass('mc-spends', spends).find('.mc-mapping-warning').toggle(spends);
  }
}
