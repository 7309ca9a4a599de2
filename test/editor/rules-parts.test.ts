/** What the tables of rules rest on, without a browser. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renameEntry } from '../../nodes/editor/rules/rename';
import { problemsOf } from '../../nodes/editor/rules/reader-problems';
import { GENERAL, PARTS, type Shape } from '../../nodes/editor/rules/shapes';
import { documentOf, textOf } from '../../nodes/editor/rules/document';
import { fits, hoursLine, idsLine } from '../../nodes/editor/rules/texts';

const EXAMPLE = JSON.parse(/```json\n([\s\S]*?)```/.exec(readFileSync('docs/rules.md', 'utf8'))![1]!) as Record<string, any>;
const example = (): Record<string, any> => structuredClone(EXAMPLE);
const words = JSON.parse(readFileSync(join('locales', 'en-US', 'mc-access.json'), 'utf8'))['mc-access'].rules as Record<string, any>;

describe('tables of rules', () => {
  it('find nothing wrong with the example of the description', () => {
    assert.deepEqual(problemsOf(example()), []);
  });

  it('tell the problems of a message apart, each by the name of its field', () => {
    const wrong = { ...example(), tempo: 1, persons: { 'x; doors.y': { schedule: 'none' }, 17: { extendedTime: 'yes' }, '': {} }, doors: { A: { lockout: { forSeconds: 0 } } } };
    const problems = problemsOf(wrong);
    for (const path of ['persons.: has no name', 'tempo: is not known', 'persons.x', 'persons.17.extendedTime: must be true or false', 'doors.A.lockout.forSeconds: must be', 'areas.vault.entries[0]: there is no door "Vault"']) {
      assert.ok(problems.some((problem) => problem.startsWith(path)), `${path} in\n${problems.join('\n')}`);
    }
    assert.ok(!problems.some((problem) => problem.endsWith('.') || problem.includes('refused as a whole')));
  });

  it('know every field of the description, and no other', () => {
    const keys = (shapes: readonly Shape[]): string[] => shapes.flatMap((shape) => [shape.key, ...(shape.kind === 'part' ? keys(shape.fields) : [])]);
    const known = readdirSync('nodes/access/rules').map((file) => readFileSync(join('nodes/access/rules', file), 'utf8')).join('\n');
    for (const shape of PARTS) for (const key of 'fields' in shape ? keys(shape.fields) : []) assert.ok(known.includes(`'${key}'`) || key.endsWith('day'), key);
    const shown = new Set([...GENERAL.map(({ key }) => key), ...PARTS.flatMap((shape) => [shape.part, ...('fields' in shape ? keys(shape.fields) : [])]), 'version', 'on', 'from', 'to', 'hours', 'name', 'door', 'direction']);
    const allowed = [...known.matchAll(/(?:fields\([^[\n]*|(?:PARTS|FIELDS) = )\[([^\]]+)\]/g)].flatMap(([, list]) => [...list!.matchAll(/'(\w+)'/g)].map(([, key]) => key!));
    assert.ok(allowed.length > 25);
    assert.deepEqual(allowed.filter((key) => !shown.has(key)), []);
  });

  it('have a word for every field, hint and choice', () => {
    const missing: string[] = [];
    const need = (...path: string[]): void => { if (typeof path.reduce<any>((found, key) => found?.[key], words) !== 'string') missing.push(path.join('.')); };
    const look = (shape: Shape): void => {
      const label = shape.label ?? shape.key;
      need('label', label);
      if (shape.kind === 'text' || shape.kind === 'number') need('hint', shape.hint ?? (shape.kind === 'text' ? shape.key : label));
      if (shape.kind === 'hours' || shape.kind === 'texts') need('hint', shape.hint);
      if (shape.kind === 'choice' || shape.kind === 'name' || shape.kind === 'part') need('left-out', label);
      if (shape.kind === 'choice') for (const choice of shape.choices) need('choice', shape.key, choice);
      if (shape.kind === 'doors' || shape.kind === 'days' || shape.kind === 'readers' || shape.kind === 'own-schedules') need('add-row', label);
      if (shape.kind === 'part') shape.fields.forEach(look);
    };
    GENERAL.forEach(look);
    for (const shape of PARTS) {
      for (const key of ['part', 'about', 'one', 'add']) need(key, shape.part);
      if (!shape.listed) need('hint', shape.part);
      ('fields' in shape ? shape.fields : [shape.whole]).forEach(look);
    }
    const sources = readdirSync('nodes/editor/rules').map((file) => readFileSync(join('nodes/editor/rules', file), 'utf8')).join('\n');
    for (const [, key] of sources.matchAll(/\bsays\('([^']+)'/g)) need(...key!.split('.'));
    assert.deepEqual(missing, []);
  });

  it('let what refers to an entry follow its new name, in its place', () => {
    const document = example();
    for (const [part, from, to] of [['schedules', 'office', 'day'], ['calendars', 'national', 'state'], ['doors', 'Vault', 'Safe'], ['groups', 'north', 'N']] as const) renameEntry(document, { part, from, to });
    assert.deepEqual(problemsOf(document), []);
    assert.deepEqual([document['doors'].Gate.schedule, document['persons']['4021'].schedule, document['schedules'].day.calendar, document['areas'].vault.entries, document['groups']], ['day', 'day', 'state', ['Safe'], { N: ['Front door', 'Gate'] }]);
    assert.deepEqual(Object.keys(document['doors']), Object.keys(EXAMPLE['doors']).map((name) => (name === 'Vault' ? 'Safe' : name)));
  });

  it('follow a name in free access, readers and schedules of a person, and leave alone what is not as it should be', () => {
    const document: Record<string, any> = {
      schedules: { a: {} }, doors: { D: { freeAccess: { schedule: 'a', extra: 1 } }, E: 5 }, areas: { r: { entries: ['D', { door: 'D', direction: 'out' }, 7], exits: 'D' } },
      interlocks: [{ doors: ['D', 'E'] }, null], persons: { p: { schedules: { D: 'a' } } }, groups: ['D'],
    };
    renameEntry(document, { part: 'schedules', from: 'a', to: 'b' });
    renameEntry(document, { part: 'doors', from: 'D', to: 'F' });
    assert.deepEqual(document, {
      schedules: { b: {} }, doors: { F: { freeAccess: { schedule: 'b', extra: 1 } }, E: 5 }, areas: { r: { entries: ['F', { door: 'F', direction: 'out' }, 7], exits: 'D' } },
      interlocks: [{ doors: ['F', 'E'] }, null], persons: { p: { schedules: { F: 'b' } } }, groups: ['D'],
    });
  });

  it('hold hours and IDs in a line only where they come out of it again', () => {
    const line = hoursLine('off');
    assert.deepEqual(['08:00 - 12:00 13:00–18:00', 'off', '-', '', ' 04:00;05:00 '].map((text) => line.list(text)), [['08:00-12:00', '13:00-18:00'], [], [], undefined, ['04:00', '05:00']]);
    assert.deepEqual([line.of([]), line.of(['a', 'b'])], ['off', 'a, b']);
    assert.deepEqual([['08:00-12:00'], [], undefined, ['a b'], [5], 'x', ['']].map((value) => fits(line, value)), [true, true, true, false, false, false, false]);
    assert.deepEqual([['17', 'A B'], [], ['a,b']].map((value) => fits(idsLine, value)), [true, false, false]);
  });

  it('take text for a document only where it is one object', () => {
    assert.deepEqual(['', ' ', '{}', '{ "name": "x" }', '[]', '5', '{', '${RULES}'].map(documentOf), [{}, {}, {}, { name: 'x' }, null, null, null, null]);
    assert.deepEqual([textOf({}), textOf({ a: 1 })], ['', '{\n  "a": 1\n}']);
  });

  it('bring no colour of their own: it would not change with the theme', () => {
    assert.doesNotMatch(readFileSync('nodes/editor/rules/style.ts', 'utf8'), /#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|: (white|black|red|grey|gray)\b/i);
  });
});
