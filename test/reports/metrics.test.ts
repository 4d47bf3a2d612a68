import { describe, expect, it } from 'vitest';
import { chartSvg } from '../../reports/chart.ts';
import { dailyCsv } from '../../reports/daily-csv.ts';
import { headline } from '../../reports/headline.ts';
import type { BrandReport } from '../../reports/model.ts';
import { pageHtml } from '../../reports/page.ts';
import { statsOf } from '../../src/aggregate/day-stats.ts';
import { metricSeries } from '../../src/alerts/measure.ts';
import { brandReport, CONTEXT, NEWEST } from './world.ts';

const SMOOTHING = { smoothing: 'calendar', window: 3, min_posts_per_day: 1 } as const;

/** Ten days of 40 posts by as many people, one in ten positive and three in ten negative. */
const stats = Array.from({ length: 10 }, (_, index) => ({
  day: NEWEST - 9 + index,
  ...statsOf(
    Array.from({ length: 40 }, (__, post) => {
      const predicted =
        post % 10 === 0 ? ('positive' as const) : post % 10 < 4 ? ('negative' as const) : ('neutral' as const);
      return { userId: `u${post}`, pNegative: 0.3, pPositive: 0.1, predicted };
    }),
  ),
}));

const acme: BrandReport = {
  ...brandReport({ slug: 'acme', name: 'Acme', days: 10 }),
  threshold: { metric: 'net_sentiment', below: -0.15 },
  series: metricSeries('net_sentiment', { stats, breaks: [], ratesOf: () => null }, SMOOTHING),
  ...{ firingDays: new Set([NEWEST]), state: 'firing' },
};

describe('a threshold on net sentiment', () => {
  it('is told in the headline, with the figure that it is on', () => {
    expect(headline(acme, CONTEXT)).toMatch(
      /^Acme fell to a net sentiment of -0\.20 \(-0\.\d\d to -0\.\d\d\) over the last 3 days; 8 in 10 sure it is below -0\.15\. 40 posts/,
    );
  });

  it('is drawn on an axis that reaches below zero', () => {
    const chart = chartSvg(acme, CONTEXT);
    expect(chart).toContain('Alert below -0.15');
    expect(chart).toContain('Net sentiment of a day');
    expect(chart).toMatch(/>-0\.20?</);
    expect(chart).not.toMatch(/NaN|undefined/);
  });

  it('is in the page and in the CSV', () => {
    expect(pageHtml([acme], CONTEXT)).not.toMatch(/NaN|undefined/);
    const line = dailyCsv([acme]).trim().split('\n').at(-1) ?? '';
    expect(line).toMatch(/,"?'?-0\.15"?,0\.8\d*$/);
  });
});

it('an alert that is another than that of the threshold is told by itself', () => {
  const other = {
    ...brandReport({ slug: 'acme', name: 'Acme' }),
    state: 'firing' as const,
    firingDays: new Set([NEWEST]),
  };
  const told = headline(
    { ...other, otherAlert: '7-day sentiment more than 3 standard errors below its last 56 days' },
    CONTEXT,
  );
  expect(told).toMatch(/^Acme is at 0\.\d\d .* above 0\.45\. /);
  expect(told).toMatch(/ An alert is firing: 7-day sentiment more than 3 standard errors below its last 56 days\.$/);
  expect(told).not.toMatch(/fell|recovered/);
});
