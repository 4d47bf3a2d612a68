import { brandOf } from '../db/brands.ts';
import { modelBreaks, modelSpans } from '../db/series.ts';
import type { Reader } from '../db/store.ts';
import { shortDate } from '../reports/format.ts';
import { type BrandReport, firingSpans } from '../reports/model.ts';
import type { Moved } from '../reports/moved.ts';
import { driversOf, ownWordsOf, spansOfAlert, spansOfDay } from '../src/alerts/drivers.ts';
import type { Day, Days } from '../src/calendar.ts';
import type { Config } from '../src/config/schema.ts';

/** The brands with what moved their newest day away from the week before, or the window of an alert from the week before it. */
export async function withMoved(
  reader: Reader,
  config: Config,
  day: Day,
  brands: readonly BrandReport[],
): Promise<BrandReport[]> {
  const breaks = modelBreaks(await modelSpans(reader));
  const found: BrandReport[] = [];
  for (const brand of brands) {
    const moved = await movedOf(reader, config, { slug: brand.slug, breaks, ...asked(brand, config, day) });
    found.push(moved ? { ...brand, moved } : brand);
  }
  return found;
}

/** While an alert fires, the same days as in its mail: soon all of the week before a day are of the dip. */
function asked(brand: BrandReport, config: Config, day: Day) {
  const alert = brand.state === 'firing' ? firingSpans(brand).at(-1) : undefined;
  if (!alert) return { spans: spansOfDay(day), names: { days: shortDate(day), before: 'the week before' } };
  const from = windowFrom(brand, config, day);
  const days = from === day ? shortDate(day) : `${shortDate(from)} to ${shortDate(day)}`;
  return { spans: spansOfAlert(from, day, alert.from), names: { days, before: 'the week before the alert' } };
}

/** The first day of the moving average that ends on a day. */
function windowFrom({ figures, window }: BrandReport, config: Config, day: Day): Day {
  if (window === undefined) return figures.find((found) => found.day === day)?.windowFrom ?? day;
  if (config.smoothing === 'calendar') return day - window + 1;
  return figures.filter((found) => found.day <= day).at(-window)?.day ?? day;
}

/** What moved a brand's mean score on some days, in a report's words; undefined where it may be chance. */
export async function movedOf(
  reader: Reader,
  config: Config,
  {
    slug,
    breaks,
    spans,
    names,
  }: {
    readonly slug: string;
    readonly breaks: readonly Day[];
    readonly spans: { readonly days: Days; readonly before: Days };
    readonly names: Pick<Moved, 'days' | 'before'>;
  },
): Promise<Moved | undefined> {
  const row = await brandOf(reader, slug);
  if (!row) return undefined;
  const settings = { breaks, ownWords: ownWordsOf(config, slug), countOnce: config.duplicates === 'once' };
  const drivers = await driversOf(reader, row.brandId, spans, settings);
  if (!drivers?.isSure || drivers.usual === null) return undefined;
  const { mean, usual, posts, terms } = drivers;
  return { mean, usual, posts, terms, ...names };
}
