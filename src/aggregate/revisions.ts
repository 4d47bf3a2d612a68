import {
  appendRevision,
  type ChangedDay,
  changedSincePublished,
  type DayNumbers,
  newestPost,
  postsStoredAfter,
  type RevisionRow,
  savePublished,
} from '../../db/published.ts';
import type { RevisionReason } from '../../db/schema-history.ts';
import type { Tx } from '../../db/store.ts';
import type { Day } from '../calendar.ts';
import type { Metric } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import { PPM } from './day-stats.ts';

/** Days looked at in one transaction; small enough to keep the database free for others. */
const DAYS_PER_TRANSACTION = 200;

/**
 * Keeps what the report of a morning says of every brand-day, and adds a line for each whose figures read otherwise than when
 * they were last published: posts, mean score or positive rate, as the page prints them. What is too small to be seen adds up
 * until it is. A second call adds nothing.
 */
export async function recordRevisions(
  { store, signal }: Pick<Context, 'store' | 'signal'>,
  run: { runId: number; newestDay: Day; revisedOn: Day },
): Promise<{ published: number; revised: number }> {
  const changed = await changedSincePublished(store.read, run.newestDay);
  const summary = { published: 0, revised: 0 };
  for (let start = 0; start < changed.length; start += DAYS_PER_TRANSACTION) {
    throwIfAborted(signal);
    const batch = changed.slice(start, start + DAYS_PER_TRANSACTION);
    await store.transaction(async (tx) => {
      const newest = await newestPost(tx);
      const news = batch.filter(({ before, after }) => before === null || readsOtherwise(before, after));
      for (const { brandId, day, before, after } of news) {
        if (before === null) summary.published += 1;
        else {
          summary.revised += 1;
          await appendRevision(tx, {
            ...{ brand_id: brandId, day, run_id: run.runId, revised_on: run.revisedOn },
            ...(await causeOf(tx, { brandId, day, before, after })),
            ...{ n_before: before.n, n_positive_before: before.nPositive, sum_score_before: before.sumScore },
            ...{ n_after: after.n, n_positive_after: after.nPositive, sum_score_after: after.sumScore },
          });
        }
      }
      await savePublished(
        tx,
        news.map(({ brandId, day, after }) => ({
          ...{ brand_id: brandId, day, model_id: after.modelId, newest_post: newest },
          ...{ n: after.n, n_positive: after.nPositive, sum_score: after.sumScore },
        })),
      );
    });
  }
  return summary;
}

async function causeOf(
  tx: Tx,
  { brandId, day, before, after }: ChangedDay & { before: NonNullable<ChangedDay['before']> },
): Promise<{ reason: RevisionReason; late_posts: number }> {
  const late = await postsStoredAfter(tx, { brandId, day }, before.newestPost);
  if (before.modelId !== after.modelId) return { reason: 'model', late_posts: late };
  if (late > 0) return { reason: 'late_posts', late_posts: late };
  return { reason: before.n === after.n ? 'corrections' : 'brands', late_posts: 0 };
}

/** A figure of a day as reports print it; undefined for a day without posts. */
function printed({ n, nPositive, sumScore }: DayNumbers, metric: Metric): string | undefined {
  if (n === 0) return undefined;
  return (metric === 'mean_pos' ? sumScore / PPM / n : nPositive / n).toFixed(3);
}

function readsOtherwise(before: DayNumbers, after: DayNumbers): boolean {
  return (
    before.n !== after.n ||
    printed(before, 'mean_pos') !== printed(after, 'mean_pos') ||
    printed(before, 'positive_rate') !== printed(after, 'positive_rate')
  );
}

/** What changed of a published brand-day, from what was said first to what holds now. */
export interface Revision {
  readonly slug: string;
  readonly name: string;
  readonly day: Day;
  readonly reasons: readonly RevisionReason[];
  readonly latePosts: number;
  readonly before: DayNumbers;
  readonly after: DayNumbers;
}

/** One revision a brand-day: lines of the same one, in the order of time, are put together. */
export function joinRevisions(rows: readonly (RevisionRow & { slug: string; name: string })[]): Revision[] {
  const joined = new Map<string, Revision>();
  for (const row of rows) {
    const key = `${row.brand_id}/${row.day}`;
    const known = joined.get(key);
    joined.set(key, {
      ...{ slug: row.slug, name: row.name, day: row.day },
      reasons: [...new Set([...(known?.reasons ?? []), row.reason])],
      latePosts: (known?.latePosts ?? 0) + row.late_posts,
      before: known?.before ?? { n: row.n_before, nPositive: row.n_positive_before, sumScore: row.sum_score_before },
      after: { n: row.n_after, nPositive: row.n_positive_after, sumScore: row.sum_score_after },
    });
  }
  return [...joined.values()].filter(({ before, after }) => readsOtherwise(before, after));
}
