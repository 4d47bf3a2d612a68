import { countTextsWithoutScore, type DayRange, saveScores, textsWithoutScore } from '../../db/scores.ts';
import type { Context } from '../context.ts';
import { throwIfAborted } from '../errors.ts';
import type { Model } from './artifact.ts';
import { inOrder } from './in-order.ts';
import type { Pool } from './pool.ts';

/** Texts that are read, scored and saved together. One commit of them takes well under 100 ms. */
const TEXTS_PER_PAGE = 4_096;
/** One page is scored while the one before is saved; more would only take memory. */
const PAGES_IN_FLIGHT = 2;

/**
 * Gives every text that the model's network has not scored its raw probabilities; with a range, only texts of posts on its
 * days. Pages are saved strictly in order, each in one transaction with the days that it makes dirty, so that a run that was
 * killed and started again leaves the same database as one that was not.
 * Errors: E_INTERRUPTED between pages on the signal, and the pool's.
 */
export async function score(
  context: Pick<Context, 'store' | 'signal' | 'progress'>,
  model: Pick<Model, 'spec'> & { readonly networkId: number },
  pool: Pool,
  range?: DayRange,
): Promise<{ texts: number }> {
  const { store, signal, progress } = context;
  const { networkId, spec } = model;

  async function* pages() {
    for (let newest = -1; ; ) {
      throwIfAborted(signal);
      const page = await textsWithoutScore(store.read, networkId, newest, TEXTS_PER_PAGE, range);
      const last = page.at(-1);
      if (last === undefined) return;
      newest = last.text_id;
      yield page.map(({ text_id, body, original }) => ({
        textId: text_id,
        text: spec.tokenizer.reads === 'original' ? (original ?? body) : body,
      }));
    }
  }

  progress.start('score', await countTextsWithoutScore(store.read, networkId, range));
  let texts = 0;
  try {
    const scored = inOrder(
      pages(),
      (page) =>
        pool.score(
          page.map(({ text }) => text),
          signal,
        ),
      PAGES_IN_FLIGHT,
    );
    for await (const { item: page, result } of scored) {
      const rows = page.map(({ textId }, index) => ({
        textId,
        pNegative: result[2 * index] ?? Number.NaN,
        pPositive: result[2 * index + 1] ?? Number.NaN,
      }));
      await store.transaction((tx) => saveScores(tx, networkId, rows));
      texts += rows.length;
      progress.advance(rows.length);
    }
  } finally {
    progress.finish();
  }
  return { texts };
}
