/** The page in a real browser: live without reload, usable by keyboard, fits a phone, and takes no name for markup. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { press, type Started, startSimulator, until } from './start-simulator';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const PATRICK = '998877665544';

describe('simulator: the page in a browser', function () {
  this.timeout(30_000);
  let browser: Browser;
  let started: Started;
  let page: Page;
  let complaints: string[];

  before(async function () {
    if (!existsSync(CHROMIUM)) this.skip();
    browser = await chromium.launch({
      executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
    });
  });

  after(async () => { await browser?.close(); });

  beforeEach(async () => {
    started = await startSimulator();
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('request', (request) => { if (new URL(request.url()).host !== `127.0.0.1:${started.httpPort}`) complaints.push(request.url()); });
    await page.goto(`http://127.0.0.1:${started.httpPort}/`);
    await page.waitForSelector('.door');
  });

  afterEach(async () => { await page?.close(); });

  const issue = (more: object = {}): Promise<unknown> => press(started.httpPort, 'add', { name: 'Patrick Johnson', email: 'patrick@example.com', userId: '4021', cardId: PATRICK, ...more });
  const shows = (selector: string, text: string): Promise<unknown> => page.locator(selector, { hasText: text }).first().waitFor({ timeout: 5000 });

  it('shows the journey live: counter, list, message, link, card, strike, door', async () => {
    await shows('#counter', '0 / 5');
    assert.deepEqual(await page.locator('#credentials th[scope=col]').allInnerTexts(), ['', 'Name', 'Email', 'Phone', 'Card ID', 'Department', 'Status']);
    await issue();
    await shows('#counter', '1 / 5');
    await shows('#credential-rows .badge', 'Before Activation');
    await page.getByRole('link', { name: 'Activate the card of Patrick Johnson' }).click();
    await shows('#credential-rows .badge', 'Activation');
    await shows('.messages .said', 'Activated');

    const door = page.getByRole('article', { name: 'Door 1' });
    await door.getByRole('button', { name: 'Present' }).click();
    await until(() => started.simulator.readers[0]!.identifier === BigInt(PATRICK));
    await door.getByRole('button', { name: 'Open' }).click();
    await shows('#notice', 'The strike holds the door');
    started.simulator.doors[0]!.drive('test', true);
    await door.getByText('Strike on').waitFor();
    await door.getByRole('button', { name: 'Open' }).click();
    await door.getByText('Contact: open').waitFor();
    await door.getByRole('button', { name: 'Close' }).click();
    await door.getByText('Contact: closed').waitFor();
    await door.getByRole('button', { name: 'Exit button' }).click();
    await shows('#log', 'Door 1: exit button pressed');
    started.simulator.doors[0]!.drive('test', false);

    await page.getByLabel('Credits to buy').fill('3');
    await page.getByRole('button', { name: 'Buy credits' }).click();
    await shows('#counter', '1 / 8');
    await page.getByRole('button', { name: 'Register SIM-READER-X', exact: true }).click();
    await page.getByRole('button', { name: 'Unregister SIM-READER-X' }).waitFor();
    assert.deepEqual(complaints.filter((text) => !text.includes('409')), []);
  });

  it('is used by keyboard alone: adds a person, selects and suspends', async () => {
    await page.getByRole('button', { name: 'Add' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Rae Okafor');
    await page.keyboard.press('Tab');
    await page.keyboard.type('rae@example.com');
    await page.keyboard.press('Enter');
    await shows('#credential-rows', 'Rae Okafor');
    await page.getByLabel('Select Rae Okafor').focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Suspend' }).focus();
    await page.keyboard.press('Enter');
    await shows('#credential-rows .badge', 'Pausing');
    assert.deepEqual(complaints, []);
  });

  it('keeps what is typed and focused while the state changes', async () => {
    const door = page.getByRole('article', { name: 'Door 2' });
    await door.getByLabel('Reader 2').first().selectOption('typed');
    const number = door.getByLabel('Card number for reader 2');
    await number.pressSequentially('12345');
    await issue();
    await shows('#counter', '1 / 5');
    await number.pressSequentially('67');
    await page.keyboard.press('Enter');
    await until(() => started.simulator.readers[1]!.identifier === 1234567n);
  });

  it('takes names for text', async () => {
    const name = '<img src=x onerror=alert(1)><b>"Bold"</b>';
    await issue({ name, department: '<script>alert(1)</script>' });
    await shows('#credential-rows', name);
    await shows('.messages', name);
    assert.equal(await page.locator('#credential-rows img, #credential-rows b, .messages img, #credentials script, option img').count(), 0);
    assert.deepEqual(complaints, []);
  });

  it('fits a phone of 360 pixels, in light and dark, with a name for everything that can be pressed', async () => {
    await issue({ name: 'A'.repeat(48), email: `${'long-address-'.repeat(6)}@example.com`, cardId: '1'.repeat(32) });
    await shows('#counter', '1 / 5');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [360, 720, 900, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        assert.equal(over, 0, `${width} px`);
      }
    }
    const nameless = await page.evaluate(`[...document.querySelectorAll('button, input, select, a')]
      .filter((node) => !(node.textContent.trim() || node.getAttribute('aria-label') || node.labels?.length)).map((node) => node.outerHTML)`);
    assert.deepEqual(nameless, []);
  });

  it('comes back by itself after the simulator was away', async () => {
    const { simulator, httpPort } = started;
    await simulator.stop();
    await shows('#connection', 'waiting');
    const again = await startSimulator({ httpPort });
    again.simulator.portal.buyCredits(2);
    await shows('#counter', '0 / 7');
    await shows('#connection', 'live');
  });
});
