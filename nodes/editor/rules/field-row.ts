import type { RulesDesk } from './desk';
import type { Shape } from './shapes';
import type { Slot } from './slot';

/** An element that bears the value of a place; `fits` false where this kind of element cannot show it. */
export interface Bound {
  element: JQuery;
  fits: (value: unknown) => boolean;
  show: (value: unknown) => void;
  /** Undefined: left out. */
  value: () => unknown;
}

/** The words of a field. */
export function labelOf(desk: RulesDesk, { key, label = key }: Shape): string {
  return desk.says(`label.${label}`);
}

/** A label and its element, which follows its place. What the element cannot show is shown as JSON and left alone. */
export function fieldRow(desk: RulesDesk, slot: Slot, shape: Shape, { element, fits, show, value }: Bound): JQuery {
  const id = desk.newId();
  const odd = $('<input type="text" class="mc-rules-odd" disabled>').attr('title', desk.says('odd'));
  marked(element, slot).attr('id', id).on('change', () => {
    slot.set(value());
    desk.changed();
  });
  const row = $('<div class="form-row">').append($('<label>').attr('for', id).text(labelOf(desk, shape)), element, odd);
  return desk.live(row, () => {
    const held = slot.get();
    const good = fits(held);
    element.toggle(good).attr('id', good ? id : null);
    odd.toggle(!good).attr('id', good ? null : id).val(good ? '' : JSON.stringify(held));
    if (good) show(held);
  });
}

/** Lets problems find the element. */
export function marked(element: JQuery, slot: Slot): JQuery {
  return element.addClass('mc-rules-place').data('mc-path', () => slot.path());
}
