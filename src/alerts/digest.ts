import { brandIdOf } from '../../db/brands.ts';
import { modelBreaks, modelSpans, seriesStatsOf } from '../../db/series.ts';
import { dailyFigures } from '../aggregate/figures.ts';
import { type Day, formatDay } from '../calendar.ts';
import type { Context } from '../context.ts';
import { count, longDate, oneLine, shortDate, shorten } from './words.ts';

/** Where a team's brands stand on a morning, in words. Stored as JSON. */
export interface DigestContent {
  readonly day: string;
  readonly date: string;
  readonly brands: readonly {
    readonly brand: string;
    readonly day: string;
    readonly now: string;
    /** Against the same figure seven days before: `+0.03`, or a dash. */
    readonly change: string;
    readonly posts: string;
  }[];
  /** Brands without posts on the newest day. */
  readonly silent: string;
}

const BEFORE_DAYS = 7;

/** What a team's digest says: each of its brands on its newest day up to the given one, in the order of the config. */
export async function digestContent(
  { store, config }: Pick<Context, 'store' | 'config'>,
  team: string,
  newestDay: Day,
): Promise<DigestContent> {
  const breaks = modelBreaks(await modelSpans(store.read));
  const brands: DigestContent['brands'][number][] = [];
  const silent: string[] = [];
  for (const [slug, settings] of Object.entries(config.brands)) {
    if (settings.team !== team) continue;
    const name = shorten(oneLine(settings.name ?? slug), 40);
    const brandId = await brandIdOf(store.read, slug);
    const oldest = newestDay - BEFORE_DAYS - config.window;
    // As far back as the average of seven days before the oldest day that is told reaches.
    const from = oldest - BEFORE_DAYS - config.window;
    const stats = brandId === undefined ? [] : await seriesStatsOf(store.read, brandId, { from, to: newestDay });
    const figures = dailyFigures(stats, config, breaks);
    const now = figures.findLast(({ day }) => day >= oldest);
    if (now?.day !== newestDay) silent.push(name);
    if (!now) continue;
    const before = figures.find(({ day }) => day === now.day - BEFORE_DAYS);
    const change = now.ma3 && before?.ma3 ? hundredths(now.ma3.value - before.ma3.value) : null;
    brands.push({
      ...{ brand: name, day: now.day === newestDay ? '' : shortDate(now.day) },
      now: now.ma3 ? now.ma3.value.toFixed(2) : '–',
      change: change === null ? '–' : `${change < 0 ? '−' : '+'}${(Math.abs(change) / 100).toFixed(2)}`,
      posts: now.total.toLocaleString('en-US'),
    });
  }
  return {
    day: formatDay(newestDay),
    date: longDate(newestDay),
    brands,
    silent:
      silent.length === 0
        ? ''
        : `No posts that day: ${shorten(silent.join(', '), 300)} (${count(silent.length, 'brand')}).`,
  };
}

/** Rounded as it is shown, so that a change too small to be seen is none, and not a fall of 0.00. */
function hundredths(value: number): number {
  return Math.round(100 * value);
}
