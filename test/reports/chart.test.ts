import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { chartSvg, sparklineSvg } from '../../reports/chart.ts';
import { headline } from '../../reports/headline.ts';
import { OVERVIEW_WIDTH, overviewSvg } from '../../reports/overview.ts';
import { summaryTable } from '../../reports/page-tables.ts';
import { LIGHT, THEMED } from '../../reports/palette.ts';
import { svgToPng } from '../../reports/png.ts';
import { widthOf } from '../../reports/svg.ts';
import { brandReport, CONTEXT, manyBrands, NEWEST, threeBrands } from './world.ts';

/** Width and height as the PNG's own header tells them. */
function sizeOf(png: Uint8Array): [number, number] {
  const bytes = Buffer.from(png);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

/** The texts of an SVG, in order. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map((match) => match[1] ?? '');
}

/** The commands of the line of averages. */
function lineOf(svg: string): string {
  return new RegExp(`stroke-width="2.2" stroke="${LIGHT.smoothed}"><path d="([^"]*)"`).exec(svg)?.[1] ?? '';
}

const falling = brandReport({ slug: 'acme-air', name: 'Acme Air', dip: { from: 2, to: 0, depth: 0.28 }, seed: 11 });

describe('chartSvg', () => {
  it('names brand, dates, zone, series, threshold and ticks', () => {
    const texts = textsOf(chartSvg(falling, CONTEXT));
    for (const text of [
      'Acme Air',
      '1–30 Mar 2026 · Europe/Berlin',
      '3-day mean',
      'Alert below 0.45',
      '0.45',
      '2 Mar',
      '2026',
      '30 Mar',
      'posts',
    ])
      expect(texts).toContain(text);
    expect(texts).toContain(falling.figures.at(-1)?.ma3?.value.toFixed(3));
  });

  it('draws a dot a day, one line, and the spans of firing alerts', () => {
    const svg = chartSvg(falling, CONTEXT);
    expect(svg.match(/<circle [^>]*r="2.2"/g)).toHaveLength(30);
    expect(lineOf(svg).match(/M/g)).toHaveLength(1);
    expect(falling.firingDays.size).toBeGreaterThan(0);
    expect(svg).toContain(`<g fill="${LIGHT.firing}"><path`);
    expect(chartSvg({ ...falling, firingDays: new Set() }, CONTEXT)).not.toContain(`<g fill="${LIGHT.firing}"><path`);
  });

  it('breaks the line where days have no posts', () => {
    const gaps = brandReport({ slug: 'gaps', gaps: [3, 4, 20] });
    const svg = chartSvg(gaps, CONTEXT);
    expect(svg.match(/<circle [^>]*r="2.2"/g)).toHaveLength(27);
    expect(lineOf(svg).match(/M/g)).toHaveLength(3);
  });

  it('shades across days without posts, but not across days on which nothing fired', () => {
    const brand = brandReport({ slug: 'gaps', days: 10, gaps: [5] });
    const spans = (ago: number[]): number => {
      const svg = chartSvg({ ...brand, firingDays: new Set(ago.map((days) => NEWEST - days)) }, CONTEXT);
      return new RegExp(`<g fill="${LIGHT.firing}"><path d="([^"]*)"`).exec(svg)?.[1]?.match(/M/g)?.length ?? 0;
    };
    expect(spans([6, 4])).toBe(1);
    expect(spans([7, 4])).toBe(2);
  });

  it('draws a single day, 62 days, two years, and no day at all', () => {
    const single = chartSvg(brandReport({ slug: 'one', days: 1 }), CONTEXT);
    expect(single.match(/<circle [^>]*r="2.2"/g)).toHaveLength(1);
    expect(textsOf(single)).toContain('24–30 Mar 2026 · Europe/Berlin');

    const long = chartSvg(brandReport({ slug: 'long', days: 62 }), CONTEXT, { days: 'all' });
    expect(long.match(/<circle [^>]*r="2.2"/g)).toHaveLength(62);
    expect(textsOf(long)).toContain('28 Jan – 30 Mar 2026 · Europe/Berlin');

    const years = chartSvg(brandReport({ slug: 'years', days: 730, postsPerDay: 5 }), CONTEXT, { days: 'all' });
    expect(textsOf(years)).toEqual(expect.arrayContaining(['Apr', '2024', 'Jan', '2025', '2026']));

    const empty = chartSvg({ ...falling, figures: [], firingDays: new Set() }, CONTEXT);
    expect(textsOf(empty)).toContain('No posts in these days');
  });

  it('shows the positive rate where the alert watches it', () => {
    const brand = brandReport({ slug: 'rate', threshold: { metric: 'positive_rate', below: 0.5 } });
    expect(textsOf(chartSvg(brand, CONTEXT))).toEqual(
      expect.arrayContaining(['3-day positive rate', 'Alert below 50\u00a0%', '60\u00a0%']),
    );
  });

  it('wraps a legend that is wider than the picture, and grows by the lines', () => {
    const long = {
      ...falling,
      name: 'A brand with quite a long name',
      threshold: { metric: 'corrected_rate' as const, below: 0.455 },
      series: [],
    };
    const ends = (svg: string): number[] =>
      [...svg.matchAll(/<g transform="translate\((\d+)[^>]*>.*?<text x="([\d.]+)" y="(?:52|70|88)"[^>]*>([^<]*)/g)].map(
        ([, , x = '', text = '']) => Number(x) + widthOf(text, 11),
      );
    for (const width of [390, 560, 600, 900]) {
      const svg = chartSvg(long, CONTEXT, { width });
      const texts = ends(svg);
      expect(texts).toHaveLength(4);
      for (const end of texts) expect(end).toBeLessThanOrEqual(width);
    }
    expect(chartSvg(long, CONTEXT, { width: 900 })).not.toContain('y="70"');
    expect(chartSvg(long, CONTEXT, { width: 600 })).toContain('y="70"');
  });

  it('draws the average that the alert is on, and says so', () => {
    const series = falling.figures.map(({ day, total, meanPos }) => ({
      day,
      total,
      daily: meanPos,
      smoothed: meanPos,
    }));
    const own = { ...falling, window: 1, series };
    expect(textsOf(chartSvg(own, CONTEXT))).toContain('1-day mean');
    const last = falling.figures.at(-1);
    expect(textsOf(chartSvg(own, CONTEXT))).toContain(last?.meanPos.value.toFixed(3));
    expect(headline(own, CONTEXT)).toContain('over the last day');
    expect(String(summaryTable([own, falling], CONTEXT))).toContain('over 1 day<');
  });

  it('draws several brands on one scale when told to', () => {
    const ticks = textsOf(chartSvg(falling, CONTEXT, { scores: [0, 1] }));
    expect(ticks).toEqual(expect.arrayContaining(['0.00', '0.25', '0.50', '0.75', '1.00']));
  });

  it('never leaves the picture and never writes a number that is none', () => {
    for (const brand of [...threeBrands(), brandReport({ slug: 'tiny', postsPerDay: 1, level: 0.5 })]) {
      const svg = chartSvg(brand, CONTEXT);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      for (const match of svg.matchAll(/cy="([^"]+)"/g)) {
        expect(Number(match[1])).toBeGreaterThanOrEqual(0);
        expect(Number(match[1])).toBeLessThanOrEqual(190);
      }
    }
  });

  it('writes large volumes short', () => {
    const figures = falling.figures.map((day) => ({ ...day, total: 150_000 }));
    expect(textsOf(chartSvg({ ...falling, figures }, CONTEXT))).toContain('200k');
  });

  it('escapes names, in text as in attributes', () => {
    const svg = chartSvg({ ...falling, name: `<b>&"x'` }, CONTEXT);
    expect(svg).toContain('&lt;b&gt;&amp;&quot;x&#39;');
    expect(svg).not.toContain('<b>');
    expect(sizeOf(svgToPng(svg, 600))[0]).toBe(1200);
  });

  it('takes its colours from the page when told to', () => {
    const svg = chartSvg(falling, CONTEXT, { colours: THEMED, heading: false });
    expect(svg).toContain('var(--smoothed)');
    expect(svg).not.toMatch(/"#[0-9a-f]{6}"/);
  });

  it('gives the same text twice', () => {
    expect(chartSvg(falling, CONTEXT)).toBe(chartSvg(falling, CONTEXT));
  });
});

describe('svgToPng', () => {
  it('gives a PNG with two pixels a unit, the same bytes each time', () => {
    const svg = chartSvg(falling, CONTEXT);
    const png = svgToPng(svg, 600);
    expect(sizeOf(png)).toEqual([1200, 684]);
    expect(Buffer.from(svgToPng(svg, 600)).equals(Buffer.from(png))).toBe(true);
  });

  it('renders text without any font of the system', () => {
    const words =
      '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="30" font-family="Inter"><text y="20">Text</text></svg>';
    const bold = words.replace('<text', '<text font-weight="600"');
    const without = new Resvg(words, {
      background: '#ffffff',
      fitTo: { mode: 'width', value: 200 },
      font: { loadSystemFonts: false },
    });
    const blank = Buffer.from(without.render().asPng());
    const regular = Buffer.from(svgToPng(words, 100));
    expect(regular.equals(blank)).toBe(false);
    expect(regular.equals(Buffer.from(svgToPng(bold, 100)))).toBe(false);
  });
});

describe('overviewSvg', () => {
  it.each([0, 1, 3, 9, 77])('shows %i brands on one scale', (brands) => {
    const reports = manyBrands(brands);
    const svg = overviewSvg(reports, CONTEXT);
    const [width, height] = sizeOf(svgToPng(svg, OVERVIEW_WIDTH));
    expect(width).toBe(2 * OVERVIEW_WIDTH);
    expect(height).toBeLessThan(4000);
    for (const { name } of reports.slice(1, 7)) expect(textsOf(svg)).toContain(name);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('does not depend on the order of the brands', () => {
    expect(overviewSvg(threeBrands().reverse(), CONTEXT)).toBe(overviewSvg(threeBrands(), CONTEXT));
  });
});

describe('a change of the model', () => {
  const models = [
    { from: null, name: 'social@11223344' },
    { from: NEWEST - 12, name: 'social@3f2a9c1b' },
    { from: NEWEST - 2, name: 'mine@aabbccdd' },
  ];

  it('is a dotted rule with the name, and a gap in the line of averages', () => {
    const svg = chartSvg(falling, { ...CONTEXT, models });
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['new model social@3f2a9c1b', 'new model mine@aabbccdd']));
    expect(svg).toContain('stroke-dasharray="2 3"');
    expect(lineOf(chartSvg(falling, CONTEXT)).match(/M/g)).toHaveLength(1);
    expect(
      svg.match(new RegExp(`stroke-width="2.2" stroke="${LIGHT.smoothed}">(.*?)</g>`))?.[1]?.match(/M/g),
    ).toHaveLength(3);
    expect(overviewSvg(threeBrands(), { ...CONTEXT, models })).toContain('dotted: another model begins');
  });

  it('before the first day, or with one model, is nothing', () => {
    const before = [
      { from: null, name: 'a@1' },
      { from: NEWEST - 400, name: 'b@2' },
    ];
    for (const list of [before, before.slice(0, 1)])
      expect(chartSvg(falling, { ...CONTEXT, models: list })).toBe(chartSvg(falling, CONTEXT));
  });
});

describe('sparklineSvg', () => {
  it('is a line with gaps and a dot at its end', () => {
    const svg = sparklineSvg(brandReport({ slug: 'gaps', gaps: [10] }), CONTEXT, LIGHT);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(/d="(M[^"]*)" fill/.exec(svg)?.[1]?.match(/M/g)).toHaveLength(2);
  });

  it('is empty without days', () => {
    expect(sparklineSvg({ ...falling, figures: [], threshold: null }, CONTEXT, LIGHT)).not.toMatch(/circle|NaN/);
  });
});
