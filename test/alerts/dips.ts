import { statsOf } from '../../src/aggregate/day-stats.ts';
import { dailyFigures } from '../../src/aggregate/figures.ts';
import type { AlertContent } from '../../src/alerts/alert-content.ts';
import type { Dip } from '../../src/alerts/dip.ts';
import { type DriverPost, NO_DRIVERS } from '../../src/alerts/drivers.ts';
import type { TeamMail } from '../../src/alerts/team-mail.ts';
import { dayOf } from './days.ts';

export const day = dayOf('2026-11-20');

/** A mail that tells one team this. */
export function mailOf(...contents: AlertContent[]): TeamMail {
  return {
    alerts: contents.map((content, index) => ({ number: index + 1, content, cid: `chart${index + 1}.0@acme.example` })),
    ...{ digest: null, standing: [], window: 3, to: ['care@acme.example'], team: 'care', isSample: false },
  };
}

export function post(text: string): DriverPost {
  return { postId: 1, atMs: 0, day, userId: 'a', text, score: 0.0213, copies: 1, influence: -0.01, share: null };
}

export function estimate(value: number) {
  return { value, low: null, high: null, standardError: null };
}

export function dip(change: Partial<Dip> = {}, rule: Partial<Dip['rule']> = {}): Dip {
  return {
    kind: 'firing',
    rule: {
      ruleId: 'acme-air:mean_pos:00000000',
      brandSlug: 'acme-air',
      brandName: 'Acme Air',
      metric: 'mean_pos',
      below: 0.45,
      recoverAbove: 0.48,
      minPosts: 50,
      text: '3-day sentiment below 0.45',
      limitMoves: false,
      ...rule,
    },
    since: day,
    day,
    value: 0.381,
    low: 0.352,
    high: 0.411,
    posts: 1312,
    windowFrom: day - 2,
    window: 3,
    before: { day: day - 1, value: 0.52 },
    recent: [],
    series: (change.recent ?? []).map(({ day, total, meanPos, ma3, positiveRate, positiveRateMa3 }) =>
      rule.metric === 'positive_rate'
        ? { day, total, daily: positiveRate, smoothed: positiveRateMa3 }
        : { day, total, daily: meanPos, smoothed: ma3 },
    ),
    events: [],
    drivers: { ...NO_DRIVERS, posts: [post('Lost my bag <again> & "again"')], terms: [] },
    ...change,
  };
}

/** A week of figures: so many posts a day, of which every other one is positive. */
export const week = dailyFigures(
  [3, 4, 5, 1200].map((n, index) => ({
    ...statsOf(
      Array.from({ length: n }, (_, post) => ({
        ...{ userId: `u${post}`, pPositive: 0.4 + (post % 2) / 5, pNegative: 0.5 - (post % 2) / 5 },
        predicted: post % 2 === 1 ? ('positive' as const) : ('negative' as const),
      })),
    ),
    day: day - 3 + index,
  })),
  { smoothing: 'calendar', window: 3, min_posts_per_day: 4 },
);

export const driven: Dip['drivers'] = {
  ...NO_DRIVERS,
  posts: [
    { ...post('Lost my bag'), copies: 1234, share: 0.306 },
    { ...post('Late again'), score: 0.1, share: 0.004, day: day - 1 },
    { ...post('All of it'), score: 0.2, share: 1.2, copies: 2 },
  ],
  terms: [
    { term: 'lost bag', now: 30, nowOf: 100, before: 0, beforeOf: 90 },
    { term: 'late', now: 1, nowOf: 200, before: 1, beforeOf: 100 },
  ],
};
