import type { RulesDesk } from './desk';
import { rowsField } from './rows';
import { type Fields, isFields, type Slot } from './slot';
import { lineInput } from './simple-fields';
import { fits, hoursLine } from './texts';

interface Day { first: string; last: string; hours: unknown; name: string; kept: Fields }

const isText = (value: unknown): value is string => typeof value === 'string';

/** Days of a calendar: one, or from one to another, each with hours of its own or none. */
export function daysField(desk: RulesDesk, slot: Slot): JQuery {
  const line = hoursLine(desk.says('off'));
  const dayOf = (value: unknown): Day | null => {
    if (!isFields(value)) return null;
    const { on, from, to, hours, name } = value;
    const isOne = isText(on) && on !== '' && from === undefined && to === undefined;
    const isRange = on === undefined && isText(from) && isText(to) && to !== '';
    if (!(isOne || isRange) || !fits(line, hours) || !(name === undefined || isText(name))) return null;
    return { first: isOne ? on : String(from), last: isRange ? to : '', hours, name: name ?? '', kept: value };
  };
  return rowsField<Day>(desk, slot, { key: 'days', kind: 'days' }, {
    of: (value) => {
      const found = Array.isArray(value) ? value.map(dayOf) : [null];
      return found.includes(null) ? null : found as Day[];
    },
    fresh: () => ({ first: '', last: '', hours: undefined, name: '', kept: {} }),
    cells: (row, changed) => {
      const text = (key: 'first' | 'last' | 'name'): JQuery => {
        const words = desk.says(`day.${key}`);
        const input = $('<input type="text" autocomplete="off" spellcheck="false">').attr({ 'aria-label': words, placeholder: words }).val(row[key]);
        return input.on('change', () => { row[key] = String(input.val()).trim(); changed(); });
      };
      const hours = lineInput(line, desk.says('day.hours'));
      hours.show(row.hours);
      hours.element.attr('aria-label', desk.says('day.hours')).on('change', () => { row.hours = hours.value(); changed(); });
      return [text('first'), text('last'), hours.element, text('name')];
    },
    value: (rows) => rows.map(textless),
    path: (_row, index) => `${slot.path()}[${String(index)}]`,
  });
}

/** The day as the document has it: without what is empty, and with what it had beside. */
function textless({ first, last, hours, name, kept }: Day): Fields {
  const day = { ...kept };
  const put = (key: string, value: unknown): void => {
    if (value === undefined) Reflect.deleteProperty(day, key);
    else day[key] = value;
  };
  put('on', last === '' ? first : undefined);
  put('from', last === '' ? undefined : first);
  put('to', last === '' ? undefined : last);
  put('hours', hours);
  put('name', name === '' ? undefined : name);
  return day;
}
