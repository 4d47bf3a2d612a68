import { dirtyDays } from '../db/dirty-days.ts';
import { type NewScore, replaceScores, saveScores } from '../db/scores.ts';
import { currentSeq } from '../db/settings.ts';
import type { Store, Tx } from '../db/store.ts';
import { type DayRange, type StoredText, textsOfDays, textsWithoutScore } from '../db/texts.ts';
import { computeDay, storeDay } from '../src/aggregate/stage.ts';
import { TEXTS_PER_PAGE } from '../src/model/pages.ts';
import { scorePages } from '../src/model/stage.ts';
import type { Session } from './session.ts';

/** How fast this machine works on this database now. */
export interface Speed {
  /** Seconds until the first scores are there: processes start and load the model. */
  startSeconds: number;
  /** 0 where it was too little to measure. */
  textsPerSecond: number;
  postsPerSecond: number;
}

/** Texts to score, by number. */
export interface TextsToScore {
  texts: number;
  first: number | null;
  last: number | null;
  /** Whether texts that have a score are scored again. */
  again: boolean;
}

/** Pages of the sample, if that does not take too long. */
const PAGES = 24;
/** Pages at both ends that are left out where there are enough: they are scored while no other is read or saved. */
const ENDS = 3;
/** Enough is known after so long. */
const LONG_MS = 15_000;
/** Brand-days that are computed to time it. */
const DAYS = 60;

/**
 * Scores a sample of the texts with the real processes, from all over the range, saves the scores, computes days with them, and
 * undoes all of it. Errors: E_INTERRUPTED, and the pool's.
 */
export async function measureSpeed(session: Session, range: DayRange, work: TextsToScore): Promise<Speed> {
  const { store, model, pool, clock } = session;
  const marks: { ms: number; texts: number }[] = [];
  let newest: NewScore[] = [];
  const startedMs = clock();
  const save = async (rows: NewScore[]) => {
    await undone(store, (tx) => saveSample(tx, model.networkId, rows, work.again));
    newest = rows;
    marks.push({ ms: clock(), texts: rows.length });
  };
  const enough = () => clock() - startedMs > LONG_MS && marks.length > 2;
  await scorePages(session, model, pool, samplePages(session, range, work, enough), save);

  const [first] = marks;
  const [from, ...rest] = marks.length > 3 * ENDS ? marks.slice(ENDS - 1, -ENDS) : marks;
  const last = rest.at(-1);
  const scored = rest.reduce((sum, { texts }) => sum + texts, 0);
  const textsPerSecond = from && last ? perSecond(scored, last.ms - from.ms) : 0;
  const firstSeconds = first ? (first.ms - startedMs) / 1000 : 0;
  const worked = first && textsPerSecond > 0 ? first.texts / textsPerSecond : 0;
  return {
    startSeconds: Math.max(0, firstSeconds - worked),
    textsPerSecond,
    postsPerSecond: await timeDays(session, range, newest, work.again),
  };
}

/** Pages whose first texts lie evenly over the range; all pages where there are few. */
async function* samplePages(
  { store, model, signal }: Session,
  range: DayRange,
  { texts, first, last, again }: TextsToScore,
  enough: () => boolean,
): AsyncGenerator<StoredText[]> {
  if (first === null || last === null) return;
  const pages = Math.min(PAGES, Math.ceil(texts / TEXTS_PER_PAGE));
  let read = -1;
  for (let page = 0; page < pages && !signal.aborted && !enough(); page += 1) {
    const after = Math.max(read, Math.floor(first - 1 + ((last - first + 1) * page) / pages));
    const rows = again
      ? await textsOfDays(store.read, after, TEXTS_PER_PAGE, range)
      : await textsWithoutScore(store.read, model.networkId, after, TEXTS_PER_PAGE, range);
    const end = rows.at(-1);
    if (end === undefined) return;
    read = end.text_id;
    yield rows;
  }
}

function saveSample(tx: Tx, networkId: number, rows: readonly NewScore[], again: boolean): Promise<void> {
  return again ? replaceScores(tx, networkId, rows) : saveScores(tx, networkId, rows);
}

/** Computes some brand-days, with the newest scores of the sample saved, and undoes it. Posts per second; 0 when unknown. */
async function timeDays(
  { store, model, config, clock }: Session,
  range: DayRange,
  rows: readonly NewScore[],
  again: boolean,
): Promise<number> {
  let posts = 0;
  let ms = 0;
  await undone(store, async (tx) => {
    await saveSample(tx, model.networkId, rows, again);
    const seq = await currentSeq(tx);
    const days = await dirtyDays(tx, range);
    const touched = days.filter((day) => day.seq === seq);
    const startedMs = clock();
    for (const day of (touched.length > 0 ? touched : days).slice(0, DAYS)) {
      const stats = await computeDay(tx, config, model, day);
      await storeDay(tx, model.modelId, day, stats);
      posts += stats.n;
    }
    ms = clock() - startedMs;
  });
  return perSecond(posts, ms);
}

function perSecond(count: number, ms: number): number {
  return ms > 0 ? (count * 1000) / ms : 0;
}

class Undo extends Error {}

/** Does the work in a transaction that is rolled back. */
async function undone(store: Store, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  try {
    await store.transaction(async (tx) => {
      await work(tx);
      throw new Undo();
    });
  } catch (thrown) {
    if (!(thrown instanceof Undo)) throw thrown;
  }
}
