import { listBrands } from '../db/brands.ts';
import { dirtyDays } from '../db/dirty-days.ts';
import { sealedBefore } from '../db/sealed.ts';
import { seriesStatsOf } from '../db/series.ts';
import { currentSeq, setting } from '../db/settings.ts';
import type { Reader, Store } from '../db/store.ts';
import {
  brokenReferences,
  damagedPages,
  daysToCheck,
  messagesWithoutDelivery,
  misfiledTexts,
  misplacedPosts,
  postCounts,
  seriesModelSpecs,
  textsWithoutPost,
  unaccountedFiles,
  wasAnybodyForgotten,
} from '../db/verify.ts';
import type { DayStats } from '../src/aggregate/day-stats.ts';
import { computeDay } from '../src/aggregate/stage.ts';
import { type Day, formatDay } from '../src/calendar.ts';
import type { Context } from '../src/context.ts';
import { messageOf, throwIfAborted } from '../src/errors.ts';
import { judge } from '../src/model/probabilities.ts';
import type { Applied } from '../src/model/spec.ts';

/** One thing that must be true of a database, and what contradicts it. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was looked at, or everything that is wrong. */
  readonly details: readonly string[];
}

type Watch = Pick<Context, 'signal' | 'progress'>;

/** Findings of one check: what was wrong, and what to say when nothing was. */
interface Findings {
  wrong: readonly string[];
  seen?: string;
}

/**
 * Checks that the database is whole and that everything in it adds up, as of one moment and without writing. A check that can't
 * be done, because the file is damaged, has failed. Errors: E_INTERRUPTED between days.
 */
export function verify(store: Store, watch: Watch): Promise<Check[]> {
  return store.snapshot(async (reader) => {
    const checks: Check[] = [];
    const check = async (name: string, look: () => Promise<Findings>): Promise<void> => {
      throwIfAborted(watch.signal);
      const { wrong, seen } = await look().catch((thrown) => {
        throwIfAborted(watch.signal);
        return { wrong: [messageOf(thrown)], seen: undefined };
      });
      checks.push({ name, ok: wrong.length === 0, details: wrong.length > 0 || seen === undefined ? wrong : [seen] });
    };
    await check('the file is whole', async () => ({ wrong: await damagedPages(reader) }));
    await check('rows belong together', async () => ({ wrong: await brokenReferences(reader) }));
    await check('every row that was read is accounted for', async () => ({ wrong: await unaccountedFiles(reader) }));
    await check('every stored post is there', () => posts(reader));
    await check('posts and texts fit', () => postsFit(reader));
    await check('daily figures equal their recomputation', () => figures(reader, watch));
    await check('days that wait to be computed are known', () => waitingDays(reader));
    await check('every mail has a delivery', async () => ({
      wrong: (await messagesWithoutDelivery(reader)).map((key) => `${key} was never to be delivered`),
    }));
    return checks;
  });
}

async function posts(reader: Reader): Promise<Findings> {
  const sources = await postCounts(reader);
  const forgotten = await wasAnybodyForgotten(reader);
  const missing = sources.reduce((sum, { posts, stored }) => sum + stored - posts, 0);
  return {
    wrong: sources
      .filter(({ posts, stored }) => (forgotten ? posts > stored : posts !== stored))
      .map(({ source, posts, stored }) => `${source}: ${posts} posts, but its files stored ${stored}`),
    seen: `${sources.reduce((sum, { posts }) => sum + posts, 0)} posts${missing > 0 ? `, and ${missing} of people who were forgotten` : ''}`,
  };
}

async function postsFit(reader: Reader): Promise<Findings> {
  const misplaced = await misplacedPosts(reader);
  const unused = await textsWithoutPost(reader);
  const misfiled = await misfiledTexts(reader);
  return {
    wrong: [
      ...(misplaced > 0 ? [`${misplaced} posts stand under a brand on another day than their own`] : []),
      ...(unused > 0 ? [`${unused} texts belong to no post`] : []),
      ...(misfiled > 0 ? [`${misfiled} texts are there twice, or can't be found by their hash`] : []),
    ],
  };
}

async function figures(reader: Reader, { signal, progress }: Watch): Promise<Findings> {
  const models = (await seriesModelSpecs(reader)).map(aggregationModelOf);
  if (models.length === 0) return { wrong: [], seen: 'no model yet' };
  const duplicates = (await setting(reader, 'duplicates')) === 'once' ? 'once' : 'count';
  const firstOpen = await sealedBefore(reader);
  const slugs = new Map((await listBrands(reader)).map(({ brandId, slug }) => [brandId, slug]));
  const waiting = new Set((await dirtyDays(reader)).map(({ brandId, day }) => `${brandId}/${day}`));
  const stored = new Map<number, Map<Day, DayStats>>();
  for (const brandId of slugs.keys())
    stored.set(brandId, new Map((await seriesStatsOf(reader, brandId)).map((row) => [row.day, row])));
  const days = await daysToCheck(reader, firstOpen);
  const wrong: string[] = [];
  progress.start('verify', days.length);
  for (const brandDay of days) {
    throwIfAborted(signal);
    progress.advance(1);
    if (waiting.has(`${brandDay.brandId}/${brandDay.day}`)) continue;
    const kept = stored.get(brandDay.brandId)?.get(brandDay.day);
    const model = models.find(({ from, to }) => brandDay.day >= from && brandDay.day <= to);
    if (!model) continue;
    const now = await computeDay(reader, { duplicates }, model, brandDay);
    const where = `${slugs.get(brandDay.brandId) ?? brandDay.brandId} ${formatDay(brandDay.day)}`;
    if (!kept) wrong.push(`${where}: has posts, no figures, and does not wait to be computed`);
    else wrong.push(...differences(kept, now).map((text) => `${where}: ${text}`));
  }
  progress.finish();
  const sealed = Number.isFinite(firstOpen) ? `; days before ${formatDay(firstOpen)} are sealed` : '';
  return { wrong, seen: `${days.length} days of brands, ${waiting.size} of them waiting to be computed${sealed}` };
}

function aggregationModelOf(specs: Awaited<ReturnType<typeof seriesModelSpecs>>[number]) {
  const { labels } = JSON.parse(specs.networkSpec) as Pick<Applied, 'labels'>;
  const spec = { labels, ...(JSON.parse(specs.modelSpec) as Omit<Applied, 'labels'>) };
  return { ...specs, judge: (negative: number, positive: number) => judge({ spec }, negative, positive) };
}

/** Where stored statistics are not what the posts say. */
function differences(kept: DayStats, now: DayStats): string[] {
  return (
    (Object.keys(now) as (keyof DayStats)[])
      // What was not kept when the day was computed can't be wrong.
      .filter((key) => kept[key] !== null && String(kept[key]) !== String(now[key]))
      .map((key) => `${key} is ${String(kept[key])}, should be ${String(now[key])}`)
  );
}

async function waitingDays(reader: Reader): Promise<Findings> {
  const [seq, firstOpen, days] = [await currentSeq(reader), await sealedBefore(reader), await dirtyDays(reader)];
  const late = days.filter((day) => day.seq > seq).map(({ day }) => `${formatDay(day)} is marked by a change to come`);
  const sealed = days.filter(({ day }) => day < firstOpen).map(({ day }) => `${formatDay(day)} is sealed, yet waits`);
  return {
    wrong: [...new Set([...late, ...sealed])],
    seen: days.length === 0 ? 'none' : `${days.length}; the next run computes them`,
  };
}
