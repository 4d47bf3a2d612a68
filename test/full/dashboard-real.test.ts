import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { describeShared } from '../support/shared.ts';
import { makeRealWorld, NEWEST, type RealWorld } from './real-world.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Where to keep pictures of all pages, for looking at; none unless it is set. */
const PICTURES = process.env['MONITOR_PICTURES'];

/** Addresses of every page, with what is special about one of its states. */
const PAGES: readonly (readonly [name: string, path: string])[] = [
  ['overview', '/'],
  ['brand', '/brands/larkovia-air'],
  ['brand-all', '/brands/larkovia-air?days=all'],
  ['brand-rate', '/brands/donald-trump'],
  ['day', `/brands/larkovia-air/days/${NEWEST}`],
  ['day-filtered', `/brands/larkovia-air/days/${NEWEST}?class=negative&term=flight&max=0.3`],
  ['day-nothing', '/brands/larkovia-air/days/2026-08-01'],
  ['alerts', '/brands/larkovia-air/alerts?below=0.5'],
  ['alerts-none', '/brands/google/alerts'],
  ['runs', '/runs'],
  ['run', '/runs/1'],
  ['models', '/models'],
  ['evaluation', '/models/evaluations/sanders'],
  ['comparison', '/models/evaluations?a=apple&b=sanders'],
  ['try', '/try'],
  ['corrections', '/corrections'],
  ['nothing', '/nothing'],
];

const REPORTS: readonly (readonly [name: string, file: string])[] = [
  ['report-daily', `${NEWEST}/sentiment_daily_report.html`],
  ['report-week', 'week-2026-09-21/sentiment_week_report.html'],
  ['report-month', 'month-2026-09-01/sentiment_month_report.html'],
];

describeShared('the dashboard over real posts', () => {
  let world: RealWorld;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) throw new Error(`no Chromium at ${CHROMIUM}; set CHROMIUM`);
    world = await makeRealWorld();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage({ baseURL: world.url, acceptDownloads: true });
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await world?.remove();
  });

  it('goes from all brands to one, over its spans of days, and by a click into the chart to a day', async () => {
    await page.goto('/');
    expect(await page.locator('.summary tbody tr').count()).toBeGreaterThan(8);
    // Those with a firing alert come first.
    const states = await page.locator('.summary .state').allInnerTexts();
    expect(states).toContain('firing');
    expect(states.lastIndexOf('firing')).toBe(states.filter((state) => state === 'firing').length - 1);
    await page.getByRole('link', { name: 'Larkovia Air' }).click();
    await page.getByRole('link', { name: '90 days' }).click();
    await page.waitForURL('**days=90');
    await page.getByRole('link', { name: 'All', exact: true }).click();
    await page.waitForURL('**days=all');
    await page.getByRole('link', { name: '30 days' }).click();
    await page.locator('.chart .wide svg').click({ position: { x: 700, y: 150 } });
    await page.waitForURL('**/days/2026-09-*');
    await page.getByRole('link', { name: 'Day before' }).click();
    await page.getByRole('link', { name: 'Larkovia Air' }).click();
    await page.getByLabel('Day', { exact: true }).fill(NEWEST);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.waitForURL(`**/days/${NEWEST}`);
  });

  it('shows a day’s posts by influence, by class, words and score, page by page to the last', async () => {
    await page.goto(`/brands/donald-trump/days/${NEWEST}`);
    const adds = async () => (await page.getByText(/^adds /).allInnerTexts()).map((text) => text.replace('−', '-'));
    const influence = (await adds()).map((text) => Math.abs(Number(text.slice('adds '.length))));
    expect(influence).toEqual(influence.toSorted((a, b) => b - a));
    const total = Number(/([\d,]+) posts?$/.exec(await page.getByRole('status').innerText())?.[1]?.replace(',', ''));
    expect(total).toBeGreaterThan(100);
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByRole('link', { name: 'Before', exact: true }).click();
    expect(await page.getByRole('link', { name: 'First' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Last' }).click();
    await page.waitForURL('**last=1');
    expect(await page.getByRole('link', { name: 'Next' }).count()).toBe(0);
    await page.locator('select[name=class]').selectOption('negative');
    await page.getByLabel('Has the words').fill('DEBATE');
    await page.getByLabel('to', { exact: true }).fill('0.2');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText(/^[\d,]+ of [\d,]+ posts$/).waitFor();
    for (const post of await page.locator('li.post').all()) {
      expect(await post.locator('.class').innerText()).toBe('negative');
      expect((await post.locator('p').innerText()).toLowerCase()).toContain('debate');
      expect(Number(/score ([\d.]+)/.exec(await post.innerText())?.[1])).toBeLessThanOrEqual(0.2);
    }
    await page.getByRole('link', { name: 'All posts' }).click();
    await page.getByText(new RegExp(`^${total.toLocaleString('en-US')} posts$`)).waitFor();
  });

  it('tells why each day was decided so, and replays another threshold while the slider moves', async () => {
    await page.goto('/brands/larkovia-air/alerts');
    expect(await page.getByRole('region', { name: 'Decisions' }).getByRole('row').count()).toBeGreaterThan(20);
    expect(await page.getByRole('region', { name: 'Decisions' }).innerText()).toMatch(/begins to fire/);
    await page.getByRole('slider').fill('0.99');
    await page.getByText('Below 0.99 there would have been').waitFor();
    const many = await page.getByText(/would have been/).innerText();
    await page.getByRole('slider').fill('0');
    await page.getByText('0 alerts on 0 days').waitFor();
    expect(many).not.toContain('0 alerts on 0 days of');
    expect(page.url()).toContain('below=0');
  });

  it('shows runs and how good the data is, models with their evaluation, and two compared', async () => {
    await page.goto('/runs');
    await page.getByText('R_').first().waitFor({ state: 'attached' });
    await page.getByRole('region', { name: 'Runs' }).getByRole('link').last().click();
    await page.getByRole('heading', { name: /^Run 1: nightly/ }).waitFor();
    await page.goto('/models');
    await page.getByRole('link', { name: 'sanders' }).click();
    const text = await page.locator('main').innerText();
    for (const part of ['True and predicted class', 'as often as it is sure', 'Precision over recall', 'google'])
      expect(text, part).toContain(part);
    await page.goto('/models');
    await page.getByLabel('One').last().selectOption('apple');
    await page.getByLabel('Other').last().selectOption('sanders');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForURL('**a=apple&b=sanders');
    await page.getByText('Macro recall').first().waitFor();
  });

  it('says of a text its class and its words, and of several a table and a file', async () => {
    await page.goto('/try');
    await page.getByLabel('Text', { exact: true }).fill('The crew was wonderful, but my bag is still lost. Awful!');
    await page.getByRole('button', { name: 'Predict', exact: true }).first().click();
    await page.getByText('with a probability of').waitFor();
    expect(await page.locator('.words mark').count()).toBeGreaterThan(1);
    if (PICTURES !== undefined) await pictures(page, 'try-answer', PICTURES);
    await page.getByLabel('A text a line').fill('I love it\nworst flight ever\n');
    await page.getByRole('button', { name: 'Predict', exact: true }).nth(1).click();
    await page.getByText('2 texts:').waitFor();
    if (PICTURES !== undefined) await pictures(page, 'try-batch', PICTURES);
    const download = page.waitForEvent('download');
    await page.getByLabel(/CSV file/).setInputFiles({
      ...{ name: 'texts.csv', mimeType: 'text/csv', buffer: Buffer.from('id,text\n1,I love it\n2,worst ever\n') },
    });
    await page.getByRole('button', { name: 'Predict and download CSV' }).click();
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => line.split(',')[1])).toEqual(['predicted', 'positive', 'negative']);
  });

  it('keeps corrected labels, and gives them as data that the model is measured with', async () => {
    await page.goto(`/brands/larkovia-air/days/${NEWEST}`);
    for (const [index, label] of ['positive', 'neutral', 'negative'].entries()) {
      const post = page.locator('li.post').nth(index);
      await post.getByLabel('Right class of this post').selectOption(label);
      await Promise.all([page.waitForEvent('load'), post.getByRole('button', { name: 'Save' }).click()]);
      expect(await page.locator('li.post').nth(index).locator('select').inputValue()).toBe(label);
    }
    await page.goto('/corrections');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'JSON Lines' }).click();
    const file = join(world.folder, 'corrections.jsonl');
    writeFileSync(file, readFileSync(await (await download).path()));
    const measured = await monitorInProcess('model', 'evaluate', '--data', file, '--json');
    expect(JSON.parse(measured.stdout)).toMatchObject({ rows: 3 });
    expect(measured.code).toBe(0);
  });

  it.each(PAGES)('%s has no serious fault of accessibility and is as wide as the screen', async (name, path) => {
    await page.goto(path);
    if (PICTURES !== undefined) await pictures(page, name, PICTURES);
    await look(page, name);
  });

  it.each(REPORTS)('%s too', async (name, file) => {
    await page.goto(pathToFileURL(join(world.folder, 'data', 'reports', file)).href);
    if (PICTURES !== undefined) await pictures(page, name, PICTURES);
    await look(page, name);
    expect(readFileSync(join(world.folder, 'data', 'reports', file)).length).toBeLessThan(1_000_000);
  });

  it('had nothing to complain of', () => {
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });
});

/** Nothing wider than a phone, and no serious finding of axe. */
async function look(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 900 });
  expect(await page.evaluate('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1280, height: 900 });
  // Evaluated by the debugger, which the page's policy doesn't bind.
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html}`)).toEqual([]);
}

/** A page on a desk and on a phone, light and dark. */
async function pictures(page: Page, name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1280, height: 900 });
}
