/** Every dialog in a real editor: opened, looked at, filled, saved, opened again. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type RunningNodeRed, startNodeRed } from '../support/node-red';
import { EditorPage, findChromium, launch } from './editor-page';
import { CREDENTIALS, OTHERS, REFERENCES, SAMPLES, sampleFlow, TYPES, variableFlow } from './sample-flow';

const MINUTE = 60_000;
/** What a person has to fill in; all else in the sample are the defaults of the contract. */
const FILLED_IN = [...REFERENCES, 'siteId', 'host', 'profile', 'door', 'contact', 'exit', 'httpPort', 'modbusPort'];
const nodeOf = (type: string): string => `n-${type}`;
const prefix = (type: string): string => (['mc-site', 'mc-store', 'mc-line', 'mc-controller'].includes(type) ? 'node-config-input' : 'node-input');

describe('dialogs', function () {
  this.timeout(MINUTE);
  let browser: Browser | null = null;
  let nodeRed: RunningNodeRed | null = null;
  let editor: EditorPage;

  const openEditor = async (flow: readonly object[], locale?: string): Promise<void> => {
    assert.ok(nodeRed !== null && browser !== null);
    await nodeRed.deploy(flow, CREDENTIALS);
    editor = await EditorPage.open(browser, nodeRed.url, locale);
  };

  before(async function () {
    const chromium = findChromium();
    if (chromium === null) this.skip();
    browser = await launch(chromium);
    nodeRed = await startNodeRed();
  });

  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await editor.closeDialogs();
  });

  describe('filled in as a person would', () => {
    before(() => openEditor(sampleFlow()));
    after(() => editor.close());

    it('finds no fault in any node, and gives each a label', async () => {
      for (const type of TYPES) {
        const { valid, errors, label } = await editor.node(nodeOf(type));
        assert.deepEqual({ type, valid, errors }, { type, valid: true, errors: [] });
        assert.ok(label !== '' && !label.includes(`${type}.`), `${type}: ${label}`);
      }
    });

    for (const type of TYPES) {
      it(`${type}: every field has its label and its words, and saving changes nothing`, async () => {
        const before = await editor.node(nodeOf(type));
        await editor.edit(nodeOf(type));
        await editor.screenshot(type);
        const fields = await editor.fields();
        assert.deepEqual(fields.filter(({ id, visible, labelled }) => visible && id !== '' && !labelled).map(({ id }) => id), []);
        assert.deepEqual(fields.filter(({ visible, error }) => visible && error).map(({ id }) => id), []);
        const shown = Object.keys(SAMPLES[type] as object).filter((name) => fields.some(({ id }) => id === `${prefix(type)}-${name}`));
        assert.deepEqual(shown, Object.keys(SAMPLES[type] as object));
        const words = await editor.words();
        assert.doesNotMatch(words, /\bmc-[a-z]+\.|common\.|__\w+__/);
        await editor.save();
        assert.deepEqual((await editor.node(nodeOf(type))).properties, before.properties);
      });
    }

    // Doors and readers first: another controller would take their channels away.
    for (const type of [...TYPES].reverse()) {
      it(`${type}: what was typed is there again`, async () => {
        await editor.edit(nodeOf(type));
        await fill(editor.page, type, OTHERS[type] as Record<string, unknown>);
        await editor.save();
        const { properties, valid, errors } = await editor.node(nodeOf(type));
        assert.deepEqual({ valid, errors }, { valid: true, errors: [] });
        assert.deepEqual(properties, { ...SAMPLES[type], ...OTHERS[type], schemaVersion: '1' });
        await editor.edit(nodeOf(type));
        await editor.save();
        assert.deepEqual((await editor.node(nodeOf(type))).properties, properties);
      });
    }

    it('exports the properties and no secret, and raised no error', async () => {
      const exported = await editor.page.evaluate(() => JSON.stringify((globalThis as any).RED.nodes.createCompleteNodeSet(false)));
      assert.ok(!exported.includes(CREDENTIALS['n-mc-site'].password) && !exported.includes(CREDENTIALS['n-mc-site'].email));
      assert.deepEqual(editor.errors, []);
    });
  });

  describe('held by variables', () => {
    before(() => openEditor(variableFlow()));
    after(() => editor.close());

    for (const type of TYPES) {
      it(`${type}: is valid, and every variable survives opening and saving`, async () => {
        const before = await editor.node(nodeOf(type));
        assert.deepEqual({ valid: before.valid, errors: before.errors }, { valid: true, errors: [] });
        await editor.edit(nodeOf(type));
        if (['mc-door', 'mc-watch', 'mc-import'].includes(type)) await editor.screenshot(`${type}-variables`);
        await editor.save();
        assert.deepEqual((await editor.node(nodeOf(type))).properties, before.properties);
      });
    }

    it('raised no error', () => { assert.deepEqual(editor.errors, []); });
  });

  describe('in use', () => {
    before(() => openEditor(sampleFlow()));
    after(() => editor.close());

    const visible = async (type: string, ...names: string[]): Promise<boolean[]> => {
      const fields = await editor.fields();
      return names.map((name) => fields.find(({ id }) => id === `${prefix(type)}-${name}`)?.visible ?? false);
    };

    it('shows of a line what its transport needs', async () => {
      await editor.edit('n-mc-line');
      assert.deepEqual(await visible('mc-line', 'host', 'port', 'path', 'baudRate', 'parity'), [true, true, false, false, false]);
      await editor.page.selectOption('#node-config-input-transport', 'serial');
      await editor.screenshot('mc-line-serial');
      assert.deepEqual(await visible('mc-line', 'host', 'port', 'path', 'baudRate', 'parity'), [false, false, true, true, true]);
      await editor.cancel();
    });

    it('shows of a site what its provider needs', async () => {
      await editor.edit('n-mc-site');
      assert.deepEqual(await visible('mc-site', 'routes', 'messaging'), [true, true]);
      await editor.page.selectOption('#node-config-input-provider', 'biostar');
      assert.deepEqual(await visible('mc-site', 'routes', 'messaging'), [false, true]);
      await editor.screenshot('mc-site-biostar');
      await editor.cancel();
    });

    it('shows of a door what the way to it needs', async () => {
      await editor.edit('n-mc-door');
      assert.deepEqual(await visible('mc-door', 'strike', 'siteDoor', 'contactClosedIs', 'tamperActiveIs'), [true, false, true, false]);
      await editor.page.selectOption('#node-input-via', 'site');
      assert.deepEqual(await visible('mc-door', 'strike', 'debounceMs', 'siteDoor', 'maxDecisionAgeMs'), [false, false, true, true]);
      await editor.screenshot('mc-door-site');
      await editor.cancel();
    });

    it('has no address for a BioStar server, and asks for no site ID there', async () => {
      await editor.edit('n-mc-site');
      const fields = { provider: '#node-config-input-provider', domain: '#node-config-input-domain', siteId: '#node-config-input-siteId' };
      const { page } = editor;
      await page.selectOption(fields.provider, 'biostar');
      assert.equal(await page.inputValue(fields.domain), '');
      await page.selectOption(fields.provider, 'portal');
      assert.equal(await page.inputValue(fields.domain), 'https://api.mc.suprema.io');
      await page.selectOption(fields.provider, 'biostar');
      await page.fill(fields.siteId, '');
      await editor.save();
      assert.deepEqual((await editor.node('n-mc-site')).errors, ['Address: fill this in']);
      await editor.edit('n-mc-site');
      await page.fill(fields.domain, 'https://api.mc.suprema.io');
      await editor.save();
      assert.match((await editor.node('n-mc-site')).errors.join('\n'), /not that of the portal/);
      await editor.edit('n-mc-site');
      await page.fill(fields.domain, 'https://biostar.example:8443');
      await editor.save();
      const { valid, label } = await editor.node('n-mc-site');
      assert.deepEqual([valid, label], [true, 'BioStar biostar.example:8443']);
      await editor.edit('n-mc-site');
      await page.selectOption(fields.provider, 'portal');
      assert.equal(await page.inputValue(fields.domain), 'https://biostar.example:8443');
      await page.fill(fields.domain, 'https://api.mc.suprema.io');
      await page.fill(fields.siteId, '4711');
      await editor.save();
    });

    it('shows of site users what its action needs', async () => {
      await editor.edit('n-mc-user');
      assert.deepEqual(await visible('mc-user', 'conflict'), [true]);
      assert.equal(await editor.page.locator('.mc-form .mc-mapping').isVisible(), true);
      for (const action of ['delete-all', 'import-csv']) {
        await editor.page.selectOption('#node-input-action', action);
        assert.deepEqual(await visible('mc-user', 'conflict'), [action === 'import-csv']);
        await editor.screenshot(`mc-user-${action}`);
      }
      await editor.page.click('.mc-form .mc-mapping-switch');
      await editor.page.fill('#node-input-mapping', '{ "csn": "csn_mobile" }');
      await editor.save();
      assert.match((await editor.node('n-mc-user')).errors.join('\n'), /“csn” is no mobile credential/);
    });

    it('shows of a bulk issue what its mode needs', async () => {
      await editor.edit('n-mc-import');
      const names = ['conflict', 'maxRows', 'concurrency'];
      assert.deepEqual(await visible('mc-import', ...names), [true, true, false]);
      await editor.page.selectOption('#node-input-mode', 'commit');
      assert.deepEqual(await visible('mc-import', ...names), [false, false, true]);
      await editor.screenshot('mc-import-commit');
      await editor.page.selectOption('#node-input-mode', '');
      assert.deepEqual(await visible('mc-import', ...names), [true, true, true]);
      await editor.cancel();
    });

    it('turns a select, a tick and a list into a variable and back', async () => {
      await editor.edit('n-mc-watch');
      const switches = editor.page.locator('.mc-form .mc-variable-switch:visible');
      for (let index = 0; index < await switches.count(); index += 1) await switches.nth(index).click();
      for (const name of ['statuses', 'initial', 'adopt']) await editor.page.fill(`#node-input-${name}`, '${WATCHED}');
      await editor.save();
      const { properties, valid } = await editor.node('n-mc-watch');
      assert.deepEqual([properties['statuses'], properties['initial'], properties['adopt'], valid], ['${WATCHED}', '${WATCHED}', '${WATCHED}', true]);
      await editor.edit('n-mc-watch');
      for (let index = 0; index < await switches.count(); index += 1) await switches.nth(index).click();
      await editor.page.check('#node-input-initial');
      await editor.page.check('#node-input-statuses-paused');
      await editor.save();
      const again = (await editor.node('n-mc-watch')).properties;
      assert.deepEqual([again['statuses'], again['initial'], again['adopt']], [['paused'], true, 'all-doors']);
    });

    it('keeps a mapping as a table, and says where it spends credits', async () => {
      await editor.edit('n-mc-import');
      const rows = editor.page.locator('.mc-form .mc-mapping-row');
      const add = async (column: string, target: string): Promise<void> => {
        await editor.page.click('.mc-form .red-ui-editableList-addButton');
        await rows.last().locator('input').first().fill(column);
        await rows.last().locator('input').last().fill(target);
      };
      const saved = async (): Promise<unknown> => JSON.parse(String((await editor.node('n-mc-import')).properties['mapping'])) as unknown;
      await add('Personnel number', 'user_id');
      await add('Full name', 'name');
      assert.equal(await editor.page.locator('.mc-form .mc-mapping-warning:visible').count(), 0);
      await add('Card', 'csn_mobile');
      assert.equal(await editor.page.locator('.mc-form .mc-mapping-warning:visible').count(), 1);
      await editor.screenshot('mc-import-mapping');
      await editor.save();
      assert.deepEqual(await saved(), { 'Personnel number': 'user_id', 'Full name': 'name', Card: 'csn_mobile' });

      await editor.edit('n-mc-import');
      assert.equal(await rows.count(), 3);
      await rows.nth(1).locator('xpath=../..').locator('.red-ui-editableList-item-remove').click();
      await add('Remarks', '');
      await add('Card', 'email');
      assert.ok(await rows.last().locator('input').first().evaluate((input: any) => input.classList.contains('input-error')));
      await editor.save();
      assert.deepEqual(await saved(), { 'Personnel number': 'user_id', Card: 'csn_mobile', Remarks: '' });
    });

    it('takes a mapping as JSON or as a variable too, and keeps what no table can show', async () => {
      const text = editor.page.locator('#node-input-mapping');
      const toggle = editor.page.locator('.mc-form .mc-mapping-switch');
      await editor.edit('n-mc-import');
      await toggle.click();
      await text.fill('{ "Mail": "email" }');
      await toggle.click();
      assert.equal(await editor.page.locator('.mc-form .mc-mapping-row').count(), 1);
      await toggle.click();
      const offered = await editor.page.locator('#node-input-mapping-columns option').evaluateAll((options: any[]) => options.map(({ value }) => String(value)));
      await text.fill(JSON.stringify(Object.fromEntries(offered.map((target, index) => [`Column ${String(index)}`, target]))));
      await editor.save();
      assert.deepEqual([offered.length > 8, (await editor.node('n-mc-import')).errors], [true, []]);
      await editor.edit('n-mc-import');
      await toggle.click();
      for (const mapping of ['${COLUMNS}', '{ "Mail": 5 }', '{ "Mail":']) {
        await text.fill(mapping);
        await toggle.click();
        assert.ok(await text.isVisible(), mapping);
        await editor.save();
        const { properties, valid } = await editor.node('n-mc-import');
        assert.deepEqual([properties['mapping'], valid], [mapping, mapping === '${COLUMNS}']);
        await editor.edit('n-mc-import');
        assert.ok(await text.isVisible(), mapping);
      }
      const refused = { '{ "Mail": "e-mail" }': /maps "Mail" to "e-mail"/, '{ "csn": "csn_mobile" }': /physical card/, '{ "A": "name", "B": "name" }': /lead to "name" twice/ };
      for (const [mapping, fault] of Object.entries(refused)) {
        // A dialog that is still opening has both for a moment.
        await toggle.waitFor({ state: 'visible' });
        await editor.page.waitForTimeout(150);
        if (!await text.isVisible()) await toggle.click();
        await text.waitFor({ state: 'visible' });
        await text.fill(mapping);
        await editor.save();
        assert.match((await editor.node('n-mc-import')).errors.join('\n'), fault);
        await editor.edit('n-mc-import');
      }
      await editor.cancel();
    });

    it('says what is wrong, where it is typed and on the node', async () => {
      await editor.edit('n-mc-reader');
      await editor.page.fill('#node-input-pollMs', 'fast');
      await editor.page.fill('#node-input-door', '');
      await editor.page.fill('#node-input-repeatMs', 'x${VAR}');
      await editor.page.press('#node-input-repeatMs', 'Tab');
      assert.deepEqual((await editor.fields()).filter(({ error }) => error).map(({ id }) => id).sort(), ['node-input-door', 'node-input-pollMs', 'node-input-repeatMs']);
      await editor.save();
      const { valid, errors } = await editor.node('n-mc-reader');
      assert.equal(valid, false);
      assert.match(errors.join('\n'), /Ask every \(ms\): a whole number from 5 to 60000/);
      assert.match(errors.join('\n'), /Door: fill this in/);
      assert.match(errors.join('\n'), /a variable must be the whole value/);
    });

    it('knows the channels of the chosen controller', async () => {
      await editor.edit('n-mc-door');
      await editor.page.fill('#node-input-strike', '99');
      await editor.save();
      assert.match((await editor.node('n-mc-door')).errors.join('\n'), /Strike: output: the controller has 8 of these/);
    });

    it('refuses overrides that describe no device, and routes that are none', async () => {
      await editor.edit('n-mc-controller');
      await editor.page.fill('#node-config-input-overrides', '{ "outputs": { "count": "many" } }');
      await editor.save();
      assert.match((await editor.node('n-mc-controller')).errors.join('\n'), /Overrides.*outputs\.count/);
      await editor.edit('n-mc-site');
      await editor.page.fill('#node-config-input-routes', '{ "lists": {} }');
      await editor.page.fill('#node-config-input-domain', 'http://portal.example');
      await editor.save();
      const errors = (await editor.node('n-mc-site')).errors.join('\n');
      assert.match(errors, /“lists” is no route/);
      assert.match(errors, /https:\/\/ is needed/);
    });

    it('raised no error', () => { assert.deepEqual(editor.errors, []); });
  });

  describe('an older or foreign flow', () => {
    before(() => openEditor(sampleFlow((type, properties) => {
      if (type === 'mc-watch') return { ...properties, statuses: 'activated, paused', initial: 'true', adopt: 'something-new' };
      if (type === 'mc-site') return { ...properties, routes: { delete: null } };
      if (type === 'mc-line') return { name: '', host: '192.0.2.10' };
      return properties;
    })));
    after(() => editor.close());

    it('keeps what it holds, in any spelling', async () => {
      await editor.edit('n-mc-watch');
      await editor.save();
      const { properties, valid } = await editor.node('n-mc-watch');
      assert.deepEqual([properties['statuses'], properties['initial'], properties['adopt']], [['activated', 'paused'], true, 'something-new']);
      assert.equal(valid, false);
      await editor.edit('n-mc-site');
      await editor.save();
      assert.deepEqual(JSON.parse(String((await editor.node('n-mc-site')).properties['routes'])), { delete: null });
    });

    it('shows the defaults where a property is missing', async () => {
      await editor.edit('n-mc-line');
      await editor.save();
      const { properties } = await editor.node('n-mc-line');
      assert.deepEqual([properties['transport'], properties['parity'], properties['dataBits']], ['tcp', 'none', '8']);
    });
  });

  for (const file of readdirSync('flows')) {
    it(`${file}: holds no node with a fault`, async () => {
      // Switched off: here it is only looked at.
      const flow = (JSON.parse(readFileSync(join('flows', file), 'utf8')) as { id: string; type: string }[])
        .map((node) => (node.type === 'tab' ? { ...node, disabled: true } : node));
      await openEditor(flow);
      try {
        for (const { id, type } of flow.filter((node) => TYPES.includes(node.type))) {
          const { valid, errors } = await editor.node(id);
          assert.deepEqual({ id, type, valid, errors }, { id, type, valid: true, errors: [] });
        }
        assert.deepEqual(editor.errors, []);
      } finally {
        await editor.close();
      }
    });
  }

  it('mc-line: says how much of the line the flows ask for', async () => {
    const flow = (JSON.parse(readFileSync(join('flows', '01-portal-to-door.json'), 'utf8')) as { id: string; type: string }[])
      .map((node) => (node.type === 'tab' ? { ...node, disabled: true } : node));
    await openEditor(flow);
    try {
      await editor.edit('demo-line');
      // Two readers and the inputs of one device, each every 50 ms and reckoned with 5 ms.
      assert.match(await editor.words(), /ask for 30 % of the line \(3 polls\)/);
      await editor.screenshot('mc-line-load');
      await editor.cancel();
    } finally {
      await editor.close();
    }
  });

  describe('in the palette', () => {
    before(() => openEditor(sampleFlow()));
    after(() => editor.close());

    it('groups the nodes, with their icons, and shows help for each', async () => {
      const shown = await editor.page.evaluate(() => (globalThis as any).$('#red-ui-palette-mobile_credential .red-ui-palette-node').toArray().map((node: any) => node.getAttribute('data-palette-type')));
      assert.deepEqual([...shown].sort(), TYPES.filter((type) => prefix(type) === 'node-input').sort());
      await editor.page.locator('#red-ui-palette-mobile_credential').scrollIntoViewIfNeeded();
      await editor.screenshot('palette');
      for (const type of TYPES) {
        const help = await editor.page.evaluate((name) => (globalThis as any).RED.nodes.getNodeHelp(name) ?? '', type);
        assert.ok(String(help).length > 300, `${type}: no help`);
      }
      assert.deepEqual(editor.errors, []);
    });

    it('gives a new node the defaults of the contract', async () => {
      for (const type of TYPES) {
        const defaults = await editor.page.evaluate((name) => {
          const found = (globalThis as any).RED.nodes.getType(name).defaults;
          return Object.fromEntries(Object.keys(found).map((key) => [key, found[key].value]));
        }, type);
        for (const [name, value] of Object.entries(SAMPLES[type] as object)) {
          if (!FILLED_IN.includes(name)) assert.deepEqual(defaults[name], value, `${type}.${name}`);
        }
        assert.deepEqual(Object.keys(defaults), [...Object.keys(SAMPLES[type] as object), 'schemaVersion'], type);
        assert.equal(defaults['schemaVersion'], '1');
      }
    });
  });
});

/** Types as a person would; selects, ticks and lists by what is visible. */
async function fill(page: Page, type: string, values: Record<string, unknown>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`#${prefix(type)}-${name}`);
    if (name === 'mapping') await page.click('.mc-form .mc-mapping-switch');
    if (name === 'rules') await page.click('.mc-form a[href="#mc-rules-json"]');
    if (Array.isArray(value)) {
      for (const item of value) await page.check(`#${prefix(type)}-${name}-${String(item)}`);
    } else if (typeof value === 'boolean') {
      await field.setChecked(value);
    } else if (await field.evaluate((element: any) => element.tagName === 'SELECT')) {
      await field.selectOption(String(value));
    } else {
      await field.fill(String(value));
    }
  }
}
