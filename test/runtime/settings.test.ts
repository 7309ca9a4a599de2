import assert from 'node:assert/strict';
import { isMcError } from '../../nodes/credential/mc-error';
import { Settings, unresolvedVariable } from '../../nodes/runtime/settings';

describe('a node\'s settings', () => {
  const of = (raw: Record<string, unknown>): Settings => new Settings(raw);
  const code = (work: () => unknown): string => {
    try {
      work();
      return 'fine';
    } catch (error) {
      return isMcError(error) ? error.code : String(error);
    }
  };

  it('reads numbers as numbers and as text, within their range', () => {
    assert.equal(of({ a: 5 }).number('a', 1), 5);
    assert.equal(of({ a: ' 5 ' }).number('a', 1), 5);
    assert.equal(of({ a: '' }).number('a', 7), 7);
    assert.equal(of({}).optionalNumber('a'), null);
    for (const wrong of ['five', '1.5', '-1', '1e3x', {}, []]) assert.equal(code(() => of({ a: wrong }).number('a', 1, { min: 0 })), 'CONFIG_INVALID', JSON.stringify(wrong));
    assert.equal(of({ a: '1.5' }).number('a', 1, { whole: false }), 1.5);
  });

  it('reads booleans, choices, lists and JSON, also out of variables', () => {
    assert.equal(of({ a: 'true' }).boolean('a', false), true);
    assert.equal(of({ a: false }).boolean('a', true), false);
    assert.equal(of({ a: '' }).boolean('a', true), true);
    assert.equal(code(() => of({ a: 'perhaps' }).boolean('a', true)), 'CONFIG_INVALID');
    assert.equal(of({}).choice('a', ['x', 'y'], 'y'), 'y');
    assert.equal(code(() => of({ a: 'z' }).choice('a', ['x', 'y'], 'y')), 'CONFIG_INVALID');
    assert.deepEqual(of({ a: ['x', 'y'] }).list('a'), ['x', 'y']);
    assert.deepEqual(of({ a: '["x","y"]' }).list('a'), ['x', 'y']);
    assert.equal(code(() => of({ a: 'x, y' }).list('a')), 'CONFIG_INVALID');
    assert.equal(code(() => of({ a: [1] }).list('a')), 'CONFIG_INVALID');
    assert.deepEqual(of({ a: '{"b":1}' }).json('a'), { b: 1 });
    assert.deepEqual(of({ a: { b: 1 } }).json('a'), { b: 1 });
    assert.equal(of({ a: ' ' }).json('a'), undefined);
    assert.equal(code(() => of({ a: '{' }).json('a')), 'CONFIG_INVALID');
  });

  it('names the variable that has no value, wherever it stands', () => {
    const works: ((settings: Settings) => unknown)[] = [
      (s) => s.text('a'), (s) => s.number('a', 1), (s) => s.boolean('a', true), (s) => s.choice('a', ['x'], 'x'), (s) => s.json('a'),
      (s) => s.list('a'), (s) => s.required('a'), (s) => s.resolved('a'),
    ];
    for (const work of works) {
      assert.throws(() => work(of({ a: '${SITE_X}' })), (error) => isMcError(error, 'CONFIG_UNRESOLVED') && unresolvedVariable(error) === 'SITE_X');
    }
    assert.equal(code(() => of({ a: ['${SITE_X}'] }).list('a')), 'CONFIG_UNRESOLVED');
  });

  it('says which property is missing', () => {
    assert.equal(code(() => of({ a: '  ' }).required('a')), 'CONFIG_MISSING');
    assert.equal(of({ a: 0 }).required('a'), '0');
  });
});
