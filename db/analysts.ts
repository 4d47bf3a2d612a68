import { sql } from 'kysely';
import { type Day, formatDay } from '../src/calendar.ts';
import type { Reader } from './store.ts';

/** A row of the view v_posts: a post under one of its brands. */
export interface PostRow {
  post_id: number;
  source: string;
  source_key: string;
  posted_at: string;
  day: string;
  brand: string | null;
  user_id: string | null;
  text: string;
  original_text: string;
  p_negative: number | null;
  p_neutral: number | null;
  p_positive: number | null;
  score: number | null;
}

/** Posts read at once; a page of them is some hundred kilobytes. */
const PAGE = 2_000;

/** Rows of v_posts by post, in pages: those of a brand and of days from `from` to `to`, both inclusive, where given. */
export async function* postPages(
  reader: Reader,
  filter: { brand?: string | undefined; from?: Day | undefined; to?: Day | undefined },
): AsyncGenerator<PostRow[]> {
  for (let after = 0; ; ) {
    const page = reader.db
      .selectFrom('posts')
      .select('post_id')
      .where('post_id', '>', after)
      .orderBy('post_id')
      .limit(PAGE);
    const end = await reader.db
      .selectFrom(page.as('page'))
      .select((eb) => eb.fn.max('post_id').as('last'))
      .executeTakeFirst();
    if (end === undefined || end.last === null) return;
    const conditions = [
      sql`post_id > ${after} and post_id <= ${end.last}`,
      ...(filter.brand === undefined ? [] : [sql`brand = ${filter.brand}`]),
      ...(filter.from === undefined ? [] : [sql`day >= ${formatDay(filter.from)}`]),
      ...(filter.to === undefined ? [] : [sql`day <= ${formatDay(filter.to)}`]),
    ];
    const { rows } = await sql<PostRow>`
      select * from v_posts where ${sql.join(conditions, sql` and `)} order by post_id, brand`.execute(reader.db);
    yield rows;
    after = Number(end.last);
  }
}
