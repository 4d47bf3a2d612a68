import {
  countTexts,
  countTextsWithoutScore,
  type DayRange,
  type NewScore,
  replaceScores,
  type StoredText,
  saveScores,
  textsOfDays,
  textsWithoutScore,
} from '../../db/scores.ts';
import type { Tx } from '../../db/store.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { Model } from './artifact.ts';
import { inOrder } from './in-order.ts';
import { PAGES_IN_FLIGHT } from './pages.ts';
import type { Pool } from './pool.ts';
import { type QueuedModel, scoreByQueue } from './queued.ts';
import { newScores, wordingOf } from './wording.ts';

/** Texts that are read, scored and saved together. One commit of them takes well under 100 ms. */
export const TEXTS_PER_PAGE = 4_096;

type ScoreContext = Pick<Context, 'store' | 'signal' | 'progress'> & { readonly leaseSeconds?: number };
/** What scoring needs of a model. */
export type ScoringModel = QueuedModel;

/**
 * Gives every text that the model's network has not scored its raw probabilities; with a range, only texts of posts on its
 * days. Pages are saved strictly in order, each in one transaction with the days that it makes dirty, so that a run that was
 * killed and started again leaves the same database as one that was not.
 * Errors: E_INTERRUPTED between pages on the signal, and the pool's.
 */
export async function score(
  context: ScoreContext,
  model: ScoringModel,
  pool: Pool,
  range?: DayRange,
): Promise<{ texts: number }> {
  const { store, progress } = context;
  const { networkId } = model;
  // On a server the texts go through a queue, so that workers on other machines can help.
  if (store.postgres) return scoreByQueue(context, model, pool, { range, leaseSeconds: context.leaseSeconds });
  progress.start('score', await countTextsWithoutScore(store.read, networkId, range));
  const pages = pagesOf(context.signal, -1, (after) =>
    textsWithoutScore(store.read, networkId, after, TEXTS_PER_PAGE, range),
  );
  return scorePages(context, model, pool, pages, (rows) => store.transaction((tx) => saveScores(tx, networkId, rows)));
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
  return scorePages(context, model, pool, pages, (rows) =>
    store.transaction(async (tx) => {
      await replaceScores(tx, model.networkId, rows);
      await saved(tx, rows.at(-1)?.textId ?? after);
    }),
  );
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

/** Scores pages of texts ahead of saving them, in order. */
export async function scorePages(
  { signal, progress }: Pick<ScoreContext, 'signal' | 'progress'>,
  { spec }: Pick<Model, 'spec'>,
  pool: Pool,
  pages: AsyncIterable<StoredText[]>,
  save: (rows: NewScore[]) => Promise<void>,
): Promise<{ texts: number }> {
  let texts = 0;
  const wording = wordingOf(spec);
  const scored = inOrder(pages, (page) => pool.score(page.map(wording), signal), PAGES_IN_FLIGHT);
  try {
    for await (const { item: page, result } of scored) {
      // Pages that are scored but not saved are scored again: stopping takes no longer than saving one.
      throwIfAborted(signal);
      await save(newScores(page, result));
      texts += page.length;
      progress.advance(page.length);
    }
  } finally {
    progress.finish();
  }
  return { texts };
}
