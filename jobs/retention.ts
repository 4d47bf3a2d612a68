import { dirtyDays } from '../db/dirty-days.ts';
import { emptyPostsBefore, emptyRejectsBefore, refreshStatistics } from '../db/forgotten.ts';
import { sealedBefore } from '../db/sealed.ts';
import { saveSetting } from '../db/settings.ts';
import type { Day } from '../src/calendar.ts';
import type { Context } from '../src/context.ts';
import { throwIfAborted } from '../src/errors.ts';

/** What was deleted by age. Days before `before` are sealed; null when nothing is configured. */
export interface RetentionSummary {
  before: Day | null;
  posts: number;
  texts: number;
  rejects: number;
}

const PAGE = 1_000;

/**
 * Deletes what is older than `retention.days`: texts with their scores, users and other columns of posts, and the content of
 * rejected rows. Daily figures stay, and their days are sealed. A day that is still to be computed, and all after it, wait.
 * Errors: E_INTERRUPTED between pages; the next call goes on.
 */
export async function retention(context: Context): Promise<RetentionSummary> {
  const { store, config, zone, clock, signal } = context;
  const summary: RetentionSummary = { before: null, posts: 0, texts: 0, rejects: 0 };
  if (config.retention === undefined) return summary;
  const oldest = zone.dayOf(clock()) - config.retention.days;
  const waiting = (await dirtyDays(store.read)).at(0)?.day ?? oldest;
  const before = Math.max(Math.min(oldest, waiting), await sealedBefore(store.read));
  summary.before = before;
  // Sealed first: what is emptied must never be counted again, whenever the work is stopped.
  await store.transaction((tx) => saveSetting(tx, 'sealed_before', String(before)));
  for (;;) {
    throwIfAborted(signal);
    const done = await store.transaction((tx) => emptyPostsBefore(tx, before, PAGE));
    if (done.posts === 0) break;
    summary.posts += done.posts;
    summary.texts += done.texts;
  }
  if (summary.posts > 0) await refreshStatistics(store.read);
  summary.rejects = await store.transaction((tx) => emptyRejectsBefore(tx, oldest));
  return summary;
}
