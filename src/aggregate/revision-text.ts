import type { DayNumbers } from '../../db/published.ts';
import { type Day, formatDayAs } from '../calendar.ts';
import type { ShownMetric } from '../config/schema.ts';
import { percent } from '../percent.ts';
import { PPM } from './day-stats.ts';
import type { Revision } from './revisions.ts';

/** `12 March: published 0.47, now 0.44, 312 late posts`; the year only where it is another than the newest day's. */
export function revisionText(revision: Revision, metric: ShownMetric, newestDay: Day): string {
  const year = formatDayAs(revision.day, 'yyyy');
  const date = formatDayAs(revision.day, year === formatDayAs(newestDay, 'yyyy') ? 'd MMMM' : 'd MMMM yyyy');
  const [before, after] = figures(revision, metric);
  return `${date}: published ${before}, now ${after}, ${reasonText(revision)}`;
}

/** Both figures with as few digits as tell them apart; where only the number of posts changed, that. */
function figures({ before, after }: Revision, metric: ShownMetric): [string, string] {
  if (after.n === 0) return [show(before, metric, 2), 'no posts'];
  if (before.n === 0) return ['no posts', show(after, metric, 2)];
  for (const kind of [metric, metric === 'mean_pos' ? 'positive_rate' : 'mean_pos'] as const)
    for (const digits of [2, 3]) {
      const pair: [string, string] = [show(before, kind, digits), show(after, kind, digits)];
      if (pair[0] !== pair[1]) return kind === metric ? pair : [`a ${NAME[kind]} of ${pair[0]}`, pair[1]];
    }
  return [posts(before.n), after.n.toLocaleString('en-US')];
}

const NAME: Record<ShownMetric, string> = { mean_pos: 'mean score', positive_rate: 'positive rate' };

/** A score as `0.47`, a rate as `47 %`. */
function show({ n, nPositive, sumScore }: DayNumbers, metric: ShownMetric, digits: number): string {
  return metric === 'mean_pos' ? (sumScore / PPM / n).toFixed(digits) : percent(nPositive / n, digits - 2);
}

function reasonText({ reasons, latePosts, before, after }: Revision): string {
  const parts: string[] = [];
  if (reasons.includes('model')) parts.push('another model');
  if (latePosts > 0) parts.push(posts(latePosts, 'late '));
  const other = after.n - before.n - latePosts;
  if (reasons.includes('brands') && other < 0) parts.push(`${posts(-other)} left out`);
  if (reasons.includes('brands') && other > 0) parts.push(`${posts(other)} more by other settings`);
  if (reasons.includes('corrections')) parts.push('corrected posts');
  return parts.length > 0 ? parts.join(', ') : 'other posts';
}

function posts(n: number, kind = ''): string {
  return `${n.toLocaleString('en-US')} ${kind}post${n === 1 ? '' : 's'}`;
}

/** How much a revision changed, to show the largest first: by the mean score, then by the posts. */
export function bySize(a: Revision, b: Revision): number {
  return sizeOf(b) - sizeOf(a) || a.day - b.day || (a.slug < b.slug ? -1 : 1);
}

function sizeOf({ before, after }: Revision): number {
  if (before.n === 0 || after.n === 0) return 1;
  return (
    Math.abs(before.sumScore / before.n - after.sumScore / after.n) / PPM +
    Math.abs(before.nPositive / before.n - after.nPositive / after.n) +
    Math.abs(before.n - after.n) / Math.max(before.n, after.n) / 1_000
  );
}
