import type { RulesDesk } from './desk';
import type { Bound } from './field-row';
import type { Shape } from './shapes';
import type { Slot } from './slot';
import { fits, type Line } from './texts';

const TEXT = '<input type="text" autocomplete="off" spellcheck="false">';

export function textInput(hint: string): Bound {
  const element = $(TEXT).attr('placeholder', hint);
  return {
    element,
    fits: (value) => value === undefined || typeof value === 'string',
    show: (value) => { element.val(typeof value === 'string' ? value : ''); },
    value: () => typed(element) || undefined,
  };
}

/** What is no number stays as it was typed, so that it is said and not lost. */
export function numberInput(hint: string): Bound {
  const element = $(TEXT).attr({ inputmode: 'numeric', placeholder: hint });
  return {
    element,
    fits: (value) => value === undefined || typeof value === 'number' || typeof value === 'string',
    show: (value) => { element.val(typeof value === 'number' || typeof value === 'string' ? String(value) : ''); },
    value: () => {
      const text = typed(element);
      if (text === '') return undefined;
      return Number.isFinite(Number(text)) ? Number(text) : text;
    },
  };
}

export function lineInput(line: Line, hint: string): Bound {
  const element = $(TEXT).attr('placeholder', hint);
  return {
    element,
    fits: (value) => fits(line, value),
    show: (value) => { element.val(value === undefined ? '' : line.of(value as string[])); },
    value: () => line.list(String(element.val())),
  };
}

export function tickBox(means: boolean): Bound {
  const element = $('<input type="checkbox">');
  return {
    element,
    fits: (value) => value === undefined || typeof value === 'boolean',
    show: (value) => { element.prop('checked', value === means); },
    value: () => (element.is(':checked') ? means : undefined),
  };
}

/** Words for the field left out come first; what is chosen and not among the choices stays as it is. */
export function choiceSelect(choices: () => readonly { value: string; text: string }[]): Bound {
  const element = $('<select>');
  const fill = (chosen: string): void => {
    const offered = choices();
    const odd = offered.some(({ value }) => value === chosen) ? [] : [{ value: chosen, text: chosen }];
    element.empty().append([...offered, ...odd].map(({ value, text }) => $('<option>').val(value).text(text))).val(chosen);
  };
  return {
    element,
    fits: (value) => value === undefined || typeof value === 'string',
    show: (value) => { fill(typeof value === 'string' ? value : ''); },
    value: () => String(element.val()) || undefined,
  };
}

/** True at a door of its own, where a field that is left out is that of every door. */
export function hasDefaults(slot: Slot): boolean {
  return /^doors\.(?!\*\.)/.test(slot.path());
}

export function leftOut(desk: RulesDesk, slot: Slot, { key, label = key }: Shape): string {
  return desk.says(hasDefaults(slot) ? 'as-every-door' : `left-out.${label}`);
}

function typed(element: JQuery): string {
  return String(element.val()).trim();
}
