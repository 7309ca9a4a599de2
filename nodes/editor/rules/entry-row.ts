import type { RulesDesk } from './desk';
import type { Entry } from './entry';
import { field } from './field';
import { marked } from './field-row';
import { typeNames } from './name-field';
import type { PartShape } from './shapes';
import { fieldOf, isFields } from './slot';

/** An entry: its name, and what stands under it once it is unfolded. */
export function entryRow(desk: RulesDesk, shape: PartShape, entry: Entry): { row: JQuery; unfold: () => void } {
  const body = $('<div class="mc-rules-body">').attr('id', desk.newId()).hide();
  const fold = $('<button type="button" class="red-ui-button red-ui-button-small mc-rules-fold"><i class="fa fa-caret-right" aria-hidden="true"></i></button>')
    .attr({ 'aria-expanded': 'false', 'aria-controls': String(body.attr('id')) });
  const called = (): void => { fold.attr('aria-label', desk.says('fields-of', { name: entry.name ?? entry.path() })); };
  const unfold = (): void => {
    if (body.children().length === 0) body.append(fieldsOf(desk, shape, entry));
    body.show();
    fold.attr('aria-expanded', 'true').find('i').attr('class', 'fa fa-caret-down');
  };
  fold.on('click', () => {
    if (fold.attr('aria-expanded') !== 'true') unfold();
    else {
      body.hide();
      fold.attr('aria-expanded', 'false').find('i').attr('class', 'fa fa-caret-right');
    }
  });
  const head = $('<div class="mc-rules-head">').append(fold, entry.name === null ? listedHead(desk, shape, entry) : typeNames(desk, shape.part, entry));
  desk.live(fold, called);
  return { row: $('<div>').append(head, body), unfold };
}

function listedHead(desk: RulesDesk, { part }: PartShape, entry: Entry): JQuery {
  return marked($('<span class="mc-rules-number">').text(desk.says(`one.${part}`)), entry);
}

function fieldsOf(desk: RulesDesk, shape: PartShape, entry: Entry): JQuery[] {
  if ('whole' in shape) return [field(desk, entry, shape.whole)];
  if (!isFields(entry.get())) return [$('<div class="form-tips">').text(desk.says('odd'))];
  return shape.fields.map((one) => field(desk, fieldOf(entry, one.key), one));
}
