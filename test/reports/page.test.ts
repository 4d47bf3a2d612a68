import { parse } from 'csv-parse/sync';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { dailyCsv } from '../../reports/daily-csv.ts';
import { shortDate } from '../../reports/format.ts';
import { headline } from '../../reports/headline.ts';
import type { BrandReport } from '../../reports/model.ts';
import { pageHtml } from '../../reports/page.ts';
import { parseDay } from '../../src/calendar.ts';
import { brandReport, CONTEXT, manyBrands, NEWEST, threeBrands } from './world.ts';

interface Element {
  readonly textContent: string;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  getAttribute(name: string): string | null;
}

function read(page: string): Element {
  return (parseHTML(page) as unknown as { document: Element }).document;
}

const texts = (root: Element | null, selector: string): string[] =>
  [...(root?.querySelectorAll(selector) ?? [])].map(({ textContent }) => textContent.trim());

const estimate = (value: number) => ({ value, low: value - 0.03, high: value + 0.03, standardError: 0.015 });

describe('pageHtml', () => {
  it('needs nothing from anywhere: no address but the name of SVG, no script', () => {
    const page = pageHtml(threeBrands(), CONTEXT);
    const addresses = new Set(page.match(/\w+:\/\/[^"' )]*/g));
    expect([...addresses]).toEqual(['http://www.w3.org/2000/svg']);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\bsrc=|\bon\w+=/i);
    expect(page).not.toMatch(/NaN|undefined|\[object/);
  });

  it('escapes names wherever they stand', () => {
    const name = `</title><script>alert("1" & '2')</script>`;
    const page = pageHtml([{ ...brandReport({ slug: 'evil' }), name }], {
      ...CONTEXT,
      modelName: name,
      timeZone: name,
    });
    expect(page).not.toContain('<script');
    expect(texts(read(page), 'section h2')[0]).toBe(name);
    expect(read(page).querySelector('svg[role=img]')?.getAttribute('aria-label')).toContain(name);
  });

  it('puts firing brands first, then those with more posts', () => {
    const document = read(pageHtml(threeBrands().reverse(), CONTEXT));
    const order = ['Acme Air', 'Borealis Coffee', 'Zephyr Bikes'];
    expect(texts(document, '.summary tbody th')).toEqual(order);
    expect(texts(document, '.brands h2')).toEqual(order);
    expect(texts(document, '.summary .state')).toEqual(['firing', 'calm', 'no alerts']);
    expect(texts(document, 'title')[0]).toBe('Sentiment 2026-03-30: 1 alert firing');
  });

  it('shows the numbers of the CSV', () => {
    const brands = threeBrands();
    const document = read(pageHtml(brands, CONTEXT));
    const records = parse(dailyCsv(brands), { columns: true }) as Record<string, string>[];
    const percent = (value = ''): string => (Number(value) * 100).toFixed(1);
    const score = (value = ''): string => Number(value).toFixed(3);
    let compared = 0;
    for (const { slug } of brands) {
      const ofBrand = records
        .filter(({ brand }) => brand === slug)
        .slice(-14)
        .reverse();
      const rows = [...document.querySelectorAll(`#${slug} .days tbody tr`)];
      expect(rows).toHaveLength(ofBrand.length);
      for (const [index, row] of rows.entries()) {
        const csv = ofBrand[index] ?? {};
        const rate = `${percent(csv['positive_rate'])}\u00a0% ${percent(csv['positive_rate_low'])}–${percent(csv['positive_rate_high'])}\u00a0%`;
        const mean = `${score(csv['mean_pos'])} ${score(csv['mean_pos_low'])}–${score(csv['mean_pos_high'])}`;
        const average = `${score(csv['ma3'])} ${score(csv['ma3_low'])}–${score(csv['ma3_high'])}`;
        expect(texts(row, 'th')).toEqual([shortDate(parseDay(csv['day'] ?? '') ?? 0)]);
        expect(texts(row, 'td')).toEqual([csv['total'], csv['positives'], rate, mean, average]);
        compared += 1;
      }
    }
    expect(compared).toBe(42);
    const acme = texts(document, '.summary tbody tr td');
    const newest = records.filter(({ brand }) => brand === 'acme-air').at(-1) ?? {};
    expect(acme[0]).toBe(newest['total']);
    expect(acme[2]).toBe(`${score(newest['ma3'])} ${score(newest['ma3_low'])}–${score(newest['ma3_high'])}`);
  });

  it('stays under a megabyte with 77 brands, a chart each', () => {
    const page = pageHtml(manyBrands(77), CONTEXT);
    expect(Buffer.byteLength(page)).toBeLessThan(900_000);
    expect(page.match(/role="img"/g)).toHaveLength(77);
  });

  it('holds without brands, and with a brand without posts', () => {
    expect(texts(read(pageHtml([], CONTEXT)), '.lead')[0]).toBe('No alert is firing. 0 posts about 0 brands.');
    const empty = { ...brandReport({ slug: 'new', name: 'New' }), figures: [], firingDays: new Set<number>() };
    expect(texts(read(pageHtml([empty], CONTEXT)), '#new p')[0]).toBe('New has no scored posts yet.');
  });

  it('tells files, rows and rejects, and gives the same text twice', () => {
    const page = pageHtml(threeBrands(), CONTEXT);
    expect(texts(read(page), '.quality dd')).toEqual([
      '31',
      '5,214',
      '5,093',
      '104',
      '17 (0.33\u00a0%)',
      'tutorial-imdb',
      'Europe/Berlin',
    ]);
    expect(texts(read(page), '.quality p')[0]).toBe('Rejected rows by reason: bad_date 12, empty_text 5.');
    expect(pageHtml(threeBrands(), CONTEXT)).toBe(page);
  });
});

describe('headline', () => {
  const figures = (ma3: number, total = 312): BrandReport['figures'] =>
    [7, 0].map((ago) => ({
      day: NEWEST - ago,
      total,
      positives: 100,
      negatives: 212,
      users: 300,
      meanPos: estimate(ma3),
      positiveRate: estimate(0.32),
      correctedRate: null,
      ma3: estimate(ago === 7 ? 0.55 : ma3),
      positiveRateMa3: estimate(0.32),
      windowPosts: 900,
      windowFrom: NEWEST - ago - 2,
    }));
  const brand = (ma3: number, changes: Partial<BrandReport> = {}): BrandReport => ({
    slug: 'acme',
    name: 'Acme',
    figures: figures(ma3),
    events: [],
    revisions: [],
    threshold: { metric: 'mean_pos', below: 0.45 },
    firingDays: new Set(),
    state: 'inactive',
    ...changes,
  });
  const firing = (...ago: number[]) => ({
    state: 'firing' as const,
    firingDays: new Set(ago.map((days) => NEWEST - days)),
  });

  it.each([
    [
      'falls',
      brand(0.41, firing(0)),
      'Acme fell to 0.41 (0.38–0.44) over the last 3 days; 99 in 100 sure it is below 0.45. 312 posts on 30 Mar; a week before it was 0.55.',
    ],
    [
      'stays low',
      brand(0.41, firing(7, 0)),
      'Acme is at 0.41 (0.38–0.44) over the last 3 days; 99 in 100 sure it is below 0.45.',
    ],
    [
      'is less sure',
      brand(0.43, firing(0)),
      'Acme fell to 0.43 (0.40–0.46) over the last 3 days; 9 in 10 sure it is below 0.45.',
    ],
    [
      'is close',
      brand(0.4498, firing(0)),
      'Acme fell to 0.4498 (0.4198–0.4798) over the last 3 days; it may as well be above 0.45 as below.',
    ],
    [
      'recovers',
      brand(0.46, firing(7, 0)),
      'Acme is at 0.46 (0.43–0.49) over the last 3 days; 7 in 10 sure it is above 0.45, but not yet recovered.',
    ],
    [
      'is low and quiet',
      brand(0.41),
      'Acme is at 0.41 (0.38–0.44) over the last 3 days; 99 in 100 sure it is below 0.45, with no alert firing.',
    ],
    ['is fine', brand(0.61), 'Acme is at 0.61 (0.58–0.64) over the last 3 days; 99 in 100 sure it is above 0.45.'],
    [
      'has no alert',
      brand(0.61, { threshold: null, state: null }),
      'Acme is at 0.61 (0.58–0.64) over the last 3 days. 312 posts',
    ],
    [
      'watches the rate',
      brand(0.6, { threshold: { metric: 'positive_rate', below: 0.5 }, ...firing(0) }),
      'Acme fell to a positive rate of 32\u00a0% (29–35\u00a0%) over the last 3 days; 99 in 100 sure it is below 50\u00a0%.',
    ],
    [
      'has no posts today',
      brand(0.6, { figures: figures(0.6).slice(0, 1), ...firing(7) }),
      'Acme has no posts on 30 Mar; the newest are of 23 Mar. Its alert goes on.',
    ],
  ])('tells a brand that %s', (_, report, sentence) => {
    expect(headline(report, CONTEXT).startsWith(sentence)).toBe(true);
  });
});
