import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf, dailyCsv, tutorialCsv } from '../../reports/daily-csv.ts';
import type { BrandReport } from '../../reports/model.ts';
import type { DayFigures } from '../../src/aggregate/figures.ts';
import { brandReport, NEWEST, threeBrands } from './world.ts';

const HEADER =
  'brand,day,total,positives,mean_pos,ma3,alert,negatives,users,mean_pos_low,mean_pos_high,ma3_low,ma3_high,' +
  'positive_rate,positive_rate_low,positive_rate_high,positive_rate_ma3,window_posts,model,' +
  'corrected_rate,corrected_low,corrected_high,sampled_rate,sampled_low,sampled_high,sampled_posts,' +
  'neutrals,threshold,p_below';

const known = (value: number, low: number, high: number) => ({ value, low, high, standardError: 0.01 });
const unknown = (value: number) => ({ value, low: null, high: null, standardError: null });

const FULL: DayFigures = {
  day: NEWEST,
  total: 1234,
  positives: 411,
  negatives: 823,
  users: 1000,
  meanPos: known(1 / 3, 0.3, 0.37),
  positiveRate: known(0.25, 0.2, 0.3),
  correctedRate: known(0.28, 0.22, 0.34),
  sampled: { ...known(0.29, 0.24, 0.33), posts: 100 },
  ma3: known(0.4444444, 0.4, 0.5),
  positiveRateMa3: known(0.26, 0.2, 0.3),
  windowPosts: 3000,
  windowFrom: NEWEST - 2,
};
const { sampled: _, ...UNSAMPLED } = FULL;
const SPARSE: DayFigures = {
  ...UNSAMPLED,
  day: NEWEST - 4,
  total: 1,
  positives: 1,
  negatives: 0,
  users: 1,
  meanPos: unknown(1),
  positiveRate: unknown(1),
  correctedRate: null,
  ma3: null,
  positiveRateMa3: null,
  windowPosts: 0,
};

function report(slug: string, changes: Partial<BrandReport> = {}): BrandReport {
  return {
    slug,
    name: slug,
    figures: [SPARSE, FULL],
    threshold: { metric: 'mean_pos', below: 0.45 },
    firingDays: new Set([NEWEST]),
    state: 'firing',
    events: [],
    revisions: [],
    ...changes,
  };
}

describe('dailyCsv', () => {
  it('writes the documented columns, brands by slug, days ascending, six decimals, unknown ends empty', () => {
    expect(dailyCsv([report('zeta', { threshold: null, firingDays: new Set(), state: null }), report('acme')])).toBe(
      [
        HEADER,
        'acme,2026-03-26,1,1,1.000000,,false,0,1,,,,,1.000000,,,,0,,,,,,,,0,0,0.45,',
        'acme,2026-03-30,1234,411,0.333333,0.444444,true,823,1000,0.300000,0.370000,0.400000,0.500000,0.250000,0.200000,0.300000,0.260000,3000,,0.280000,0.220000,0.340000,0.290000,0.240000,0.330000,100,0,0.45,0.710744',
        'zeta,2026-03-26,1,1,1.000000,,,0,1,,,,,1.000000,,,,0,,,,,,,,0,0,,',
        'zeta,2026-03-30,1234,411,0.333333,0.444444,,823,1000,0.300000,0.370000,0.400000,0.500000,0.250000,0.200000,0.300000,0.260000,3000,,0.280000,0.220000,0.340000,0.290000,0.240000,0.330000,100,0,,',
        '',
      ].join('\n'),
    );
  });

  it('is a header alone without brands or without days', () => {
    expect(dailyCsv([])).toBe(`${HEADER}\n`);
    expect(dailyCsv([report('acme', { figures: [] })])).toBe(`${HEADER}\n`);
  });

  it('does not depend on the order of the brands', () => {
    expect(dailyCsv(threeBrands().reverse())).toBe(dailyCsv(threeBrands()));
  });

  it('leaves out the days without posts', () => {
    const days = dailyCsv([brandReport({ slug: 'gap', days: 5, gaps: [1, 2] })]).match(/2026-\d\d-\d\d/g);
    expect(days).toEqual(['2026-03-26', '2026-03-27', '2026-03-30']);
  });
});

describe('tutorialCsv', () => {
  it("writes the tutorial's five columns of one brand", () => {
    expect(tutorialCsv(report('acme'))).toBe(
      'created_at,total,positives,mean_pos,ma3\n2026-03-26,1,1,1.000000,\n2026-03-30,1234,411,0.333333,0.444444\n',
    );
  });
});

describe('csvOf', () => {
  it.each([
    ['=1+1', `"'=1+1"`],
    ['+49 30', `"'+49 30"`],
    ['-2', `"'-2"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\tx', `"'\tx"`],
    ['\rx', `"'\rx"`],
    ['=a\nb', `"'=a\nb"`],
    ['a=b', 'a=b'],
    ['say "hi", you', '"say ""hi"", you"'],
  ])('keeps a spreadsheet from running %j', (cell, written) => {
    expect(csvOf(['text'], [[cell]])).toBe(`text\n${written}\n`);
  });

  it('leaves numbers alone, negative ones too', () => {
    expect(csvOf(['x', 'y'], [[-1.5, 2]])).toBe('x,y\n-1.5,2\n');
  });

  it('is read back by another parser as it was given, but for the apostrophe', () => {
    const cells = fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(cells, (records) => {
        const read = parse(csvOf(['a', 'b'], records), { from: 2, skip_empty_lines: false, record_delimiter: '\n' });
        expect(read).toEqual(
          records.map((record) => record.map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))),
        );
      }),
    );
  });
});
