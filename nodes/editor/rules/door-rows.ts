import { join } from '../../access/rules/problems';
import type { RulesDesk } from './desk';
import { rowsField } from './rows';
import type { Shape } from './shapes';
import { choiceSelect } from './simple-fields';
import { type Fields, isFields, type Slot } from './slot';

/** Names of doors. */
export function doorsField(desk: RulesDesk, slot: Slot, shape: Shape): JQuery {
  return rowsField<{ name: string }>(desk, slot, shape, {
    of: (value) => {
      if (value === undefined) return [];
      return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.map((name) => ({ name })) : null;
    },
    fresh: () => ({ name: '' }),
    cells: (row, changed) => [nameInput(desk, ['doors'], row.name, (name) => { row.name = name; changed(); })],
    value: (rows) => rows.map(({ name }) => name).filter((name) => name !== ''),
    path: (_row, index) => `${slot.path()}[${String(index)}]`,
  });
}

interface Reader { door: string; direction: string; kept: Fields }

/** Readers of doors, each with the direction that it usually has here, or another. */
export function readersField(desk: RulesDesk, slot: Slot, shape: Extract<Shape, { kind: 'readers' }>): JQuery {
  const readerOf = (value: unknown): Reader | null => {
    if (typeof value === 'string') return { door: value, direction: '', kept: {} };
    if (!isFields(value) || typeof value['door'] !== 'string') return null;
    const direction = value['direction'] ?? '';
    return typeof direction === 'string' ? { door: value['door'], direction, kept: value } : null;
  };
  return rowsField<Reader>(desk, slot, shape, {
    of: (value) => {
      const found = Array.isArray(value) ? value.map(readerOf) : value === undefined ? [] : [null];
      return found.includes(null) ? null : found as Reader[];
    },
    fresh: () => ({ door: '', direction: '', kept: {} }),
    cells: (row, changed) => {
      const select = choiceSelect(() => [
        { value: '', text: desk.says(`usual.${shape.usual}`) }, ...['in', 'out'].map((value) => ({ value, text: desk.says(`direction.${value}`) })),
      ]);
      select.show(row.direction);
      select.element.attr('aria-label', desk.says('direction.label')).on('change', () => { row.direction = String(select.element.val()); changed(); });
      return [nameInput(desk, ['doors'], row.door, (name) => { row.door = name; changed(); }), select.element];
    },
    value: (rows) => rows.filter(({ door }) => door !== '').map(({ door, direction, kept }) => {
      const { direction: _former, ...rest } = kept;
      const wasName = Object.keys(kept).length === 0;
      return wasName && direction === '' ? door : { ...rest, door, ...(direction === '' ? {} : { direction }) };
    }),
    path: (_row, index) => `${slot.path()}[${String(index)}]`,
  });
}

interface OwnSchedule { at: string; schedule: unknown }

/** Schedules of a person at single doors or groups. */
export function ownSchedulesField(desk: RulesDesk, slot: Slot, shape: Shape): JQuery {
  return rowsField<OwnSchedule>(desk, slot, shape, {
    of: (value) => (value === undefined ? [] : isFields(value) ? Object.entries(value).map(([at, schedule]) => ({ at, schedule })) : null),
    fresh: () => ({ at: '', schedule: undefined }),
    cells: (row, changed) => {
      const select = choiceSelect(() => [{ value: '', text: desk.says('choose') }, ...desk.names('schedules').map((name) => ({ value: name, text: name }))]);
      const fits = select.fits(row.schedule);
      select.show(fits ? row.schedule : JSON.stringify(row.schedule));
      select.element.attr('aria-label', desk.says('label.personSchedule')).prop('disabled', !fits).on('change', () => { row.schedule = select.value(); changed(); });
      return [nameInput(desk, ['doors', 'groups'], row.at, (name) => { row.at = name; changed(); }), select.element];
    },
    value: (rows) => {
      const held = rows.filter(({ at }) => at !== '').map(({ at, schedule }) => [at, schedule ?? '']);
      return held.length === 0 ? undefined : Object.fromEntries(held) as Fields;
    },
    path: ({ at }) => join(slot.path(), at),
  });
}

/** A name that is typed or taken from those there are. */
function nameInput(desk: RulesDesk, parts: readonly string[], value: string, typed: (name: string) => void): JQuery {
  const id = desk.newId();
  const offers = $('<datalist>').attr('id', id);
  const input = $('<input type="text" autocomplete="off" spellcheck="false">')
    .attr({ list: id, 'aria-label': desk.says(parts.includes('groups') ? 'door-or-group' : 'door'), placeholder: desk.says(parts.includes('groups') ? 'door-or-group' : 'door') }).val(value)
    .on('focus', () => { offers.empty().append(parts.flatMap((part) => desk.names(part)).map((name) => $('<option>').val(name))); })
    .on('change', () => {
      const name = String(input.val()).trim();
      typed(name);
      desk.declare(name);
    });
  return $('<span class="mc-rules-cell">').append(input, offers);
}
