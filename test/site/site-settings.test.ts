import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMcError } from '../../nodes/credential/mc-error';
import { readSiteSettings, type SiteSettings } from '../../nodes/site/site-settings';

const BASE = { siteId: '4711', email: 'a@plant.example', password: 'secret word' };

function read(properties: Record<string, unknown>): SiteSettings {
  return readSiteSettings({ ...BASE, ...properties });
}

/** `CODE: message` of what is thrown. */
function refusal(properties: Record<string, unknown>): string {
  try {
    read(properties);
  } catch (error) {
    assert.ok(isMcError(error), String(error));
    return `${error.code}: ${error.message}`;
  }
  return 'accepted';
}

describe('settings of a site', () => {
  it('have the vendor\'s address and everything else by default', () => {
    const settings = read({});
    assert.equal(settings.baseUrl, 'https://api.mc.suprema.io');
    assert.deepEqual([settings.messaging, settings.nameRule, settings.timeZone, settings.pin, settings.creditReserve, settings.dailyCreditLimit], ['email', 'strict', '', '', 0, 0]);
  });

  const addresses: [string, string | number, string][] = [
    ['', '443', 'https://api.mc.suprema.io'],
    ['portal.example', '', 'https://portal.example'],
    ['https://portal.example:8443', '', 'https://portal.example:8443'],
    ['https://portal.example:8443', '9000', 'https://portal.example:9000'],
    ['https://portal.example:8443', 443, 'https://portal.example'],
    ['https://portal.example/gate/mc/', '', 'https://portal.example/gate/mc'],
    ['http://127.0.0.1', '18700', 'http://127.0.0.1:18700'],
    ['http://127.3.2.1:80/x', '', 'http://127.3.2.1/x'],
    ['http://localhost:1', '', 'http://localhost:1'],
    ['http://[::1]:1', '', 'http://[::1]:1'],
  ];
  for (const [domain, port, expected] of addresses) {
    it(`"${domain}" and port "${port}" are ${expected}`, () => assert.equal(read({ domain, port }).baseUrl, expected));
  }

  const refused: [Record<string, unknown>, RegExp][] = [
    [{ domain: 'http://portal.example' }, /^CONFIG_INVALID: "domain"/],
    [{ domain: 'http://127.0.0.1.portal.example' }, /^CONFIG_INVALID: "domain"/],
    [{ domain: 'http://localhost.portal.example' }, /^CONFIG_INVALID: "domain"/],
    [{ domain: 'http://0.0.0.0' }, /^CONFIG_INVALID: "domain"/],
    [{ domain: 'ftp://portal.example' }, /^CONFIG_INVALID: "domain"/],
    [{ domain: 'https://user:word@portal.example' }, /^CONFIG_INVALID: "domain"(?!.*word)/],
    [{ domain: 'https://portal.example?x=1' }, /^CONFIG_INVALID: "domain"/],
    [{ domain: 'https://' }, /^CONFIG_INVALID: "domain"/],
    [{ domain: ['x'] }, /^CONFIG_INVALID: "domain"/],
    [{ port: '0' }, /^CONFIG_INVALID: "port"/],
    [{ port: '65536' }, /^CONFIG_INVALID: "port"/],
    [{ port: 'https' }, /^CONFIG_INVALID: "port"/],
    [{ siteId: ' ' }, /^CONFIG_MISSING: .*"siteId"/],
    [{ messaging: 'pigeon' }, /^CONFIG_INVALID: "messaging"/],
    [{ nameRule: true }, /^CONFIG_INVALID: "nameRule"/],
    [{ timeZone: 'Europe/Atlantis' }, /^CONFIG_INVALID: "timeZone"/],
    [{ pin: 'ab:cd' }, /^CONFIG_INVALID: "pin"/],
    [{ creditReserve: '-1' }, /^CONFIG_INVALID: "creditReserve"/],
    [{ dailyCreditLimit: '1.5' }, /^CONFIG_INVALID: "dailyCreditLimit"/],
    [{ email: '' }, /^CREDENTIALS_MISSING: .*"email"/],
    [{ password: undefined }, /^CREDENTIALS_MISSING: .*"password"/],
  ];
  for (const [properties, expected] of refused) {
    it(`refuses ${JSON.stringify(properties)}`, () => assert.match(refusal(properties), expected));
  }

  it('take numbers as text, a fingerprint with colons, and a password as it is typed', () => {
    const pin = 'AB'.repeat(32);
    const settings = read({ siteId: 4711, creditReserve: '5', dailyCreditLimit: 20, pin: pin.match(/../g)?.join(':'), password: ' two blanks ', timeZone: 'Europe/Berlin', messaging: 'text' });
    assert.deepEqual([settings.siteId, settings.creditReserve, settings.dailyCreditLimit, settings.pin, settings.password, settings.timeZone, settings.messaging], ['4711', 5, 20, pin.toLowerCase(), ' two blanks ', 'Europe/Berlin', 'text']);
  });

  it('never lead a token off this machine in the open, whatever the domain says', () => {
    fc.assert(fc.property(fc.oneof(fc.webUrl({ validSchemes: ['http', 'https'] }), fc.string(), fc.domain(), fc.ipV4(), fc.ipV6()), (domain) => {
      try {
        const url = new URL(read({ domain }).baseUrl);
        assert.ok(url.protocol === 'https:' || /^(127\.|localhost$|\[::1\]$)/.test(url.hostname), url.href);
        assert.equal(url.username + url.password, '');
      } catch (error) {
        assert.ok(isMcError(error, 'CONFIG_INVALID'), String(error));
      }
    }), { numRuns: 500 });
  });
});

describe('routes of a site', () => {
  it('are the contract\'s by default', () => {
    for (const routes of [undefined, '', ' ', '{}', {}]) {
      const { list, devices, reissue } = read({ routes }).routes;
      assert.deepEqual([list?.path, list?.rows, list?.total], ['/site/{siteId}/card?page={page}', 'record.rows', 'record.total']);
      assert.deepEqual([list?.map['cardId'], list?.map['userId'], list?.statuses['INACTIVE'], list?.statuses['ACTIVE']], ['number', 'userKey', 'before-activation', 'activated']);
      assert.equal(devices?.map['device'], 'id');
      assert.deepEqual(reissue, { method: 'PUT', path: '/user/card/{cardId}', body: { card: { number: '{newCardId}' } } });
    }
  });

  it('replace single fields, add to map and statuses, and can be null', () => {
    const { list, suspend, resume } = read({ routes: JSON.stringify({
      list: { path: '/cards?p={page}', map: { userId: 'user.key' }, statuses: { on_hold: 'paused' } }, suspend: { path: '/pause/{cardId}' }, resume: null,
    }) }).routes;
    assert.deepEqual([list?.method, list?.path, list?.map['cardId'], list?.map['userId']], ['GET', '/cards?p={page}', 'number', 'user.key']);
    assert.deepEqual([list?.statuses['ON HOLD'], list?.statuses['ACTIVE']], ['paused', 'activated']);
    assert.deepEqual(suspend, { method: 'POST', path: '/pause/{cardId}' });
    assert.equal(resume, null);
  });

  const refused: [unknown, RegExp][] = [
    ['{', /not valid JSON/], ['[]', /JSON object/], [7, /JSON object/], ['null', /JSON object/],
    [{ list: 1 }, /"list"/], [{ liste: {} }, /"liste" is not a route/], [{ toString: null }, /"toString" is not a route/], [{ list: { url: '/x' } }, /"list\.url"/],
    [{ list: { method: 'FETCH' } }, /"list\.method"/], [{ list: { method: ['GET'] } }, /"list\.method"/], [{ list: { path: 'x' } }, /"list\.path"/], [{ list: { path: '//evil.example/x' } }, /"list\.path"/],
    [{ list: { path: 'https://evil.example' } }, /"list\.path"/], [{ list: { path: '/../x' } }, /"list\.path"/], [{ list: { path: '/a b' } }, /"list\.path"/],
    [{ list: { path: '/{cardId}' } }, /\{cardId\}/], [{ resend: { path: '/{newCardId}' } }, /\{newCardId\}/], [{ reissue: { body: { n: '{number}' } } }, /\{number\}/],
    [{ list: { rows: 'a..b' } }, /"list\.rows"/], [{ list: { rows: null } }, /"list\.rows"/], [{ list: { map: { number: 'x' } } }, /"list\.map\.number"/],
    [{ list: { map: { cardId: 1 } } }, /"list\.map\.cardId"/], [{ list: { statuses: { A: 'active' } } }, /"list\.statuses\.A"/], [{ devices: { statuses: {} } }, /"devices\.statuses"/],
    [{ resend: { rows: 'x' } }, /"resend\.rows"/],
  ];
  for (const [routes, expected] of refused) {
    it(`refuse ${JSON.stringify(routes)}`, () => assert.match(refusal({ routes }), new RegExp(`^CONFIG_INVALID: .*${expected.source}`)));
  }
});
