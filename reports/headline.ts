import { countOf, digitsToTell, interval, measure, shortDate, thresholdText } from './format.ts';
import { type BrandReport, firingSpans, metricOf, type ReportContext, type SeriesPoint, seriesOf } from './model.ts';

/**
 * What happened to a brand, in a sentence or two with figures:
 * "Acme fell to 0.41 (0.38–0.44) over the last 3 days, below 0.45; 312 posts on 30 Mar. A week before it was 0.55."
 */
export function headline(brand: BrandReport, context: ReportContext): string {
  const metric = metricOf(brand);
  const series = seriesOf(brand).filter(({ day }) => day <= context.newestDay);
  const last = series.at(-1);
  if (last === undefined) return `${brand.name} has no scored posts yet.`;
  if (last.day < context.newestDay)
    return `${brand.name} has no posts on ${shortDate(context.newestDay)}; the newest are of ${shortDate(last.day)}.${alertGoesOn(brand)}`;
  const posts = `${countOf(last.total, 'post')} on ${shortDate(last.day)}`;
  if (last.smoothed === null) return `${brand.name} has too few posts for an average; ${posts}.${alertGoesOn(brand)}`;

  const below = brand.threshold?.below;
  const digits = digitsToTell(last.smoothed.value, below, metric);
  const value = measure(last.smoothed.value, metric, digits);
  const ends = interval(last.smoothed, metric, digits);
  const figure = `${value}${ends === undefined ? '' : ` (${ends})`} over the last ${daysText(context)}`;
  const sentence = `${brand.name} ${verb(brand, context)} ${figure}${comparison(brand, last.smoothed.value)}; ${posts}.`;
  return sentence + weekBefore(series, last, digits, brand);
}

/** `3 days`, `day`, `3 days with posts`. */
export function daysText({ window, smoothing }: Pick<ReportContext, 'window' | 'smoothing'>): string {
  return `${window === 1 ? 'day' : `${window} days`}${smoothing === 'rows' ? ' with posts' : ''}`;
}

function verb(brand: BrandReport, { newestDay }: ReportContext): string {
  const metric = metricOf(brand) === 'mean_pos' ? 'to' : 'to a positive rate of';
  if (brand.state === 'firing' && firingSpans(brand).at(-1)?.from === newestDay) return `fell ${metric}`;
  return metricOf(brand) === 'mean_pos' ? 'is at' : 'has a positive rate of';
}

/** How the average stands to the threshold, and what that means where the two don't say the same. */
function comparison(brand: BrandReport, value: number): string {
  if (brand.threshold === null) return '';
  const below = value < brand.threshold.below;
  const threshold = thresholdText(brand.threshold.below, metricOf(brand));
  if (brand.state === 'firing' && !below) return `, above ${threshold} again but not yet recovered`;
  if (brand.state !== 'firing' && below) return `, below ${threshold}, with no alert firing`;
  return `, ${below ? 'below' : value > brand.threshold.below ? 'above' : 'at'} ${threshold}`;
}

function weekBefore(series: readonly SeriesPoint[], last: SeriesPoint, digits: number, brand: BrandReport): string {
  const before = series.find(({ day }) => day === last.day - 7)?.smoothed;
  return before ? ` A week before it was ${measure(before.value, metricOf(brand), digits)}.` : '';
}

function alertGoesOn(brand: BrandReport): string {
  return brand.state === 'firing' ? ' Its alert goes on.' : '';
}
