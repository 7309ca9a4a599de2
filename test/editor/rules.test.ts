/** The rules of mc-access in a real editor: filled in, checked, and the same as text. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser, Locator } from 'playwright-core';
import { readRules } from '../../nodes/access/rules/read-rules';
import { type RunningNodeRed, startNodeRed } from '../support/node-red';
import { EditorPage, findChromium, launch } from './editor-page';
import { sampleFlow } from './sample-flow';

const NODE = 'n-mc-access';
const EXAMPLE = /```json\n([\s\S]*?)```/.exec(readFileSync('docs/rules.md', 'utf8'))![1]!;

describe('rules dialog', function () {
  this.timeout(60_000);
  let browser: Browser | null = null;
  let nodeRed: RunningNodeRed | null = null;
  let editor: EditorPage;

  const withRules = async (rules: unknown): Promise<void> => {
    await editor.page.evaluate(([id, text]) => { (globalThis as any).RED.nodes.node(id).rules = text; }, [NODE, rules] as const);
  };
  const saved = async (): Promise<{ text: unknown; rules: any; valid: boolean; errors: string[] }> => {
    const { properties, valid, errors } = await editor.node(NODE);
    const text = properties['rules'];
    let rules: unknown = null;
    try { rules = JSON.parse(String(text)); } catch { /* looked at as text */ }
    return { text, rules, valid, errors };
  };
  const open = async (rules?: unknown): Promise<void> => {
    if (rules !== undefined) await withRules(typeof rules === 'string' ? rules : JSON.stringify(rules));
    await editor.edit(NODE);
    // A tray that still slides in takes no click.
    await editor.page.waitForTimeout(300);
  };
  const part = (name: string): Locator => editor.page.locator(`.mc-rules-part[data-part=${name}]`);
  const unfoldPart = async (name: string): Promise<void> => {
    if (await part(name).getAttribute('open') === null) await part(name).locator('> summary').click();
  };
  /** The last entry of a part, just added, with its name typed. */
  const add = async (name: string, called: string | null): Promise<Locator> => {
    await unfoldPart(name);
    await part(name).locator('> div > .red-ui-editableList > .red-ui-editableList-addButton').click();
    const entry = part(name).locator('> div > .red-ui-editableList > .red-ui-editableList-container > ol > li').last();
    if (called !== null) {
      const input = entry.locator('.mc-rules-head input');
      await input.fill(called);
      await input.press('Tab');
    }
    return entry;
  };
  const fill = async (entry: Locator, label: string, value: string): Promise<void> => {
    const field = entry.getByLabel(label, { exact: true });
    if (await field.evaluate((element: any) => element.tagName === 'SELECT')) await field.selectOption({ label: value });
    else {
      await field.fill(value);
      await field.blur();
    }
  };
  const row = async (entry: Locator, group: string, ...values: (string | { choose: string })[]): Promise<void> => {
    const rows = entry.getByRole('group', { name: group, exact: true });
    await rows.locator('.red-ui-editableList-addButton').click();
    const cells = rows.locator('.mc-rules-row').last().locator('input, select');
    for (const [index, value] of values.entries()) {
      if (typeof value !== 'string') await cells.nth(index).selectOption({ label: value.choose });
      else if (value !== '') {
        await cells.nth(index).fill(value);
        await cells.nth(index).blur();
      }
    }
  };
  const problems = async (): Promise<string[]> => {
    await editor.page.waitForTimeout(350);
    return editor.page.locator('.mc-rules-problems li').allInnerTexts();
  };
  const show = async (view: 'tables' | 'json'): Promise<void> => {
    // Node-RED takes two clicks on its tabs within this time for a double click.
    await editor.page.waitForTimeout(450);
    await editor.page.click(`.mc-form a[href="#mc-rules-${view}"]`);
  };

  before(async function () {
    const chromium = findChromium();
    if (chromium === null) this.skip();
    browser = await launch(chromium);
    nodeRed = await startNodeRed();
    await nodeRed.deploy(sampleFlow());
    editor = await EditorPage.open(browser, nodeRed.url);
  });

  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      await editor.screenshot('rules-failed');
      await editor.closeDialogs();
    }
  });

  it('is filled in part by part, and holds what was typed', async () => {
    await open('');
    await fill(editor.page.locator('.mc-form'), 'Which rules these are', 'Plant north');
    await fill(editor.page.locator('.mc-form'), 'Time zone', 'Europe/Berlin');

    const calendar = await add('calendars', 'national');
    await row(calendar, 'Days', '12-25', '', '', 'Christmas');
    await row(calendar, 'Days', '2026-12-27', '2026-12-31', '09:00-12:00');

    const office = await add('schedules', 'office');
    await fill(office, 'Monday to Friday', '08:00 - 12:30 13:00-18:00');
    await fill(office, 'Friday', '08:00-12:00');
    await fill(office, 'Sunday', 'off');
    await fill(office, 'Follows the calendar', 'national');
    await fill(office, 'On its days', 'off');
    await fill(await add('schedules', 'night'), 'Every day', '22:00-06:00');

    const every = await add('doors', '*');
    await fill(every, 'Lock out a reader', 'yes');
    await fill(every, 'After failures in a row', '4');
    const front = await add('doors', 'Front door');
    await fill(front, 'Free access', 'yes');
    await fill(front, 'Unlocked while', 'office');
    await front.getByLabel('From the first card on').check();
    await fill(front, 'Lock out a reader', 'no');
    await fill(front, 'When data is old', 'allow and flag');
    const gate = await add('doors', 'Gate');
    await fill(gate, 'Open to cards while', 'night');
    await fill(gate, 'Who leaves', 'is asked, too (check)');
    const vault = await add('doors', 'Vault');
    await fill(vault, 'Open to cards while', 'none');
    await fill(vault, 'Two persons', 'yes');
    await fill(vault, 'Within (s)', '20');
    await fill(vault, 'Only of these user IDs', '17, 4021');

    const group = await add('groups', 'north');
    await row(group, 'Doors', 'Front door');
    await row(group, 'Doors', 'Gate');

    const area = await add('areas', 'vault');
    await row(area, 'Entered by', 'Vault');
    await row(area, 'Left by', 'Vault', { choose: 'outward' });
    await fill(area, 'Anti-passback', 'yes');
    await fill(area, 'Who is inside already', 'is denied for a time (timed)');
    await fill(area, 'Forget after (min)', '30');
    await fill(area, 'Persons at most', '4');
    await fill(area, 'Empty again at', '04:00, 16:00');

    const interlock = await add('interlocks', null);
    await row(interlock, 'Doors', 'Gate');
    await row(interlock, 'Doors', 'Vault');
    await fill(interlock, 'After a grant for (s)', '12');

    const person = await add('persons', '4021');
    await fill(person, 'Enters only while', 'office');
    await row(person, 'And only while, at', 'north', { choose: 'night' });
    await person.getByLabel('Door opens for longer').check();
    await person.getByLabel('Passes a lockdown').check();
    await person.getByLabel('Never asked of anti-passback').check();
    await fill(person, 'Duress cards', '990017, 990018');

    assert.deepEqual(await problems(), []);
    await editor.screenshot('rules-filled');
    await editor.save();
    const { rules, text, valid, errors } = await saved();
    assert.deepEqual({ valid, errors }, { valid: true, errors: [] });
    assert.deepEqual(rules, {
      version: 1, name: 'Plant north', timeZone: 'Europe/Berlin',
      calendars: { national: [{ on: '12-25', name: 'Christmas' }, { from: '2026-12-27', to: '2026-12-31', hours: ['09:00-12:00'] }] },
      schedules: {
        office: { weekdays: ['08:00-12:30', '13:00-18:00'], friday: ['08:00-12:00'], sunday: [], calendar: 'national', holidays: [] },
        night: { everyday: ['22:00-06:00'] },
      },
      doors: {
        '*': { lockout: { afterFailures: 4 } },
        'Front door': { freeAccess: { schedule: 'office', afterFirstCard: true }, lockout: null, whenDataOld: 'allow-and-flag' },
        Gate: { schedule: 'night', leaving: 'check' },
        Vault: { schedule: null, twoPersons: { withinSeconds: 20, among: ['17', '4021'] } },
      },
      groups: { north: ['Front door', 'Gate'] },
      areas: {
        vault: { entries: ['Vault'], exits: [{ door: 'Vault', direction: 'out' }], antiPassback: { mode: 'timed', forgetAfterMinutes: 30 }, occupancyLimit: 4, resetAt: ['04:00', '16:00'] },
      },
      interlocks: [{ doors: ['Gate', 'Vault'], seconds: 12 }],
      persons: { 4021: { schedule: 'office', schedules: { north: 'night' }, extendedTime: true, passesLockdown: true, antiPassback: false, duressCards: ['990017', '990018'] } },
    });
    readRules(rules);

    await open();
    for (const name of ['doors', 'areas', 'persons', 'calendars', 'schedules', 'groups', 'interlocks']) {
      await unfoldPart(name);
      for (const fold of await part(name).locator('.mc-rules-fold').all()) await fold.click();
    }
    const shown = (label: string, at: Locator): Promise<string> => at.getByLabel(label, { exact: true }).inputValue();
    assert.deepEqual([await shown('On its days', part('schedules').locator('li').first()), await shown('Duress cards', part('persons')), await shown('Persons at most', part('areas'))], ['off', '990017, 990018', '4']);
    await editor.save();
    assert.equal((await saved()).text, text);
  });

  it('changes nothing of rules that nobody touches, however they are written', async () => {
    for (const rules of ['', '{}', EXAMPLE, '{"persons":{"9":{"antiPassback":true}},  "doors" : {"b":{},"a":{ "extra": 1 }}}', '{ "groups": [] }']) {
      await open(rules);
      for (const name of ['schedules', 'doors', 'persons', 'groups']) {
        await unfoldPart(name);
        for (const fold of await part(name).locator('.mc-rules-fold').all()) await fold.click();
      }
      await show('json');
      await show('tables');
      await editor.save();
      assert.equal((await saved()).text, rules);
    }
  });

  it('is the same document as tables and as text, in both directions, and loses nothing that only the text has', async () => {
    await open({ version: 1, note: 'ours', doors: { A: { colour: 'red' } }, schedules: { s: { everyday: 'always' } }, calendars: { c: [{ on: '12-25', remark: 'x' }, 5] }, areas: [] });
    const name = 'Which rules these are';
    await fill(editor.page.locator('.mc-form'), name, 'First');
    await unfoldPart('doors');
    await part('doors').locator('.mc-rules-fold').click();
    await fill(part('doors'), 'When data is old', 'deny');
    await unfoldPart('schedules');
    await part('schedules').locator('.mc-rules-fold').click();
    assert.equal(await part('schedules').getByLabel('Every day', { exact: true }).isDisabled(), true);
    await unfoldPart('areas');
    assert.match(await part('areas').innerText(), /can be shown as JSON only/);
    const found = await problems();
    for (const path of ['note: is not known', 'doors.A.colour: is not known', 'schedules.s.everyday', 'calendars.c[0].remark', 'calendars.c[1]', 'areas: must be an object']) {
      assert.ok(found.some((problem) => problem.startsWith(path)), `${path} in\n${found.join('\n')}`);
    }
    await show('json');
    const text = editor.page.locator('#node-input-rules');
    assert.deepEqual(JSON.parse(await text.inputValue()), {
      version: 1, note: 'ours', doors: { A: { colour: 'red', whenDataOld: 'deny' } }, schedules: { s: { everyday: 'always' } }, calendars: { c: [{ on: '12-25', remark: 'x' }, 5] }, areas: [], name: 'First',
    });
    await text.fill(JSON.stringify({ name: 'Second', doors: { B: {} } }));
    await show('tables');
    assert.equal(await editor.page.locator('.mc-form').getByLabel(name).inputValue(), 'Second');
    await unfoldPart('doors');
    assert.equal(await part('doors').locator('.mc-rules-head input').inputValue(), 'B');
    assert.deepEqual(await problems(), []);
    await editor.save();
    assert.deepEqual((await saved()).rules, { name: 'Second', doors: { B: {} } });
  });

  it('says everything that is wrong, marks the node, and leads to the field', async () => {
    await open({ timeZone: 'Berlin', schedules: { s: { monday: ['8-9'] } }, doors: { A: { schedule: 'none', freeAccess: {} } }, persons: { 17: { schedules: { Nowhere: 's' } } } });
    const found = await problems();
    assert.deepEqual(found.map((problem) => problem.split(': ')[0]), ['timeZone', 'schedules.s.monday', 'doors.A.schedule', 'doors.A.freeAccess.schedule', 'persons.17.schedules.Nowhere']);
    await editor.screenshot('rules-wrong');
    await editor.page.locator('.mc-rules-problems li button').nth(2).click();
    const at = await editor.page.evaluate(() => { const field = (globalThis as any).document.activeElement; return { label: field.labels?.[0]?.textContent, value: field.value, invalid: field.getAttribute('aria-invalid') }; });
    assert.deepEqual(at, { label: 'Open to cards while', value: 'none', invalid: 'true' });
    for (const index of [0, 1, 3, 4]) {
      await editor.page.locator('.mc-rules-problems li button').nth(index).click();
      assert.ok(await editor.page.evaluate(() => (globalThis as any).$((globalThis as any).document.activeElement).closest('.mc-rules-wrong').length > 0), found[index]);
    }
    await editor.screenshot('rules-wrong-open');
    await editor.save();
    const { valid, errors } = await saved();
    assert.equal(valid, false);
    assert.match(errors.join('\n'), /timeZone: "Berlin" is no time zone.*\(and 4 more\)/);
    await open();
    await fill(editor.page.locator('.mc-form'), 'Time zone', '');
    await unfoldPart('persons');
    await part('persons').locator('.red-ui-editableList-item-remove').first().click();
    await unfoldPart('doors');
    await part('doors').locator('.red-ui-editableList-item-remove').first().click();
    await unfoldPart('schedules');
    await part('schedules').locator('.mc-rules-fold').click();
    await fill(part('schedules'), 'Monday', '08:00-09:00');
    assert.deepEqual(await problems(), []);
    await editor.save();
    assert.deepEqual([(await saved()).rules, (await saved()).valid], [{ schedules: { s: { monday: ['08:00-09:00'] } } }, true]);
  });

  it('shows a variable and text that is no document as text alone, and keeps both', async () => {
    for (const [rules, valid] of [['${RULES}', true], ['{ "doors":', false], ['[]', false]] as const) {
      await open(rules);
      assert.equal(await editor.page.locator('#node-input-rules').isVisible(), true, rules);
      await show('tables');
      assert.equal(await editor.page.locator('.mc-rules-part').count(), 0);
      await editor.save();
      const node = await saved();
      assert.deepEqual([node.text, node.valid], [rules, valid]);
    }
  });

  it('goes by the keyboard', async () => {
    await open(EXAMPLE);
    const { page } = editor;
    const focused = (): Promise<string> => page.evaluate(() => { const at = (globalThis as any).document.activeElement; return String(at.getAttribute('aria-label') ?? at.getAttribute('href') ?? at.textContent ?? '').trim(); });
    const tabTo = async (wanted: RegExp): Promise<void> => {
      for (let step = 0; step < 60; step += 1) {
        if (wanted.test(await focused())) return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`no way to ${String(wanted)}; stopped at ${await focused()}`);
    };
    await page.focus('#node-input-rulesFile');
    await tabTo(/^#mc-rules-tables$/);
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator('#node-input-rules').isVisible(), true);
    assert.equal(await focused(), '#mc-rules-json');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator('#node-input-rules').isVisible(), false);
    await tabTo(/^Groups|^Door groups/);
    await page.keyboard.press('Enter');
    await tabTo(/^Show the fields of north$/);
    await page.keyboard.press('Enter');
    await tabTo(/^add a door$/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('Outer');
    await page.keyboard.press('Tab');
    await tabTo(/^add a group$/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('south');
    await page.keyboard.press('Tab');
    await tabTo(/^Remove$/);
    await page.keyboard.press('Enter');
    await editor.save();
    assert.deepEqual((await saved()).rules.groups, { north: ['Front door', 'Gate', 'Outer'] });
  });

  it('has a label and words for every field of every part', async () => {
    await open(EXAMPLE);
    const look = async (): Promise<void> => {
      for (const name of await editor.page.locator('.mc-rules-part').evaluateAll((all: any[]) => all.map((one) => String(one.dataset.part)))) {
        await unfoldPart(name);
        for (const fold of await part(name).locator('.mc-rules-fold').all()) await fold.click();
      }
      const fields = (await editor.fields()).filter(({ visible }) => visible);
      assert.ok(fields.length > 60);
      assert.deepEqual(fields.filter(({ labelled }) => !labelled), []);
      const words = await editor.words() + (await editor.page.locator('.mc-form [placeholder], .mc-form [aria-label], .mc-form [title]').evaluateAll((all: any[]) => all.map((one) => `${one.placeholder ?? ''}\n${one.getAttribute('aria-label') ?? ''}\n${one.title ?? ''}`))).join('\n');
      assert.doesNotMatch(words, /mc-access\.|rules\.|undefined|__\w+__/);
    };
    await look();
    const ids = await editor.page.locator('.mc-form [id]').evaluateAll((all: any[]) => all.map((one) => String(one.id)));
    assert.equal(new Set(ids).size, ids.length);
    await editor.cancel();
  });

  it('lets everything follow a new name, and gives no name twice', async () => {
    await open(EXAMPLE);
    await unfoldPart('persons');
    for (const fold of await part('persons').locator('.mc-rules-fold').all()) await fold.click();
    await unfoldPart('schedules');
    const name = part('schedules').locator('.mc-rules-head input').first();
    await name.fill('visitors');
    await name.blur();
    assert.match(await part('schedules').innerText(), /There is a “visitors” already/);
    assert.equal(await name.inputValue(), 'office');
    await name.fill('day shift');
    await name.blur();
    assert.equal(await part('persons').getByLabel('Enters only while').nth(1).inputValue(), 'day shift');
    assert.deepEqual(await problems(), []);
    await editor.save();
    const { rules } = await saved();
    assert.deepEqual([Object.keys(rules.schedules), rules.doors.Gate.schedule, rules.persons['4021'].schedule], [['day shift', 'night', 'visitors'], 'day shift', 'day shift']);
  });

  it('keeps what has no name yet, and says so', async () => {
    await open('');
    await fill(await add('persons', null), 'Duress cards', '5');
    assert.deepEqual(await problems(), ['persons.: has no name']);
    await part('persons').locator('> div > .red-ui-editableList > .red-ui-editableList-addButton').click();
    assert.equal(await part('persons').locator('.mc-rules-head').count(), 1);
    await editor.save();
    assert.deepEqual([(await saved()).rules, (await saved()).valid], [{ version: 1, persons: { '': { duressCards: ['5'] } } }, false]);
  });

  it('offers the doors of the flows, and declares one that a group names', async () => {
    await open('');
    const group = await add('groups', 'all');
    await row(group, 'Doors', 'Front door');
    await row(group, 'Doors', 'Nowhere');
    const offered = await group.locator('datalist').last().locator('option').evaluateAll((all: any[]) => all.map(({ value }) => String(value)));
    assert.deepEqual(offered, ['Front door']);
    assert.deepEqual(await problems(), ['groups.all[1]: there is no door "Nowhere" in "doors"']);
    assert.match(await part('doors').locator('summary').innerText(), /Doors \(1\)/);
    await editor.save();
    assert.deepEqual((await saved()).rules, { version: 1, groups: { all: ['Front door', 'Nowhere'] }, doors: { 'Front door': {} } });
  });

  it('stays usable with many persons: they are found by name', async () => {
    const persons = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`u${String(index)}`, { extendedTime: true }]));
    await open({ persons });
    await unfoldPart('persons');
    assert.equal(await part('persons').locator('.mc-rules-head').count(), 50);
    assert.match(await part('persons').innerText(), /1950 more/);
    await part('persons').getByLabel('Find by name').fill('u1999');
    assert.equal(await part('persons').locator('.mc-rules-head').count(), 1);
    await part('persons').locator('.mc-rules-fold').click();
    await part('persons').getByLabel('Door opens for longer').uncheck();
    await editor.save();
    const { rules } = await saved();
    assert.deepEqual([Object.keys(rules.persons).length, rules.persons.u1999, rules.persons.u0], [2000, {}, { extendedTime: true }]);
  });

  it('takes a file inside the user directory in place of the rules', async () => {
    await open(EXAMPLE);
    assert.equal(await editor.page.getByText('takes the place of the rules below').isVisible(), false);
    await editor.page.fill('#node-input-rulesFile', '../rules.json');
    await editor.page.press('#node-input-rulesFile', 'Tab');
    assert.equal(await editor.page.getByText('takes the place of the rules below').isVisible(), true);
    await editor.save();
    assert.match((await saved()).errors.join('\n'), /Rules from file: a file inside/);
    await open();
    await editor.page.fill('#node-input-rulesFile', 'rules/plant-north.json');
    await editor.save();
    const { properties, valid } = await editor.node(NODE);
    assert.deepEqual([properties['rulesFile'], properties['rules'], valid], ['rules/plant-north.json', EXAMPLE, true]);
  });

  it('has four outputs, each with its words', async () => {
    const labels = await editor.page.evaluate(() => {
      const definition = (globalThis as any).RED.nodes.getType('mc-access');
      return Array.from({ length: definition.outputs }, (_, index) => definition.outputLabels(index));
    });
    assert.deepEqual(labels, ['granted', 'denied', 'orders to doors', 'answers and events']);
  });

  it('raised no error', () => { assert.deepEqual(editor.errors, []); });
});
