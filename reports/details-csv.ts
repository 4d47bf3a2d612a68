import { PPM } from '../src/aggregate/day-stats.ts';
import { formatDay } from '../src/calendar.ts';
import { bySlug, csvOf } from './daily-csv.ts';
import { type BrandReport, metricOf, type ReportContext, smoothedName, smoothingOf } from './model.ts';

const COLUMNS = ['brand', 'what', 'name', 'measure', 'value'];

type Row = [brand: string, what: string, name: string | number, measure: string, value: string | number];

/**
 * `sentiment_daily_details.csv`: what a page tells beside the daily figures, a number a record: an alert's average that these lack, what moved a brand's newest day
 * (posts by their number in `v_posts`, no text), published figures that changed, and the input of all brands.
 */
export function detailsCsv(brands: readonly BrandReport[], context: ReportContext): string {
  return csvOf(COLUMNS, [
    ...[...brands].sort(bySlug).flatMap((brand) => brandRows(brand, context)),
    ...qualityRows(context),
  ]);
}

function brandRows(brand: BrandReport, context: ReportContext): Row[] {
  const { slug, moved, revisions } = brand;
  const rows = averageRows(brand, context);
  if (moved) {
    // Numbers as numbers: a minus at the start of a text gets an apostrophe.
    rows.push([slug, 'moved', '', 'mean_pos', moved.mean.toFixed(6)]);
    rows.push([slug, 'moved', '', 'mean_pos_before', moved.usual.toFixed(6)]);
    rows.push([slug, 'moved', '', 'difference', Number((moved.mean - moved.usual).toFixed(6))]);
    for (const { postId, score, copies, influence } of moved.posts)
      rows.push(
        [slug, 'post', postId, 'influence', Number(influence.toFixed(6))],
        [slug, 'post', postId, 'copies', copies],
        [slug, 'post', postId, 'score', score.toFixed(6)],
      );
    for (const { term, now, nowOf, before, beforeOf } of moved.terms)
      rows.push(
        [slug, 'term', term, 'posts', now],
        [slug, 'term', term, 'posts_of', nowOf],
        [slug, 'term', term, 'before', before],
        [slug, 'term', term, 'before_of', beforeOf],
      );
  }
  for (const { day, before, after, latePosts } of revisions) {
    for (const [when, { n, nPositive, sumScore }] of Object.entries({ published: before, now: after }))
      rows.push(
        [slug, 'revision', formatDay(day), `${when}_total`, n],
        [slug, 'revision', formatDay(day), `${when}_positive_rate`, n === 0 ? '' : (nPositive / n).toFixed(6)],
        [slug, 'revision', formatDay(day), `${when}_mean_pos`, n === 0 ? '' : (sumScore / PPM / n).toFixed(6)],
      );
    rows.push([slug, 'revision', formatDay(day), 'late_posts', latePosts]);
  }
  return rows;
}

/** The newest average of an alert that watches none of the daily figures. */
function averageRows(brand: BrandReport, context: ReportContext): Row[] {
  const newest = brand.series?.findLast(({ day }) => day <= context.newestDay);
  if (!newest?.smoothed) return [];
  const name = smoothedName(metricOf(brand), smoothingOf(brand, context));
  return (['value', 'low', 'high'] as const).flatMap((measure) => {
    const value = newest.smoothed?.[measure] ?? null;
    return value === null ? [] : [[brand.slug, 'average', name, measure, Number(value.toFixed(6))] satisfies Row];
  });
}

function qualityRows({ quality }: ReportContext): Row[] {
  const { rejectsByCode, otherLanguages, sources = [], drift, ...totals } = quality;
  return [
    ...Object.entries(totals).map(([name, value]): Row => ['', 'input', name, 'rows', value]),
    ...Object.entries(rejectsByCode).map(([code, rows]): Row => ['', 'rejects', code, 'rows', rows]),
    ...Object.entries(otherLanguages).map(([code, posts]): Row => ['', 'language', code, 'posts', posts]),
    ...Object.entries(drift ?? {}).map(([name, value]): Row => ['', 'drift', name, 'comparisons', value]),
    ...sources.map(({ name, newest }): Row => ['', 'source', name, 'newest_post', newest ?? '']),
  ];
}
