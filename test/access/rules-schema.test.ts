import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020';
import fc from 'fast-check';
import schema from '../../nodes/access/rules/rules-schema.json';
import { readRules } from '../../nodes/access/rules/read-rules';
import { manyRules } from '../support/many-rules';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The example of the page that describes rules. */
const EXAMPLE = JSON.parse(/```json\n([\s\S]*?)```/.exec(readFileSync('docs/rules.md', 'utf8'))?.[1] ?? '') as Json;
const HELP = JSON.parse(/```json\n([\s\S]*?)```/.exec(readFileSync('locales/en-US/mc-access.html', 'utf8'))?.[1] ?? '') as Json;

const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

function isRead(document: unknown): boolean {
  try {
    readRules(document);
    return true;
  } catch {
    return false;
  }
}

/** Every place in a document, by its path. */
function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, inner]) => places(inner, [...path, key]))];
}

function changed(document: Json, path: readonly (string | number)[], to: Json | undefined): Json {
  if (path.length === 0) return to ?? null;
  const copy = structuredClone(document);
  let at = copy as Record<string | number, Json>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, Json>;
  const last = path.at(-1) as string | number;
  if (to === undefined && Array.isArray(at)) at.splice(Number(last), 1);
  else if (to === undefined) Reflect.deleteProperty(at, last);
  else at[last] = to;
  return copy;
}

describe('the schema of rules', () => {
  it('takes what the reader takes: the examples of the page and of the help, and a large set', () => {
    for (const document of [EXAMPLE, HELP, {}, { version: 1 }, manyRules('x', 50) as Json]) {
      readRules(document);
      assert.ok(validate(document), JSON.stringify(validate.errors));
    }
  });

  it('refuses nothing that the reader takes, wherever a document is changed (property)', function () {
    this.timeout(60_000);
    const value = fc.oneof(
      fc.constantFrom<Json | undefined>(undefined, null, true, 0, 1, 5, 1.5, -1, 301, 1e9, '', ' ', 'x', '*', 'in', 'out', 'soft', 'timed', 'deny', 'check', 'Vault', 'Inner', 'office', 'vault', 'north', '12-25', '2026-12-25', '02-30', '08:00-12:00', '24:00-25:00', '22:00-06:00', '04:00', '007', '42'),
      fc.constantFrom<Json>([], {}, ['Vault'], ['Vault', 'Inner'], ['08:00-12:00'], [1], { schedule: 'office' }, { door: 'Vault', direction: 'in' }, { on: '12-26' }, { from: '12-20', to: '12-24' }, { mode: 'timed', forgetAfterMinutes: 5 }),
    );
    let taken = 0;
    fc.assert(fc.property(fc.constantFrom(...[EXAMPLE, HELP].flatMap((document) => places(document).map((path) => ({ document, path })))), value, ({ document, path }, to) => {
      const other = changed(document, path, to);
      if (!isRead(other)) return;
      taken += 1;
      assert.ok(validate(other), `${path.join('.')} := ${JSON.stringify(to)}: ${JSON.stringify(validate.errors)}`);
    }), { numRuns: 4000 });
    assert.ok(taken > 200, `only ${taken} were taken`);
  });

  it('refuses by itself what has a wrong shape', () => {
    for (const wrong of [
      [], { colour: 1 }, { version: 2 }, { doors: { A: { schedul: 'x' } } }, { areas: { a: { entries: ['A'], antiPassback: {} } } }, { persons: { 1: { duressCards: [5] } } },
      { interlocks: [{ doors: ['A'] }] }, { schedules: { s: { monday: ['8-9'] } } }, { doors: { A: { twoPersons: { among: ['1'] } } } },
    ]) {
      assert.equal(validate(wrong), false, JSON.stringify(wrong));
      assert.equal(isRead(wrong), false, JSON.stringify(wrong));
    }
  });
});
