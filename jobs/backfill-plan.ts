import {
  type BrandDayPosts,
  brandDaysOf,
  type DayLevel,
  levelsOf,
  postsOfDays,
  rejectsToRetry,
} from '../db/backfill.ts';
import { listBrands } from '../db/brands.ts';
import { type BrandDay, dirtyDays } from '../db/dirty-days.ts';
import { sealedBefore } from '../db/sealed.ts';
import { countTexts, type DayRange } from '../db/texts.ts';
import { PPM } from '../src/aggregate/day-stats.ts';
import { computeDay } from '../src/aggregate/stage.ts';
import { formatDay } from '../src/calendar.ts';
import { throwIfAborted } from '../src/errors.ts';
import { type BackfillOptions, rangeOf } from './backfill.ts';
import { type FigureChanges, figureChanges } from './backfill-changes.ts';
import { measureSpeed, type Speed } from './backfill-speed.ts';
import type { Session } from './session.ts';

/** What a backfill would do. Posts in unread files are not counted: nobody has looked into them yet. */
export interface BackfillPlan {
  from: string;
  to: string;
  brand: string | null;
  reprocess: NonNullable<BackfillOptions['reprocess']>;
  /** Days with posts, their posts, and the texts that would be scored. */
  days: number;
  posts: number;
  texts: number;
  /** Rows that could not be used and would be tried again. */
  rejects: number;
  seconds: number;
  speed: Speed;
  /** What is known already: days whose posts are scored and whose figures are not up to date. */
  figures: FigureChanges;
  open: OpenFigures;
}

/** Brand-days of which posts are still to be scored, so that their figures can't be told before. */
interface OpenFigures {
  /** They have no figures yet. */
  added: number;
  /** They have figures, from the posts that are scored. */
  changed: number;
  /** The mean score of no day moves by more than this; null when nothing bounds it. */
  at_most: number | null;
}

/** Looks at what a backfill would do and how long it would take here, and changes nothing. Errors: as for the backfill. */
export async function planBackfill(session: Session, options: BackfillOptions): Promise<BackfillPlan> {
  const { store, model, config } = session;
  const { from, to, brand, reprocess = 'missing' } = options;
  const range = await rangeOf(session, options);
  const again = reprocess === 'all';
  const work = { ...(await countTexts(store.read, range, again ? undefined : model.networkId)), again };
  const brandDays = await brandDaysOf(store.read, model.networkId, range);
  const sealed = await sealedBefore(store.read);
  const open = brandDays.filter(({ posts, scored, day }) => day >= sealed && (again || scored < posts));
  const levels = new Map((await levelsOf(store.read, range)).map((level) => [keyOf(level), level]));
  const settled = await settledChanges(session, range, open, levels);
  const speed = await measureSpeed(session, range, work);
  const due = [...open, ...settled.days].reduce((sum, { posts }) => sum + posts, 0);
  return {
    ...{ from: formatDay(from), to: formatDay(to), brand: brand ?? null, reprocess },
    ...(await postsOfDays(store.read, range)),
    texts: work.texts,
    rejects: reprocess === 'failed' ? await rejectsToRetry(store.read) : 0,
    seconds: secondsFor(speed, work.texts, due),
    speed,
    figures: figureChanges(settled.before, settled.after, await listBrands(store.read)),
    open: openFigures(open, levels, again || config.duplicates === 'once'),
  };
}

function secondsFor({ startSeconds, textsPerSecond, postsPerSecond }: Speed, texts: number, posts: number): number {
  const scoring = texts === 0 ? 0 : startSeconds + (textsPerSecond > 0 ? texts / textsPerSecond : 0);
  return scoring + (postsPerSecond > 0 ? posts / postsPerSecond : 0);
}

function keyOf({ brandId, day }: BrandDay): string {
  return `${brandId}/${day}`;
}

/** The days that wait to be computed and whose posts all have a score: as they are stored, and as they would be. */
async function settledChanges(
  { store, model, config, signal }: Session,
  range: DayRange,
  open: readonly BrandDayPosts[],
  levels: ReadonlyMap<string, DayLevel>,
) {
  const unknown = new Set(open.map(keyOf));
  const before: DayLevel[] = [];
  const after: DayLevel[] = [];
  const days: { posts: number }[] = [];
  for (const day of await dirtyDays(store.read, range)) {
    if (unknown.has(keyOf(day))) continue;
    throwIfAborted(signal);
    const { n, nPositive, sumScore } = await computeDay(store.read, config, model, day);
    const old = levels.get(keyOf(day));
    if (old) before.push(old);
    if (n > 0) after.push({ brandId: day.brandId, day: day.day, n, nPositive, sumScore });
    days.push({ posts: n });
  }
  return { before, after, days };
}

/** How far the mean of n scores can move when k more come: all of them 0, or all of them 1. */
function openFigures(
  open: readonly BrandDayPosts[],
  levels: ReadonlyMap<string, DayLevel>,
  boundless: boolean,
): OpenFigures {
  const figures: OpenFigures = { added: 0, changed: 0, at_most: boundless ? null : 0 };
  for (const brandDay of open) {
    const { posts, scored } = brandDay;
    const level = levels.get(keyOf(brandDay));
    if (!level) {
      figures.added += 1;
      continue;
    }
    figures.changed += 1;
    const mean = level.sumScore / level.n / PPM;
    const bound = ((posts - scored) / posts) * Math.max(mean, 1 - mean);
    if (figures.at_most !== null) figures.at_most = level.n === scored ? Math.max(figures.at_most, bound) : null;
  }
  return figures;
}
