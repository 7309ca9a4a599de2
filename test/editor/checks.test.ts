/** The dialog's checks agree with what the runtime accepts, so that no red triangle lies and no red status surprises. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addressCheck, booleanCheck, type Check, checked, fingerprintCheck, folderCheck, jsonCheck, listCheck, listOf, numberCheck, timeZoneCheck } from '../../nodes/editor/shared/checks';
import { holdsVariable, isVariable } from '../../nodes/editor/shared/variable';
import { Settings } from '../../nodes/runtime/settings';
import { readSiteSettings } from '../../nodes/site/site-settings';
import { resolveStoreFolder } from '../../nodes/store/store-folder';

const none = (): undefined => undefined;
const good = (check: Check, value: unknown): boolean => checked(check)(value, none) === null;

function accepted(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

describe('checks', () => {
  it('let empty values and whole variables pass, and refuse variables in other text', () => {
    for (const value of ['', undefined, null, '${PORT}', ' ${PORT} ', '${A.b}']) assert.ok(good(numberCheck(1, 9), value), String(value));
    for (const value of ['x${PORT}', '${A}${B}', 'http://${HOST}/']) assert.deepEqual(checked(addressCheck)(value, none), { key: 'variable-part' });
    assert.ok(!isVariable('${}') && !isVariable('$PORT') && !isVariable(3) && holdsVariable('a ${B}') && !holdsVariable('${B}'));
  });

  it('read numbers as the runtime does', () => {
    const settings = (value: string, whole: boolean) => (): number => new Settings({ value }).number('value', 5, { min: 5, max: 60, whole });
    fc.assert(fc.property(fc.oneof(fc.integer().map(String), fc.double().map(String), fc.string(), fc.constantFrom('5', '60', '61', '5.5', '1e1', ' 7 ', '0x10')), fc.boolean(), (value, whole) => {
      fc.pre(!value.includes('${'));
      assert.equal(good(numberCheck(5, 60, whole), value), accepted(settings(value, whole)), JSON.stringify(value));
    }));
  });

  it('read booleans as the runtime does', () => {
    for (const value of [true, false, 'true', 'FALSE', '1', '0', 'yes', 'no', 'on', 'off', 'maybe', '2']) {
      assert.equal(good(booleanCheck, value), accepted(() => new Settings({ value }).boolean('value', false)), String(value));
    }
  });

  it('allow the addresses that the site allows', () => {
    const addresses = [
      'https://api.mc.suprema.io', 'api.mc.suprema.io', 'http://127.0.0.1', 'http://127.9.9.9:80/prefix', 'http://localhost', 'http://[::1]', 'http://portal.example',
      'https://user:word@portal.example', 'https://portal.example/?a=b', 'https://portal.example/#a', 'ftp://portal.example', 'https://', 'a b',
    ];
    for (const domain of addresses) {
      assert.equal(good(addressCheck, domain), accepted(() => readSiteSettings({ domain, siteId: '1', email: 'a', password: 'b' })), domain);
    }
  });

  it('allow the fingerprints and time zones that the site allows', () => {
    const site = (more: object) => (): unknown => readSiteSettings({ siteId: '1', email: 'a', password: 'b', ...more });
    for (const pin of ['ab'.repeat(32), 'AB:'.repeat(31) + 'AB', 'ab', 'zz'.repeat(32)]) assert.equal(good(fingerprintCheck, pin), accepted(site({ pin })), pin);
    for (const timeZone of ['UTC', 'Europe/Berlin', 'Nowhere/Town', '+02:00']) assert.equal(good(timeZoneCheck, timeZone), accepted(site({ timeZone })), timeZone);
  });

  it('allow no folder outside the user directory', () => {
    for (const folder of ['mobile-credential/a', 'a', 'a/b/c', '../a', 'a/../../b', '/a']) {
      const inside = accepted(() => resolveStoreFolder('/user-directory', folder, 'id'));
      assert.ok(!good(folderCheck, folder) || inside, folder);
    }
    assert.ok(good(folderCheck, 'a/b') && !good(folderCheck, '..\\b') && !good(folderCheck, 'C:\\b') && !good(folderCheck, '/b'));
  });

  it('read lists in every spelling', () => {
    assert.deepEqual(listOf('a, b'), ['a', 'b']);
    assert.deepEqual(listOf('["a"]'), ['a']);
    assert.deepEqual([listOf('[1]'), listOf('[a'), listOf(3)], [null, null, null]);
    assert.ok(good(listCheck(['a', 'b']), 'a,b') && good(listCheck(['a']), []) && !good(listCheck(['a']), ['c']));
  });

  it('take JSON objects only, and say why not', () => {
    assert.ok(good(jsonCheck(), '{}') && good(jsonCheck(), { a: 1 }));
    assert.deepEqual(checked(jsonCheck())('[]', none), { key: 'json-object' });
    assert.equal(checked(jsonCheck())('{', none)?.key, 'json');
    assert.deepEqual(checked(jsonCheck(() => ({ key: 'route' })))('{}', none), { key: 'route' });
  });
});
