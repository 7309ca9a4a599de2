/** Node-RED's editor in a real Chromium, driven by its own functions and by its fields. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const SCREENSHOTS = join('.out', 'screenshots');
const PLACES = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'];

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** Path of a Chromium, or null with a printed line where there is none. */
export function findChromium(): string | null {
  const found = PLACES.find((path) => path !== undefined && path !== '' && existsSync(path));
  if (found === undefined) console.log('    skipped: no Chromium at CHROMIUM_PATH, /usr/bin/chromium or /usr/bin/google-chrome');
  return found ?? null;
}

export interface ShownField { id: string; tag: string; type: string; visible: boolean; labelled: boolean; value: unknown; error: boolean }

export class EditorPage {
  /** Errors thrown in the page; a failed request to the outside is none. */
  readonly errors: string[] = [];

  private constructor(readonly page: Page) {}

  static async open(browser: Browser, url: string, locale = 'en-US'): Promise<EditorPage> {
    const page = await (await browser.newContext({ locale, viewport: { width: 1300, height: 1150 } })).newPage();
    const editor = new EditorPage(page);
    page.on('pageerror', (error) => editor.errors.push(error.stack ?? error.message));
    page.on('console', (message) => { if (/Validation error|oneditprepare/.test(message.text())) editor.errors.push(message.text()); });
    // Compilers of tests wrap named functions in this helper, which the page does not know.
    await page.addInitScript('globalThis.__name = (value) => value');
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    await page.waitForFunction(() => (globalThis as any).RED?.nodes?.getType?.('mc-simulator') !== undefined && (globalThis as any).RED.workspaces?.count() > 0, undefined, { timeout: 30_000 });
    await page.waitForFunction(() => (globalThis as any).$('#red-ui-loading-progress:visible').length === 0);
    return editor;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Leaves whatever dialog a failed test left open. */
  async closeDialogs(): Promise<void> {
    if (await this.page.locator('.red-ui-tray').count() > 0) await this.cancel();
  }

  /** The node's properties as an export has them, and what the editor thinks of them. */
  async node(id: string): Promise<{ properties: Record<string, unknown>; valid: boolean; errors: string[]; label: string }> {
    return this.page.evaluate((nodeId) => {
      const RED = (globalThis as any).RED;
      const node = RED.nodes.node(nodeId);
      RED.editor.validateNode(node);
      const names = Object.keys(node._def.defaults);
      return {
        properties: JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, node[name]])))),
        valid: node.valid, errors: (node.validationErrors ?? []).map(String), label: RED.utils.getNodeLabel(node),
      };
    }, id);
  }

  /** Opens the node's dialog and waits until it stands still. */
  async edit(id: string): Promise<void> {
    await this.page.evaluate((nodeId) => {
      const RED = (globalThis as any).RED;
      const node = RED.nodes.node(nodeId);
      if (node._def.category === 'config') RED.editor.editConfig('', node.type, node.id);
      else RED.editor.edit(node);
    }, id);
    await this.page.waitForSelector('.mc-form', { state: 'visible' });
    await this.page.locator('#node-dialog-ok:visible, #node-config-dialog-ok:visible').last().waitFor();
  }

  async save(): Promise<void> {
    await this.leave('ok');
  }

  async cancel(): Promise<void> {
    await this.leave('cancel');
  }

  /** Fields of the open dialog, with whether a person and a screen reader know what each is. */
  async fields(): Promise<ShownField[]> {
    return this.page.evaluate(() => {
      const $ = (globalThis as any).$;
      return $('.mc-form').last().find('input, select, textarea').toArray().map((field: any) => ({
        id: field.id, tag: field.tagName.toLowerCase(), type: field.type, visible: $(field).is(':visible'),
        labelled: $(`label[for="${field.id}"]`).length > 0 || field.getAttribute('aria-label') !== null || $(`#${field.getAttribute('aria-labelledby')}`).length > 0,
        value: field.type === 'checkbox' ? field.checked : $(field).val(), error: $(field).hasClass('input-error'),
      }));
    });
  }

  /** Visible words of the open dialog. */
  async words(): Promise<string> {
    return this.page.locator('.mc-form').last().innerText();
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    // The dialog slides in.
    await this.page.waitForTimeout(300);
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  private async leave(how: 'ok' | 'cancel'): Promise<void> {
    await this.page.locator(`#node-dialog-${how}:visible, #node-config-dialog-${how}:visible`).last().click();
    await this.page.waitForFunction(() => (globalThis as any).$('.red-ui-tray').length === 0);
  }
}
