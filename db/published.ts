import type { Selectable } from 'kysely';
import type { Day, Days } from '../src/calendar.ts';
import type { Schema } from './schema.ts';
import type { PublishedRow } from './schema-history.ts';
import type { Reader, Tx } from './store.ts';

/** A brand-day in the whole numbers that its figures are computed from. */
export interface DayNumbers {
  n: number;
  nPositive: number;
  /** Parts per million. */
  sumScore: number;
}

/** A brand-day whose stored statistics are not what was published; `before` is null for one that never was. */
export interface ChangedDay {
  brandId: number;
  day: Day;
  before: (DayNumbers & { modelId: number; newestPost: number }) | null;
  after: DayNumbers & { modelId: number };
}

export type RevisionRow = Selectable<Schema['revisions']>;

const NOTHING = { n: 0, nPositive: 0, sumScore: 0 };

/** The brand-days up to a day whose statistics in the series differ from what was published, in order. */
export async function changedSincePublished(reader: Reader, newestDay: Day): Promise<ChangedDay[]> {
  const published = await reader.db.selectFrom('published').selectAll().where('day', '<=', newestDay).execute();
  const stats = await reader.db
    .selectFrom('series_stats')
    .select(['model_id', 'brand_id', 'day', 'n', 'n_positive', 'sum_score'])
    .where('day', '<=', newestDay)
    .where('n', '>', 0)
    .execute();
  const before = new Map(published.map((row) => [`${row.brand_id}/${row.day}`, row]));
  const changed: ChangedDay[] = [];
  for (const row of stats) {
    const key = `${row.brand_id}/${row.day}`;
    const known = before.get(key);
    before.delete(key);
    const after = { ...numbersOf(row), modelId: row.model_id };
    if (known && isSame(numbersOf(known), after) && known.model_id === row.model_id) continue;
    changed.push({ brandId: row.brand_id, day: row.day, before: known ? publishedOf(known) : null, after });
  }
  // What is left was published and has no posts any more.
  for (const row of before.values())
    if (row.n > 0)
      changed.push({
        brandId: row.brand_id,
        day: row.day,
        before: publishedOf(row),
        after: { ...NOTHING, modelId: row.model_id },
      });
  return changed.sort((a, b) => a.day - b.day || a.brandId - b.brandId);
}

function numbersOf(row: Pick<PublishedRow, 'n' | 'n_positive' | 'sum_score'>): DayNumbers {
  return { n: row.n, nPositive: row.n_positive, sumScore: Number(row.sum_score) };
}

function publishedOf(row: Selectable<PublishedRow>): NonNullable<ChangedDay['before']> {
  return { ...numbersOf(row), modelId: row.model_id, newestPost: row.newest_post };
}

function isSame(a: DayNumbers, b: DayNumbers): boolean {
  return a.n === b.n && a.nPositive === b.nPositive && a.sumScore === b.sumScore;
}

/** The number of the newest post; 0 when there is none. */
export async function newestPost(reader: Reader): Promise<number> {
  const row = await reader.db
    .selectFrom('posts')
    .select((eb) => eb.fn.max('post_id').as('newest'))
    .executeTakeFirst();
  return Number(row?.newest ?? 0);
}

/** Posts of a brand's day that were stored after a given one. */
export async function postsStoredAfter(
  reader: Reader,
  { brandId, day }: { brandId: number; day: Day },
  postId: number,
): Promise<number> {
  const row = await reader.db
    .selectFrom('post_brands')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('brand_id', '=', brandId)
    .where('day', '=', day)
    .where('post_id', '>', postId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Keeps what is published of a brand-day now. */
export async function savePublished(tx: Tx, rows: readonly PublishedRow[]): Promise<void> {
  // 200 at a time: well under the parameter limits of both dialects.
  for (let start = 0; start < rows.length; start += 200)
    await tx.db
      .insertInto('published')
      .values(rows.slice(start, start + 200))
      .onConflict((conflict) =>
        conflict.columns(['brand_id', 'day']).doUpdateSet((eb) => ({
          model_id: eb.ref('excluded.model_id'),
          n: eb.ref('excluded.n'),
          n_positive: eb.ref('excluded.n_positive'),
          sum_score: eb.ref('excluded.sum_score'),
          newest_post: eb.ref('excluded.newest_post'),
        })),
      )
      .execute();
}

/** Appends a line, as the next one of its brand-day. */
export async function appendRevision(tx: Tx, row: Omit<RevisionRow, 'revision'>): Promise<void> {
  const newest = await tx.db
    .selectFrom('revisions')
    .select((eb) => eb.fn.max('revision').as('revision'))
    .where('brand_id', '=', row.brand_id)
    .where('day', '=', row.day)
    .executeTakeFirst();
  await tx.db
    .insertInto('revisions')
    .values({ ...row, revision: (newest?.revision ?? 0) + 1 })
    .execute();
}

/** The lines that were added for the mornings from `from` to `to`, in the order of days and then of time, with their brand. */
export async function revisionsOf(
  reader: Reader,
  { from, to }: Days,
): Promise<(RevisionRow & { slug: string; name: string })[]> {
  const rows = await reader.db
    .selectFrom('revisions as r')
    .innerJoin('brands as b', 'b.brand_id', 'r.brand_id')
    .selectAll('r')
    .select(['b.slug', 'b.name'])
    .where('r.revised_on', '>=', from)
    .where('r.revised_on', '<=', to)
    .orderBy('r.day')
    .orderBy('b.slug')
    .orderBy('r.revision')
    .execute();
  return rows.map((row) => ({
    ...row,
    sum_score_before: Number(row.sum_score_before),
    sum_score_after: Number(row.sum_score_after),
  }));
}

/** The newest morning for which a line was added, or undefined. */
export async function newestRevisionDay(reader: Reader): Promise<Day | undefined> {
  const row = await reader.db
    .selectFrom('revisions')
    .select((eb) => eb.fn.max('revised_on').as('day'))
    .executeTakeFirst();
  return row?.day ?? undefined;
}

/** The newest day that a report told of, or undefined before the first report. */
export async function newestPublishedDay(reader: Reader): Promise<Day | undefined> {
  const row = await reader.db
    .selectFrom('published')
    .select((eb) => eb.fn.max('day').as('day'))
    .executeTakeFirst();
  return row?.day ?? undefined;
}
