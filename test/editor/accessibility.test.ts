/** axe-core on every dialog in a real editor, and on the simulator's page: no serious finding. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { type RunningNodeRed, startNodeRed } from '../support/node-red';
import { EditorPage, findChromium, launch } from './editor-page';
import { CREDENTIALS, sampleFlow, TYPES } from './sample-flow';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const SERIOUS = ['serious', 'critical'];

interface Finding { id: string; impact: string; nodes: string[] }

/** What axe finds within `root` that keeps somebody from using it. */
async function seriousIn(page: Page, root: string): Promise<Finding[]> {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(AXE);
  const found = await page.evaluate(async (selector) => {
    const { violations } = await (globalThis as any).axe.run([...(globalThis as any).document.querySelectorAll(selector)].at(-1), { resultTypes: ['violations'] });
    return violations.map(({ id, impact, nodes }: any) => ({ id, impact, nodes: nodes.slice(0, 5).map(({ html }: any) => html.slice(0, 160)) }));
  }, root) as Finding[];
  return found.filter(({ impact }) => SERIOUS.includes(impact));
}

describe('accessibility', function () {
  this.timeout(60_000);
  let browser: Browser | null = null;
  let nodeRed: RunningNodeRed | null = null;
  let editor: EditorPage;

  before(async function () {
    const chromium = findChromium();
    if (chromium === null) this.skip();
    browser = await launch(chromium);
    nodeRed = await startNodeRed();
    await nodeRed.deploy(sampleFlow(), CREDENTIALS);
    editor = await EditorPage.open(browser, nodeRed.url);
  });
  after(async () => {
    await browser?.close();
    await nodeRed?.stop();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await editor.closeDialogs();
  });

  for (const type of TYPES) {
    it(`${type}: its dialog has no serious finding`, async () => {
      await editor.edit(`n-${type}`);
      assert.deepEqual(await seriousIn(editor.page, '.mc-form'), []);
      await editor.cancel();
    });
  }
});
