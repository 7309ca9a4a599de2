import assert from 'node:assert/strict';
import fc from 'fast-check';
import { closeSites, codeOf, failureOf, HandClock, no, ok, siteAt, TestPortal, type Answer } from './test-portal';

type Row = Record<string, unknown>;

const row = (n: number, more: Row = {}): Row => ({ number: String(1000 + n), userKey: `u${n}`, status: 'ACTIVE', name: `Person ${n}`, ...more });
const rows = (count: number): Row[] => Array.from({ length: count }, (_, n) => row(n));

describe('the list of a site', () => {
  let portal: TestPortal;
  beforeEach(async () => { portal = await TestPortal.start(); });
  afterEach(async () => { closeSites(); await portal.stop(); });

  /** Answers page n with the n-th record; a later page with the last. */
  function pages(...records: unknown[]): void {
    portal.answer = ({ path, url }) => (path === '/site/4711/card' ? ok(records[Math.min(Number(url.searchParams.get('page')), records.length - 1)]) : undefined);
  }

  const cardIds = async (properties: Record<string, unknown> = {}): Promise<string[]> => (await siteAt(portal, properties).list()).credentials.map(({ cardId }) => cardId);

  it('is read whole, page by page from 0, and not one page further than total', async () => {
    portal.cards = rows(7);
    const clock = new HandClock();
    const list = await siteAt(portal, {}, { clock }).list();
    assert.equal(list.credentials.length, 7);
    assert.equal(list.startedAt, clock.now());
    assert.deepEqual(portal.seen.filter(({ path }) => path.endsWith('/card')).map(({ url }) => url.searchParams.get('page')), ['0', '1', '2']);
  });

  it('has every field that the portal tells', async () => {
    pages({ total: 2, rows: [
      { number: 998877665544, userKey: 4021, status: 'inactive', name: ' Patrick Johnson ', email: 'p@plant.example', phone: '', department: null, title: 'Fitter', startDate: 1_767_225_600_000, endDate: '1798761600000' },
      row(1, { status: 'Activation', startDate: 0, endDate: 253_402_300_799_000 }),
    ] });
    const { credentials } = await siteAt(portal).list();
    assert.deepEqual(credentials, [
      { cardId: '998877665544', userId: '4021', status: 'before-activation', name: 'Patrick Johnson', email: 'p@plant.example', phone: null, department: null, title: 'Fitter', validFrom: '2026-01-01T00:00:00.000Z', validTo: '2027-01-01T00:00:00.000Z' },
      { cardId: '1001', userId: 'u1', status: 'activated', name: 'Person 1', email: null, phone: null, department: null, title: null, validFrom: null, validTo: null },
    ]);
  });

  for (const [word, status] of [
    ['INACTIVE', 'before-activation'], ['Before Activation', 'before-activation'], ['ACTIVE', 'activated'], ['Activation', 'activated'], ['ACTIVATED', 'activated'],
    ['PAUSED', 'paused'], ['SUSPENDED', 'paused'], ['Pausing', 'paused'], ['RESERVED', 'reserved'], ['issuing_reserved', 'reserved'],
  ] as const) {
    it(`knows the status ${word}`, async () => {
      pages({ total: 1, rows: [row(1, { status: word })] });
      assert.equal((await siteAt(portal).list()).credentials[0]?.status, status);
    });
  }

  it('follows the site\'s own route: nested paths, JSON in a text, own words', async () => {
    portal.answer = ({ method, path, body }) => (method === 'POST' && path === '/search'
      ? { json: { data: { items: body.page === '0' ? [{ card: { no: '77' }, user: { key: 'k', meta: '{"name":"Ann"}' }, state: 'on hold' }] : [], count: 1 } } } : undefined);
    const { credentials } = await siteAt(portal, { routes: { list: {
      method: 'POST', path: '/search', body: { page: '{page}', site: '{siteId}' }, rows: 'data.items', total: 'data.count',
      map: { cardId: 'card.no', userId: 'user.key', status: 'state', name: 'user.meta.name' }, statuses: { ON_HOLD: 'paused' },
    } } }).list();
    assert.deepEqual(credentials.map(({ cardId, userId, status, name }) => [cardId, userId, status, name]), [['77', 'k', 'paused', 'Ann']]);
    assert.deepEqual(portal.seen.at(-1)?.body, { page: '0', site: '4711' });
  });

  it('drops deleted rows and skips reserved ones without a number, and counts both', async () => {
    pages({ total: 5, rows: [row(1), row(2, { status: 'DELETED' }), { userKey: 'r', status: 'RESERVED' }] }, { total: 5, rows: [row(2, { name: 'again' }), { userKey: 's', status: 'RESERVED', number: null }] });
    assert.deepEqual(await cardIds(), ['1001', '1002']);
  });

  it('ends with an empty page where there is no total', async () => {
    pages({ rows: rows(3) }, { rows: [row(3)] }, { rows: [] });
    assert.equal((await cardIds()).length, 4);
    pages({ rows: [] });
    assert.deepEqual(await cardIds(), []);
  });

  it('has one page where its route has no {page}', async () => {
    pages({ rows: rows(3) });
    const routes = { list: { path: '/site/{siteId}/card' } };
    assert.equal((await cardIds({ routes })).length, 3);
    pages({ rows: rows(3), total: 4 });
    assert.equal(await codeOf(cardIds({ routes })), 'SITE_ANSWER_INVALID');
  });

  it('may be empty: total 0, with or without rows', async () => {
    for (const record of [{ total: 0, rows: [] }, { total: '0' }, { total: 0, rows: null }]) {
      pages(record);
      assert.deepEqual(await cardIds(), []);
    }
  });

  const broken: [string, unknown[], RegExp][] = [
    ['an empty page before total', [{ total: 5, rows: rows(3) }, { total: 5, rows: [] }], /page 1 is empty.*5 rows.*3 came/],
    ['a page that repeats', [{ total: 5, rows: rows(3) }], /page 1 brings only rows that came before/],
    ['a page that repeats, without a total', [{ rows: rows(3) }], /page 1 brings only rows/],
    ['more rows than announced', [{ total: 2, rows: rows(3) }], /2 rows were announced and 3 came/],
    ['another total in the middle', [{ total: 5, rows: rows(3) }, { total: 4, rows: [row(3)] }], /changed to 4 at page 1/],
    ['a total that vanishes', [{ total: 5, rows: rows(3) }, { rows: [row(3), row(4)] }], /changed to none/],
    ['a total that is none', [{ total: 'many', rows: rows(3) }], /record\.total/],
    ['no rows', [{ total: 3 }], /no rows at record\.rows/], ['rows that are one object', [{ total: 1, rows: row(1) }], /no rows at/],
    ['a row that is no object', [{ total: 1, rows: ['x'] }], /row 1 of page 0 is no object/],
    ['a row without a number', [{ total: 2, rows: [row(1), row(2, { number: undefined })] }], /row 2 of page 0 has no card number at number/],
    ['a number with a leading zero', [{ total: 1, rows: [row(1, { number: '0123' })] }], /card number/],
    ['a number that lost digits', [{ total: 1, rows: [row(1, { number: 2 ** 53 + 2 })] }], /card number/],
    ['a number with a fraction', [{ total: 1, rows: [row(1, { number: 1.5 })] }], /card number/],
    ['a row without a user', [{ total: 1, rows: [row(1, { userKey: ' ' })] }], /has no user at userKey/],
    ['a status that is not known', [{ total: 1, rows: [row(1, { status: 'Patrick Johnson' })] }], /no status that is known at status/],
    ['a time that is none', [{ total: 1, rows: [row(1, { endDate: 'tomorrow' })] }], /no time at endDate/],
    ['one number for two users', [{ total: 2, rows: [row(1), row(1, { userKey: 'other' })] }], /another user/],
    ['the same row twice instead of two', [{ total: 3, rows: [row(1), row(1), row(2)] }, { total: 3, rows: [] }], /page 1 is empty/],
  ];
  for (const [words, records, expected] of broken) {
    it(`is SITE_ANSWER_INVALID with ${words}`, async () => {
      pages(...records);
      const error = await failureOf(cardIds());
      assert.equal(error.code, 'SITE_ANSWER_INVALID');
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /Person|Patrick/);
    });
  }

  const refused: [string, Answer, string][] = [
    ['HTML', { text: '<html>' }, 'SITE_ANSWER_INVALID'], ['cut JSON', { text: '{"record":{"rows":[{"num' }, 'SITE_ANSWER_INVALID'],
    ['404 of the server', { status: 404, text: '<html>' }, 'NOT_SUPPORTED'], ['404 of the framework', no(404, 'Cannot GET /site/4711/card'), 'NOT_SUPPORTED'],
    ['404 for the site', no(404, 'Site not found'), 'SITE_NOT_FOUND'], ['405', no(405, 'x'), 'NOT_SUPPORTED'], ['403', no(403, 'x'), 'PERMISSION_DENIED'], ['400', no(400, 'x'), 'SITE_ANSWER_INVALID'],
  ];
  for (const [words, answer, code] of refused) {
    it(`is ${code} after ${words}`, async () => {
      portal.answer = ({ path }) => (path === '/site/4711/card' ? answer : undefined);
      const site = siteAt(portal);
      assert.equal(await codeOf(site.list()), code);
      assert.equal(site.capabilities().includes('list'), code !== 'NOT_SUPPORTED');
    });
  }

  it('is never short: whatever is cut out or doubled on the way, it is whole or refused', async () => {
    const mishap = fc.record({ kind: fc.constantFrom('none', 'drop', 'double', 'swap', 'empty'), page: fc.nat(4), index: fc.nat(2) });
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 12 }), fc.boolean(), fc.array(mishap, { maxLength: 3 }), async (count, hasTotal, mishaps) => {
      const all = rows(count);
      const cut: Row[][] = Array.from({ length: Math.ceil(count / 3) + 1 }, (_, page) => all.slice(page * 3, page * 3 + 3));
      for (const { kind, page, index } of mishaps) {
        const at = cut[page];
        if (at === undefined || at.length <= index) continue;
        if (kind === 'drop' && hasTotal) at.splice(index, 1);
        if (kind === 'double') at.push(at[index]!);
        if (kind === 'swap') cut[page] = [...cut[0]!];
        if (kind === 'empty' && hasTotal) cut[page] = [];
      }
      pages(...cut.map((found) => ({ rows: found, ...(hasTotal ? { total: count } : {}) })));
      const site = siteAt(portal);
      const got = await site.list().then(({ credentials }) => credentials.map(({ cardId }) => cardId), (error: unknown) => (error as { code: string }).code);
      site.close();
      if (got === 'SITE_ANSWER_INVALID') return;
      // Without a total nobody can know that a page was another one's copy in the middle.
      const swapped = !hasTotal && mishaps.some(({ kind }) => kind === 'swap');
      if (!swapped) assert.deepEqual(new Set(got), new Set(all.map(({ number }) => number)));
    }), { numRuns: 150 });
  });
});

describe('the registered devices of a site', () => {
  let portal: TestPortal;
  beforeEach(async () => { portal = await TestPortal.start(); });
  afterEach(async () => { closeSites(); await portal.stop(); });

  function devices(...records: unknown[]): void {
    portal.answer = ({ path, url }) => (path === '/site/4711/device' ? ok(records[Math.min(Number(url.searchParams.get('page')), records.length - 1)]) : undefined);
  }

  it('are read to the end: an empty page, a total, or a page that repeats', async () => {
    const all = [{ id: 541_531_007, name: 'North' }, { id: 'B' }];
    const expected = [{ device: '541531007', name: 'North' }, { device: 'B', name: null }];
    for (const records of [[{ rows: all }, { rows: [] }], [{ rows: all, total: '2' }], [{ rows: all }], [{ rows: [all[0]] }, { rows: [all[1]] }, { rows: [] }]]) {
      devices(...records);
      assert.deepEqual(await siteAt(portal).devices(), expected);
    }
  });

  it('are SITE_ANSWER_INVALID where one has no ID, or fewer come than announced', async () => {
    devices({ rows: [{ name: 'North' }] });
    assert.equal(await codeOf(siteAt(portal).devices()), 'SITE_ANSWER_INVALID');
    devices({ rows: [{ id: 'A' }], total: 2 }, { rows: [{ id: 'A' }], total: 2 });
    assert.equal(await codeOf(siteAt(portal).devices()), 'SITE_ANSWER_INVALID');
  });

  it('are NOT_SUPPORTED where the portal has no such route, which is then no longer offered', async () => {
    portal.answer = ({ path }) => (path === '/site/4711/device' ? no(404, 'Cannot GET /site/4711/device') : undefined);
    const site = siteAt(portal);
    assert.equal(await codeOf(site.devices()), 'NOT_SUPPORTED');
    assert.ok(!site.capabilities().includes('devices'));
    assert.equal(await codeOf(Promise.resolve().then(() => siteAt(portal, { routes: '{"devices":null}' }).devices())), 'NOT_SUPPORTED');
  });
});
