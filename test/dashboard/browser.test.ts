import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorld, NEWEST, type World } from './world.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** The pages that people use most; all of them are looked at by `npm run test:full`. */
const PAGES: readonly (readonly [name: string, path: string])[] = [
  ['overview', '/'],
  ['day', `/brands/acme/days/${NEWEST}`],
  ['try', '/try'],
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

    it('replays another threshold while the slider moves', async () => {
      await page.goto('/brands/acme/alerts');
      await page.getByRole('slider').fill('0.99');
      await page.getByText('Below 0.99 there would have been').waitFor();
      expect(page.url()).toContain('below=0.99');
      await page.getByRole('slider').fill('0');
      await page.getByText('0 alerts on 0 days').waitFor();
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
