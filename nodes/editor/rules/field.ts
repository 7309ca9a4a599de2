import type { RulesDesk } from './desk';
import { daysField } from './days-field';
import { doorsField, ownSchedulesField, readersField } from './door-rows';
import { type Bound, fieldRow } from './field-row';
import { nameSelect } from './name-select';
import { partField } from './part-field';
import type { Shape } from './shapes';
import { choiceSelect, leftOut, lineInput, numberInput, textInput, tickBox } from './simple-fields';
import type { Slot } from './slot';
import { hoursLine, idsLine } from './texts';
import { offerTimeZones } from './time-zones';

/** A field of any kind, with its label. */
export function field(desk: RulesDesk, slot: Slot, shape: Shape): JQuery {
  switch (shape.kind) {
    case 'part': return partField(desk, slot, shape, (inner, one) => field(desk, inner, one));
    case 'days': return daysField(desk, slot);
    case 'doors': return doorsField(desk, slot, shape);
    case 'readers': return readersField(desk, slot, shape);
    case 'own-schedules': return ownSchedulesField(desk, slot, shape);
    default: return fieldRow(desk, slot, shape, bound(desk, slot, shape));
  }
}

function bound(desk: RulesDesk, slot: Slot, shape: Exclude<Shape, { kind: 'part' | 'days' | 'doors' | 'readers' | 'own-schedules' }>): Bound {
  switch (shape.kind) {
    case 'text': {
      const input = textInput(desk.says(`hint.${shape.hint ?? shape.key}`));
      if (shape.key === 'timeZone') offerTimeZones(input.element, desk.newId());
      return input;
    }
    case 'number': return numberInput(desk.says(`hint.${shape.hint ?? shape.label ?? shape.key}`));
    case 'hours': return lineInput(hoursLine(shape.off ? desk.says('off') : null), desk.says(`hint.${shape.hint}`));
    case 'texts': return lineInput(idsLine, desk.says(`hint.${shape.hint}`));
    case 'tick': return tickBox(shape.means);
    case 'name': return nameSelect(desk, slot, shape);
    case 'choice': return choiceSelect(() => [
      { value: '', text: leftOut(desk, slot, shape) },
      ...shape.choices.map((value) => ({ value, text: desk.says(`choice.${shape.key}.${value}`) })),
    ]);
  }
}
