import type { Day, Days } from '../src/calendar.ts';
import type { Sentiment } from '../src/sentiment.ts';
import type { Reader, Tx } from './store.ts';

/** A random sample of a brand's posts. */
export interface Sample {
  readonly sampleId: number;
  readonly code: string;
  readonly brandId: number;
  readonly from: Day;
  readonly to: Day;
  readonly seed: number;
  readonly size: number;
  readonly population: number;
  readonly drawnMs: number;
}

/** Rows written or looked for in one statement: well under the parameter limits of both dialects. */
const PART = 500;

/** The first and last day of a brand's posts, within these days; undefined when it has none there. */
export async function daysOfBrand(
  reader: Reader,
  brandId: number,
  range: { from?: Day | undefined; to?: Day | undefined },
): Promise<Days | undefined> {
  const row = await reader.db
    .selectFrom('post_brands')
    .select((eb) => [eb.fn.min('day').as('from'), eb.fn.max('day').as('to')])
    .where('brand_id', '=', brandId)
    .where('day', '>=', range.from ?? 0)
    .where('day', '<=', range.to ?? 1_000_000)
    .executeTakeFirst();
  return row === undefined || row.from === null ? undefined : { from: row.from, to: row.to };
}

/** The posts of a brand's day that still have a text, in ascending order. */
export async function postsOfDay(reader: Reader, brandId: number, day: Day): Promise<number[]> {
  const rows = await reader.db
    .selectFrom('post_brands as pb')
    .crossJoin('posts as p')
    .crossJoin('texts as t')
    .select('pb.post_id')
    .whereRef('p.post_id', '=', 'pb.post_id')
    .whereRef('t.text_id', '=', 'p.text_id')
    .where('pb.brand_id', '=', brandId)
    .where('pb.day', '=', day)
    .where('t.body', '<>', '')
    .orderBy('pb.post_id')
    .execute();
  return rows.map((row) => row.post_id);
}

/**
 * Keeps a sample with its posts in the order in which they were drawn; without those that were deleted or emptied since. The same
 * draw is kept once.
 */
export async function saveSample(
  tx: Tx,
  sample: Omit<Sample, 'sampleId'>,
  postIds: readonly number[],
): Promise<Sample> {
  const known = await sampleOfCode(tx, sample.code);
  if (known) return known;
  const { sample_id } = await tx.db
    .insertInto('samples')
    .values({
      ...{ code: sample.code, brand_id: sample.brandId, from_day: sample.from, to_day: sample.to, seed: sample.seed },
      ...{ size: sample.size, population: sample.population, drawn_ms: sample.drawnMs },
    })
    .returning('sample_id')
    .executeTakeFirstOrThrow();
  const rows = postIds.map((post_id, index) => ({ sample_id, place: index + 1, post_id }));
  for (let start = 0; start < rows.length; start += PART) {
    const part = rows.slice(start, start + PART);
    const there = await postsWithText(
      tx,
      part.map(({ post_id }) => post_id),
    );
    const values = part.filter(({ post_id }) => there.has(post_id));
    if (values.length > 0) await tx.db.insertInto('sample_posts').values(values).execute();
  }
  return { ...sample, sampleId: sample_id };
}

/** Which of these posts are there and still have their text. */
export async function postsWithText(reader: Reader, postIds: readonly number[]): Promise<Set<number>> {
  const rows = await reader.db
    .selectFrom('posts as p')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .select('p.post_id')
    .where('p.post_id', 'in', postIds)
    .where('t.body', '<>', '')
    .execute();
  return new Set(rows.map((row) => row.post_id));
}

export async function sampleOfCode(reader: Reader, code: string): Promise<Sample | undefined> {
  const row = await samples(reader).where('s.code', '=', code).executeTakeFirst();
  return row && sampleOf(row);
}

/** A sample with how many of its posts have a label, and when the newest of these was stored; 0 without any. */
export interface LabelledSample extends Sample {
  readonly labelled: number;
  readonly labelledMs: number;
}

/** The samples of a brand, oldest first. */
export async function samplesOfBrand(reader: Reader, brandId: number): Promise<LabelledSample[]> {
  const rows = await samples(reader)
    .leftJoin('sample_posts as sp', 'sp.sample_id', 's.sample_id')
    .leftJoin('labels as l', (join) => join.onRef('l.post_id', '=', 'sp.post_id').on('l.kind', '=', 'random'))
    .select((eb) => [eb.fn.count('l.label').as('labelled'), eb.fn.max('l.labelled_ms').as('labelled_ms')])
    .where('s.brand_id', '=', brandId)
    .groupBy('s.sample_id')
    .orderBy('s.sample_id')
    .execute();
  return rows.map((row) => ({
    ...sampleOf(row),
    labelled: Number(row.labelled),
    labelledMs: Number(row.labelled_ms ?? 0),
  }));
}

function samples(reader: Reader) {
  return reader.db
    .selectFrom('samples as s')
    .select(['s.sample_id', 's.code', 's.brand_id', 's.from_day', 's.to_day', 's.seed', 's.size'])
    .select(['s.population', 's.drawn_ms']);
}

type SampleColumns = Awaited<ReturnType<ReturnType<typeof samples>['executeTakeFirstOrThrow']>>;

function sampleOf(row: SampleColumns): Sample {
  return {
    ...{ sampleId: row.sample_id, code: row.code, brandId: row.brand_id, from: row.from_day, to: row.to_day },
    ...{ seed: Number(row.seed), size: row.size, population: row.population, drawnMs: Number(row.drawn_ms) },
  };
}

/** A post of a sample, with its label if it was given one. */
export interface SampledPost {
  readonly place: number;
  readonly postId: number;
  readonly textId: number;
  readonly atMs: number;
  readonly body: string;
  readonly original: string | null;
  readonly label: Sentiment | null;
}

/** The posts of a sample that are still there, in the order in which they were drawn. */
export async function postsOfSample(reader: Reader, sampleId: number): Promise<SampledPost[]> {
  const rows = await reader.db
    .selectFrom('sample_posts as sp')
    .innerJoin('posts as p', 'p.post_id', 'sp.post_id')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .leftJoin('labels as l', (join) => join.onRef('l.post_id', '=', 'sp.post_id').on('l.kind', '=', 'random'))
    .select(['sp.place', 'sp.post_id', 'p.text_id', 'p.at_ms', 't.body', 't.original', 'l.label'])
    .where('sp.sample_id', '=', sampleId)
    .orderBy('sp.place')
    .execute();
  return rows.map((row) => ({
    ...{ place: row.place, postId: row.post_id, textId: row.text_id, atMs: Number(row.at_ms) },
    ...{ body: row.body, original: row.original, label: row.label },
  }));
}

/** Keeps labels of posts that were drawn at random; a new one takes the place of the old. */
export async function saveLabels(
  tx: Tx,
  labels: readonly { postId: number; label: Sentiment }[],
  nowMs: number,
): Promise<void> {
  for (let start = 0; start < labels.length; start += PART)
    await tx.db
      .insertInto('labels')
      .values(
        labels
          .slice(start, start + PART)
          .map(({ postId, label }) => ({ post_id: postId, kind: 'random' as const, label, labelled_ms: nowMs })),
      )
      .onConflict((conflict) =>
        conflict.columns(['post_id', 'kind']).doUpdateSet((eb) => ({
          label: eb.ref('excluded.label'),
          labelled_ms: eb.ref('excluded.labelled_ms'),
        })),
      )
      .execute();
}

/** Takes posts out of samples, with their labels: their text is gone, or another one. At most 1,000 at once. */
export async function dropLabels(tx: Tx, postIds: readonly number[]): Promise<void> {
  for (let start = 0; start < postIds.length; start += PART) {
    const part = postIds.slice(start, start + PART);
    await tx.db.deleteFrom('labels').where('post_id', 'in', part).execute();
    await tx.db.deleteFrom('sample_posts').where('post_id', 'in', part).execute();
  }
}

/** A network's raw probabilities of these texts, as far as it has scored them. */
export async function scoresOfTexts(
  reader: Reader,
  networkId: number,
  textIds: readonly number[],
): Promise<Map<number, { pNegative: number; pPositive: number }>> {
  const found = new Map<number, { pNegative: number; pPositive: number }>();
  for (let start = 0; start < textIds.length; start += PART) {
    const rows = await reader.db
      .selectFrom('scores')
      .select(['text_id', 'p_negative', 'p_positive'])
      .where('network_id', '=', networkId)
      .where('text_id', 'in', textIds.slice(start, start + PART))
      .execute();
    for (const row of rows) found.set(row.text_id, { pNegative: row.p_negative, pPositive: row.p_positive });
  }
  return found;
}
