import type { Sentiment } from '../src/sentiment.ts';
import type { Reader } from './store.ts';

/** The numbers of all texts that can be learnt from, ascending: not of posts that people labelled at random, which measure. */
export async function textsToLearnFrom(reader: Reader): Promise<number[]> {
  const rows = await reader.db
    .selectFrom('texts as t')
    .select('t.text_id')
    .where('t.body', '<>', '')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('labels as l')
            .innerJoin('posts as p', 'p.post_id', 'l.post_id')
            .select('l.post_id')
            .whereRef('p.text_id', '=', 't.text_id')
            .where('l.kind', '=', 'random'),
        ),
      ),
    )
    .orderBy('t.text_id')
    .execute();
  return rows.map((row) => row.text_id);
}

/** Texts of posts that were drawn at random and labelled by people, each once. */
export async function auditedTexts(
  reader: Reader,
): Promise<{ textId: number; body: string; original: string | null; label: Sentiment }[]> {
  const rows = await reader.db
    .selectFrom('labels as l')
    .innerJoin('posts as p', 'p.post_id', 'l.post_id')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .select(['t.text_id', 't.body', 't.original', 'l.label'])
    .where('l.kind', '=', 'random')
    .where('t.body', '<>', '')
    .orderBy('l.post_id')
    .execute();
  const each = new Map(rows.map((row) => [row.text_id, row]));
  return [...each.values()].map(({ text_id, ...row }) => ({ textId: text_id, ...row }));
}
