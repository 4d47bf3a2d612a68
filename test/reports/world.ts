import type { BrandReport, ReportContext } from '../../reports/model.ts';
import { type DatedStats, type ScoredPost, statsOf } from '../../src/aggregate/day-stats.ts';
import { dailyFigures } from '../../src/aggregate/figures.ts';
import { type Day, parseDay } from '../../src/calendar.ts';

/** Seeded uniform numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export const NEWEST: Day = parseDay('2026-03-30') ?? 0;

export interface BrandRecipe {
  slug: string;
  name?: string;
  days?: number;
  postsPerDay?: number;
  /** Expected share of positive posts, outside the dip. */
  level?: number;
  /** Days before the newest one on which sentiment falls, first and last (inclusive); the depth is taken off. */
  dip?: { from: number; to: number; depth: number };
  /** Days before the newest one without posts. */
  gaps?: readonly number[];
  threshold?: BrandReport['threshold'];
  seed?: number;
}

/** A brand as the program would report it, computed from random posts by the real statistics. */
export function brandReport(recipe: BrandRecipe): BrandReport {
  const { slug, days = 30, postsPerDay = 120, level = 0.6, dip, gaps = [], seed = 1 } = recipe;
  const random = seeded(seed);
  const threshold = recipe.threshold === undefined ? { metric: 'mean_pos' as const, below: 0.45 } : recipe.threshold;
  const stats: DatedStats[] = [];
  for (let ago = days - 1; ago >= 0; ago -= 1) {
    const n = Math.max(1, Math.round(postsPerDay * (0.6 + 0.8 * random())));
    const lowered = dip !== undefined && ago <= dip.from && ago >= dip.to ? dip.depth : 0;
    const rate = level - lowered + 0.04 * (random() - 0.5);
    const posts = Array.from({ length: n }, (): ScoredPost => {
      const positive = random() < rate;
      const pPositive = positive ? 0.6 + 0.4 * random() : 0.4 * random();
      const userId = `user${Math.floor(random() * n * 0.9)}`;
      return { userId, pPositive, pNegative: 1 - pPositive, predicted: pPositive >= 0.5 ? 'positive' : 'negative' };
    });
    if (!gaps.includes(ago)) stats.push({ day: NEWEST - ago, ...statsOf(posts) });
  }
  const figures = dailyFigures(stats, { smoothing: 'calendar', window: 3, min_posts_per_day: 1 });
  const firing = figures.filter(({ ma3, positiveRateMa3 }) => {
    const watched = threshold?.metric === 'positive_rate' ? positiveRateMa3 : ma3;
    return threshold !== null && watched !== null && watched.value < threshold.below;
  });
  const state =
    threshold === null ? null : firing.at(-1)?.day === figures.at(-1)?.day && firing.length > 0 ? 'firing' : 'inactive';
  const firingDays = new Set(firing.map(({ day }) => day));
  return { slug, name: recipe.name ?? slug, figures, threshold, firingDays, state, events: [], revisions: [] };
}

export const CONTEXT: ReportContext = {
  asOf: NEWEST + 1,
  newestDay: NEWEST,
  timeZone: 'Europe/Berlin',
  modelName: 'tutorial-imdb',
  window: 3,
  smoothing: 'calendar',
  warnings: [],
  quality: {
    files: 31,
    rows: 5214,
    stored: 5093,
    duplicates: 104,
    rejected: 17,
    rejectsByCode: { bad_date: 12, empty_text: 5 },
    otherLanguages: {},
  },
};

/** Three brands: one falling just now, one that dipped and came back, one without alerts and with a gap. */
export function threeBrands(): BrandReport[] {
  return [
    brandReport({ slug: 'acme-air', name: 'Acme Air', dip: { from: 2, to: 0, depth: 0.28 }, seed: 11 }),
    brandReport({
      slug: 'borealis',
      name: 'Borealis Coffee',
      level: 0.66,
      postsPerDay: 45,
      dip: { from: 17, to: 11, depth: 0.3 },
      threshold: { metric: 'positive_rate', below: 0.5 },
      seed: 12,
    }),
    brandReport({
      slug: 'zephyr',
      name: 'Zephyr Bikes',
      level: 0.72,
      postsPerDay: 8,
      gaps: [3, 4, 20],
      threshold: null,
      seed: 13,
    }),
  ];
}

/** Many brands of every size, some of them firing. */
export function manyBrands(count: number): BrandReport[] {
  const random = seeded(77);
  return Array.from({ length: count }, (_, index) =>
    brandReport({
      slug: `brand-${String(index + 1).padStart(2, '0')}`,
      name: `Brand number ${index + 1}${index % 7 === 0 ? ' with a rather long name' : ''}`,
      postsPerDay: Math.round(3 + 400 * random() ** 4),
      level: 0.55 + 0.2 * random(),
      ...(index % 9 === 4 ? { dip: { from: 6, to: index % 2 === 0 ? 0 : 3, depth: 0.3 } } : {}),
      threshold: index % 5 === 3 ? null : { metric: 'mean_pos', below: 0.45 },
      seed: index + 100,
    }),
  );
}
