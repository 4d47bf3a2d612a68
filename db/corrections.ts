import type { Day } from '../src/calendar.ts';
import type { Sentiment } from '../src/sentiment.ts';
import { postsWithText } from './labels.ts';
import type { Reader, Tx } from './store.ts';

/** A label that somebody gave to a post in passing. */
export interface Correction {
  readonly postId: number;
  readonly label: Sentiment;
  readonly labelledMs: number;
  readonly day: Day;
  readonly source: string;
  readonly text: string;
}

/** Keeps what a person says a post's class is; null takes it back. False for a post that is gone or has lost its text. */
export async function saveCorrection(
  tx: Tx,
  { postId, label, nowMs }: { postId: number; label: Sentiment | null; nowMs: number },
): Promise<boolean> {
  if (!(await postsWithText(tx, [postId])).has(postId)) return false;
  if (label === null)
    await tx.db.deleteFrom('labels').where('post_id', '=', postId).where('kind', '=', 'correction').execute();
  else
    await tx.db
      .insertInto('labels')
      .values({ post_id: postId, kind: 'correction', label, labelled_ms: nowMs })
      .onConflict((conflict) => conflict.columns(['post_id', 'kind']).doUpdateSet({ label, labelled_ms: nowMs }))
      .execute();
  return true;
}

/** Corrections by post beyond `after`, with the words that they were given to. */
export async function corrections(
  reader: Reader,
  { after = 0, limit }: { after?: number; limit: number },
): Promise<Correction[]> {
  const rows = await reader.db
    .selectFrom('labels as l')
    .innerJoin('posts as p', 'p.post_id', 'l.post_id')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .innerJoin('sources as s', 's.source_id', 'p.source_id')
    .select(['l.post_id', 'l.label', 'l.labelled_ms', 'p.day', 's.name', 't.body', 't.original'])
    .where('l.kind', '=', 'correction')
    .where('l.post_id', '>', after)
    .orderBy('l.post_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...{ postId: row.post_id, label: row.label, labelledMs: Number(row.labelled_ms), day: row.day },
    ...{ source: row.name, text: row.original ?? row.body },
  }));
}
