import type { Estimate } from '../src/aggregate/estimate.ts';
import { countOf, digitsToTell, interval, measure, shortDate, thresholdText } from './format.ts';
import {
  type BrandReport,
  FIGURE_NAME,
  firingSpans,
  metricOf,
  type SeriesContext,
  type SeriesPoint,
  seriesOf,
  smoothingOf,
} from './model.ts';
import { surenessBelow, surenessText } from './sureness.ts';

/**
 * What happened to a brand, in a sentence or two with figures:
 * "Acme fell to 0.41 (0.38–0.44) over the last 3 days; 9 in 10 sure it is below 0.45. 312 posts on 30 Mar; a week before it was 0.55."
 */
export function headline(brand: BrandReport, context: SeriesContext): string {
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
  const figure = `${value}${ends === undefined ? '' : ` (${ends})`} over the last ${daysText(smoothingOf(brand, context))}`;
  const stands = `${brand.name} ${verb(brand, context)} ${figure}${comparison(brand, last.smoothed)}.`;
  return `${stands} ${posts}${weekBefore(series, last, digits, brand)}.${otherAlert(brand)}`;
}

/** `3 days`, `day`, `3 days with posts`. */
export function daysText({ window, smoothing }: Pick<SeriesContext, 'window' | 'smoothing'>): string {
  return `${window === 1 ? 'day' : `${window} days`}${smoothing === 'rows' ? ' with posts' : ''}`;
}

function verb(brand: BrandReport, { newestDay }: SeriesContext): string {
  const name = FIGURE_NAME[metricOf(brand)];
  const isMean = metricOf(brand) === 'mean_pos';
  if (isShownFiring(brand) && firingSpans(brand).at(-1)?.from === newestDay)
    return isMean ? 'fell to' : `fell to a ${name} of`;
  return isMean ? 'is at' : `has a ${name} of`;
}

/** How the average stands to the threshold, how sure that is, and what it means where the alert says otherwise. */
function comparison(brand: BrandReport, average: Estimate): string {
  if (brand.threshold === null) return '';
  const { below: limit } = brand.threshold;
  const below = average.value < limit;
  const threshold = thresholdText(limit, metricOf(brand));
  if (average.value === limit) return `, at ${threshold}`;
  const probability = surenessBelow(average, limit);
  const side = below ? 'below' : 'above';
  const sure = probability === null ? undefined : surenessText(below ? probability : 1 - probability);
  const stands =
    probability === null
      ? `; it is ${side} ${threshold}`
      : sure === undefined
        ? `; it may as well be ${below ? 'above' : 'below'} ${threshold} as ${side}`
        : `; ${sure} it is ${side} ${threshold}`;
  if (isShownFiring(brand) && !below) return `${stands}, but not yet recovered`;
  return brand.state !== 'firing' && below ? `${stands}, with no alert firing` : stands;
}

function weekBefore(series: readonly SeriesPoint[], last: SeriesPoint, digits: number, brand: BrandReport): string {
  const before = series.find(({ day }) => day === last.day - 7)?.smoothed;
  return before ? `; a week before it was ${measure(before.value, metricOf(brand), digits)}` : '';
}

/** Whether the alert that fires is that of the threshold. */
function isShownFiring({ state, otherAlert: other }: BrandReport): boolean {
  return state === 'firing' && other === undefined;
}

/** What fires, where it isn't what the sentence is about. */
function otherAlert({ otherAlert: other }: BrandReport): string {
  return other === undefined ? '' : ` An alert is firing: ${other}.`;
}

function alertGoesOn(brand: BrandReport): string {
  return brand.state === 'firing' ? ' Its alert goes on.' : '';
}
