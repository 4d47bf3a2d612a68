import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, NEWEST, type World } from '../dashboard/world.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Where to keep pictures of all pages, for looking at; none unless it is set. */
const PICTURES = process.env['MONITOR_PICTURES'];

const PAGES: readonly (readonly [name: string, path: string])[] = [
  ['overview', '/'],
  ['brand', '/brands/acme'],
  ['day', `/brands/acme/days/${NEWEST}`],
  ['alerts', '/brands/acme/alerts'],
  ['runs', '/runs'],
  ['run', '/runs/1'],
  ['models', '/models'],
  ['evaluation', '/models/evaluations/one'],
  ['comparison', '/models/evaluations?a=one&b=one'],
  ['try', '/try'],
  ['corrections', '/corrections'],
  ['nothing', '/nothing'],
];

describe.skipIf(!existsSync(CHROMIUM) && process.env['CI'] === undefined)(
  `the dashboard in a browser${existsSync(CHROMIUM) ? '' : ` (skipped: no Chromium at ${CHROMIUM}; set CHROMIUM)`}`,
  () => {
    let world: World;
    let browser: Browser;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      world = await makeWorld();
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
      page = await browser.newPage({ baseURL: world.url, acceptDownloads: true });
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
    });
    afterAll(async () => {
      await browser?.close();
      await world?.remove();
    });

    it('has no serious fault of accessibility on any page, and breaks no policy', async () => {
      for (const [name, path] of PAGES) {
        await page.goto(path);
        expect(await page.title(), name).not.toBe('owned');
        if (PICTURES !== undefined) await pictures(page, name, PICTURES);
        // Evaluated by the debugger, which the page's policy doesn't bind.
        await page.evaluate(axe.source);
        const found = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
          violations: { id: string; impact: string; nodes: { html: string }[] }[];
        };
        const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        expect(serious.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html}`)).toEqual([]);
      }
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    }, 300_000);

    it('goes from the brands to a day by a click into the chart, and filters its posts', async () => {
      await page.goto('/');
      await page.locator('.summary a').first().click();
      await page.locator('.chart .wide svg').click({ position: { x: 700, y: 150 } });
      await page.waitForURL('**/days/2026-03-*');
      await page.goto(`/brands/acme/days/${NEWEST}`);
      await page.getByLabel('Has the words').fill('WORST broken');
      await page.getByRole('button', { name: 'Show' }).click();
      expect(await page.getByText(/^\d+ of 70 posts$/).count()).toBe(1);
      await page.getByRole('link', { name: 'All posts' }).click();
      await page.getByRole('link', { name: 'Last' }).click();
      await page.waitForURL('**last=1');
      expect(await page.locator('li.post').count()).toBe(50);
      await page.getByRole('link', { name: 'Before', exact: true }).click();
      await page.waitForURL('**before=*');
      expect(await page.locator('li.post').count()).toBe(20);
    });

    it('keeps a corrected label, and gives it as a labelled text', async () => {
      await page.goto(`/brands/acme/days/${NEWEST}`);
      const post = page.locator('li.post').first();
      await post.getByLabel('Right class of this post').selectOption('neutral');
      await post.getByRole('button', { name: 'Save' }).click();
      await page.waitForURL('**#post-*');
      expect(await page.locator('li.post').first().locator('select').inputValue()).toBe('neutral');
      await page.goto('/corrections');
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'JSON Lines' }).click();
      const line = JSON.parse(readFileSync(await (await download).path(), 'utf8').trim()) as { label: string };
      expect(line.label).toBe('neutral');
      await page.getByRole('button', { name: 'Take back' }).click();
      await page.getByText('None yet').waitFor();
    });

    it('replays another threshold while the slider moves', async () => {
      await page.goto('/brands/acme/alerts');
      await page.getByRole('slider').fill('0.99');
      await page.getByText('Below 0.99 there would have been').waitFor();
      expect(page.url()).toContain('below=0.99');
      await page.getByRole('slider').fill('0');
      await page.getByText('0 alerts on 0 days').waitFor();
    });

    it('tells of a text its class and its words, and of several a table and a file', async () => {
      await page.goto('/try');
      await page.getByLabel('Text', { exact: true }).fill('great flight <b>broken</b>');
      await page.getByRole('button', { name: 'Predict', exact: true }).first().click();
      await page.getByText('with a probability of').waitFor();
      expect(await page.locator('.words').innerText()).toMatch(/<b.*broken/);
      expect(page.url()).toBe(`${world.url}/try`);
      await page.getByLabel('A text a line').fill('great\nworst phone\n');
      await page.getByRole('button', { name: 'Predict', exact: true }).nth(1).click();
      await page.getByText('2 texts:').waitFor();
      const download = page.waitForEvent('download');
      await page.getByLabel(/CSV file/).setInputFiles({
        ...{ name: 'texts.csv', mimeType: 'text/csv', buffer: Buffer.from('id,text\n1,great\n2,=1+1\n') },
      });
      await page.getByRole('button', { name: 'Predict and download CSV' }).click();
      const lines = readFileSync(await (await download).path(), 'utf8').split('\n');
      expect(lines[0]).toBe('text,predicted,score,p_negative,p_neutral,p_positive');
      expect(lines[2]).toMatch(/^"'=1\+1",/);
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    });

    it('needs no script', async () => {
      const context = await browser.newContext({ javaScriptEnabled: false, baseURL: world.url });
      const plain = await context.newPage();
      await plain.goto('/try');
      await plain.getByLabel('Text', { exact: true }).fill('great');
      await plain.getByRole('button', { name: 'Predict', exact: true }).first().click();
      await plain.getByText('with a probability of').waitFor();
      await context.close();
    });
  },
);

/** A page on a desk and on a phone, light and dark. */
async function pictures(page: Page, name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: width === 1280 });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
}
