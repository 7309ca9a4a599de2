import type { RulesDesk } from './desk';
import type { Bound } from './field-row';
import type { Shape } from './shapes';
import { choiceSelect, hasDefaults, leftOut } from './simple-fields';
import type { Slot } from './slot';

/** No name is empty or has this in it, so it can stand for null in a select. */
const NONE = '\u0000';

/** A select of the names that the document has; a door can also say that what holds for every door does not hold for it. */
export function nameSelect(desk: RulesDesk, slot: Slot, shape: Extract<Shape, { kind: 'name' }>): Bound {
  const withNone = (): boolean => hasDefaults(slot) || slot.get() === null;
  const select = choiceSelect(() => [
    { value: '', text: leftOut(desk, slot, shape) },
    ...(withNone() ? [{ value: NONE, text: desk.says('none') }] : []),
    ...desk.names(shape.of).map((name) => ({ value: name, text: name })),
  ]);
  return {
    ...select,
    fits: (value) => value === null || select.fits(value),
    show: (value) => { select.show(value === null ? NONE : value); },
    value: () => { const chosen = select.value(); return chosen === NONE ? null : chosen; },
  };
}
