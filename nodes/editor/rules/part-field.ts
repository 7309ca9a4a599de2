import type { RulesDesk } from './desk';
import { fieldRow } from './field-row';
import type { Shape } from './shapes';
import { choiceSelect, hasDefaults, leftOut } from './simple-fields';
import { fieldOf, isFields, type Slot } from './slot';

const [YES, NO] = ['yes', 'no'];

/** A rule that is there or not, and where it is there, its own fields below. */
export function partField(desk: RulesDesk, slot: Slot, shape: Extract<Shape, { kind: 'part' }>, field: (slot: Slot, shape: Shape) => JQuery): JQuery {
  const inner = $('<div class="mc-rules-inner">');
  const select = choiceSelect(() => [
    { value: '', text: leftOut(desk, slot, shape) },
    ...(hasDefaults(slot) || slot.get() === null ? [{ value: NO, text: desk.says('no') }] : []),
    { value: YES, text: desk.says('yes') },
  ]);
  const row = fieldRow(desk, slot, shape, {
    element: select.element,
    fits: (value) => value === undefined || value === null || isFields(value),
    show: (value) => { select.show(value === undefined ? undefined : value === null ? NO : YES); },
    value: () => {
      const chosen = select.value();
      if (chosen === YES) return isFields(slot.get()) ? slot.get() : shape.start();
      return chosen === NO ? null : undefined;
    },
  });
  const showInner = (): void => {
    const is = isFields(slot.get());
    if (is && inner.children().length === 0) inner.append(shape.fields.map((one) => field(fieldOf(slot, one.key), one)));
    if (!is) inner.empty();
    inner.toggle(is);
  };
  select.element.on('change', showInner);
  return $('<div>').append(row, desk.live(inner, showInner));
}
