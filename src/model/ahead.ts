import { saveScores } from '../../db/scores.ts';
import { lastText, type StoredText, textsWithoutScore } from '../../db/texts.ts';
import type { Context } from '../context.ts';
import { TEXTS_PER_PAGE } from './pages.ts';
import type { Pool } from './pool.ts';
import type { Probabilities } from './probabilities.ts';
import type { QueuedModel } from './queued.ts';
import { newScores, wordingOf } from './wording.ts';

/** Texts that may wait for their scores before ingest waits for the oldest of them. */
const FARTHEST_BEHIND = 8 * TEXTS_PER_PAGE;

/** A page of texts that workers have. */
export interface StartedPage {
  readonly page: StoredText[];
  readonly result: Promise<Probabilities>;
}

/** Scoring beside an ingest: what workers do while rows are read and stored. */
export interface ScoringAhead {
  /** Saves the oldest pages while scoring is far behind. */
  beforeBatch(): Promise<void>;
  /** Gives workers the pages that the last batch filled. */
  afterBatch(batch: { readonly updated: number }): Promise<void>;
  /** The pages that are under way, and the last text in them. */
  started(): { readonly pages: readonly StartedPage[]; readonly newest: number };
  /** Texts whose scores are saved. */
  readonly texts: number;
}

/**
 * Scores full pages of texts as soon as ingest has stored them. When their scores are saved depends on nothing but what the
 * database holds before a batch: so a run that was killed makes the same transactions in the same order as one that was not.
 * What goes wrong with a page is told when the scoring stage comes to it.
 */
export function scoreAhead(
  { store, signal }: Pick<Context, 'store' | 'signal'>,
  { networkId, spec }: QueuedModel,
  pool: Pool,
): ScoringAhead {
  const wording = wordingOf(spec);
  let pages: StartedPage[] = [];
  let newest = -1;
  let texts = 0;
  let failed = false;

  async function startFullPages(): Promise<number> {
    const last = await lastText(store.read);
    while (last - newest >= TEXTS_PER_PAGE) {
      const page = await textsWithoutScore(store.read, networkId, newest, TEXTS_PER_PAGE);
      if (page.length < TEXTS_PER_PAGE) {
        // Texts that are scored already are not looked through again after the next batch.
        newest = (page[0]?.text_id ?? last + 1) - 1;
        break;
      }
      newest = page.at(-1)?.text_id ?? last;
      const result = pool.score(page.map(wording), signal);
      result.catch(() => undefined);
      pages.push({ page, result });
    }
    return last;
  }

  return {
    beforeBatch: async () => {
      const last = await startFullPages();
      for (let oldest = pages[0]; oldest && !failed; oldest = pages[0]) {
        const { page, result } = oldest;
        if (last - (page[0]?.text_id ?? last) < FARTHEST_BEHIND) return;
        const scores = await result.catch(() => undefined);
        failed = scores === undefined;
        if (scores === undefined) return;
        await store.transaction((tx) => saveScores(tx, networkId, newScores(page, scores)));
        pages.shift();
        texts += page.length;
      }
    },
    afterBatch: async ({ updated }) => {
      // A correction may have deleted a text that workers have, and another may have got its number: read again.
      if (updated > 0) {
        newest = (pages[0]?.page[0]?.text_id ?? newest + 1) - 1;
        pages = [];
      }
      await startFullPages();
    },
    started: () => ({ pages, newest }),
    get texts() {
      return texts;
    },
  };
}
