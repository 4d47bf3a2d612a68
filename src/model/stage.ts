import { type NewScore, replaceScores, saveScores } from '../../db/scores.ts';
import type { Tx } from '../../db/store.ts';
import {
  countTexts,
  countTextsWithoutScore,
  type DayRange,
  type StoredText,
  textsOfDays,
  textsWithoutScore,
} from '../../db/texts.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { ScoringAhead, StartedPage } from './ahead.ts';
import type { Model } from './artifact.ts';
import { inOrder } from './in-order.ts';
import { PAGES_IN_FLIGHT, TEXTS_PER_PAGE } from './pages.ts';
import type { Pool } from './pool.ts';
import { type QueuedModel, scoreByQueue } from './queued.ts';
import { newScores, wordingOf } from './wording.ts';

type ScoreContext = Pick<Context, 'store' | 'signal' | 'progress'> & { readonly leaseSeconds?: number };
/** What scoring needs of a model. */
export type ScoringModel = QueuedModel;

/**
 * Gives every text that the model's network has not scored its raw probabilities; with a range, only texts of posts on its
 * days. What was scored ahead, beside an ingest, is taken over. Pages are saved strictly in order, each in one transaction with
 * the days that it makes dirty, so that a run that was killed and started again leaves the same database as one that was not.
 * Errors: E_INTERRUPTED between pages on the signal, and the pool's.
 */
export async function score(
  context: ScoreContext,
  model: ScoringModel,
  pool: Pool,
  { range, ahead }: { range?: DayRange | undefined; ahead?: ScoringAhead | undefined } = {},
): Promise<{ texts: number }> {
  const { store, progress } = context;
  const { networkId } = model;
  // On a server the texts go through a queue, so that workers on other machines can help.
  if (store.postgres) return scoreByQueue(context, model, pool, { range, leaseSeconds: context.leaseSeconds });
  const waiting = await countTextsWithoutScore(store.read, networkId, range);
  const pagesAfter = (textId: number) =>
    pagesOf(context.signal, textId, (after) => textsWithoutScore(store.read, networkId, after, TEXTS_PER_PAGE, range));
  const scored = async (pages: AsyncIterable<StoredText[] | StartedPage>) =>
    (
      await scorePages(context, model, pool, pages, (rows) =>
        store.transaction((tx) => saveScores(tx, networkId, rows)),
      )
    ).texts;
  progress.start('score', waiting);
  try {
    let texts = ahead ? await scored(continued(ahead, pagesAfter)) : 0;
    // All of them, where nothing was scored ahead; else those that corrections put before the others.
    if (texts < waiting) texts += await scored(pagesAfter(-1));
    return { texts: texts + (ahead?.texts ?? 0) };
  } finally {
    progress.finish();
  }
}

/** The pages that were started ahead, and those after them. */
async function* continued(
  ahead: ScoringAhead,
  pagesAfter: (textId: number) => AsyncIterable<StoredText[]>,
): AsyncGenerator<StoredText[] | StartedPage> {
  const { pages, newest } = ahead.started();
  yield* pages;
  yield* pagesAfter(newest);
}

/**
 * Scores the texts of a range again, also those that have a score, from the text after `after` on. The new score takes the
 * place of the old one in the transaction in which `saved` is told how far it is. Errors: as for `score`.
 */
export async function rescore(
  context: ScoreContext,
  model: ScoringModel,
  pool: Pool,
  work: { range: DayRange; after: number; saved: (tx: Tx, lastTextId: number) => Promise<void> },
): Promise<{ texts: number }> {
  const { store, progress } = context;
  const { range, after, saved } = work;
  progress.start('score', (await countTexts(store.read, range)).texts);
  const pages = pagesOf(context.signal, after, (beyond) => textsOfDays(store.read, beyond, TEXTS_PER_PAGE, range));
  const save = (rows: NewScore[]) =>
    store.transaction(async (tx) => {
      await replaceScores(tx, model.networkId, rows);
      await saved(tx, rows.at(-1)?.textId ?? after);
    });
  return scorePages(context, model, pool, pages, save).finally(() => progress.finish());
}

async function* pagesOf(
  signal: AbortSignal,
  after: number,
  read: (afterTextId: number) => Promise<StoredText[]>,
): AsyncGenerator<StoredText[]> {
  for (let newest = after; ; ) {
    throwIfAborted(signal);
    const page = await read(newest);
    const last = page.at(-1);
    if (last === undefined) return;
    newest = last.text_id;
    yield page;
  }
}

/** Scores pages of texts ahead of saving them, in order; pages that workers have already are only waited for. */
export async function scorePages(
  { signal, progress }: Pick<ScoreContext, 'signal' | 'progress'>,
  { spec }: Pick<Model, 'spec'>,
  pool: Pool,
  pages: AsyncIterable<StoredText[] | StartedPage>,
  save: (rows: NewScore[]) => Promise<void>,
): Promise<{ texts: number }> {
  let texts = 0;
  const wording = wordingOf(spec);
  const scoring = (item: StoredText[] | StartedPage) =>
    'result' in item ? item.result : pool.score(item.map(wording), signal);
  for await (const { item, result } of inOrder(pages, scoring, PAGES_IN_FLIGHT)) {
    // Pages that are scored but not saved are scored again: stopping takes no longer than saving one.
    throwIfAborted(signal);
    const page = 'result' in item ? item.page : item;
    await save(newScores(page, result));
    texts += page.length;
    progress.advance(page.length);
  }
  return { texts };
}
