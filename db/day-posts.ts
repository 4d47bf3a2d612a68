import { PPM } from '../src/aggregate/day-stats.ts';
import type { Day } from '../src/calendar.ts';
import type { Sentiment } from '../src/sentiment.ts';
import { scoredPosts } from './scored-posts.ts';
import type { Reader } from './store.ts';

/** A brand's day of the series: by which model it is shown, and a text that changes whenever its posts or figures may have. */
export interface DayVersion {
  readonly networkId: number;
  readonly networkSpec: string;
  readonly modelSpec: string;
  /** The mean score of the posts of the week before; undefined where that has none. */
  readonly usual: number | undefined;
  readonly version: string;
}

/** Days before a day that tell what is usual. */
const USUAL_DAYS = 7;

/** Which model shows a brand's day, and how new it is; undefined for a day without figures. */
export async function dayVersion(reader: Reader, brandId: number, day: Day): Promise<DayVersion | undefined> {
  const row = await reader.db
    .selectFrom('series_stats as d')
    .innerJoin('models as m', 'm.model_id', 'd.model_id')
    .innerJoin('networks as n', 'n.network_id', 'm.network_id')
    .leftJoin('dirty_days as w', (join) => join.onRef('w.brand_id', '=', 'd.brand_id').onRef('w.day', '=', 'd.day'))
    .select(['m.model_id', 'm.network_id', 'm.spec as model_spec', 'n.spec as network_spec', 'd.data_seq', 'w.seq'])
    .where('d.brand_id', '=', brandId)
    .where('d.day', '=', day)
    .executeTakeFirst();
  if (!row) return undefined;
  const before = await reader.db
    .selectFrom('series_stats')
    .select((eb) => [eb.fn.sum('n').as('n'), eb.fn.sum('sum_score').as('sum')])
    .where('brand_id', '=', brandId)
    .where('day', '>=', day - USUAL_DAYS)
    .where('day', '<', day)
    .executeTakeFirst();
  const usual = Number(before?.n ?? 0) === 0 ? undefined : Number(before?.sum) / PPM / Number(before?.n);
  return {
    ...{ networkId: row.network_id, networkSpec: row.network_spec, modelSpec: row.model_spec, usual },
    version: `${row.model_id}/${row.data_seq}/${row.seq ?? ''}/${usual}`,
  };
}

/** A post with its network's raw probabilities. */
export interface ScoredText {
  readonly postId: number;
  readonly text: string;
  readonly pNegative: number;
  readonly pPositive: number;
}

/** A query for a page of a brand's day, by ascending post beyond `after`. */
export function scoredTextsQuery(
  reader: Reader,
  { networkId, brandId, day, after, limit }: ScoredTextsOf & { after: number; limit: number },
) {
  return scoredPosts(reader, networkId, brandId)
    .crossJoin('texts as t')
    .select(['pb.post_id', 't.body', 's.p_negative', 's.p_positive'])
    .where('pb.day', '=', day)
    .where('pb.post_id', '>', after)
    .whereRef('t.text_id', '=', 'p.text_id')
    .orderBy('pb.post_id')
    .limit(limit);
}

interface ScoredTextsOf {
  readonly networkId: number;
  readonly brandId: number;
  readonly day: Day;
}

/** The scored posts of a brand's day, some at a time. */
export async function* scoredTexts(reader: Reader, of: ScoredTextsOf, limit: number): AsyncGenerator<ScoredText[]> {
  for (let after = 0; ; ) {
    const rows = await scoredTextsQuery(reader, { ...of, after, limit }).execute();
    if (rows.length > 0)
      yield rows.map((row) => ({
        ...{ postId: row.post_id, text: row.body, pNegative: row.p_negative, pPositive: row.p_positive },
      }));
    after = rows.at(-1)?.post_id ?? after;
    if (rows.length < limit) return;
  }
}

/** A post as people look at it. */
export interface ShownPost {
  readonly postId: number;
  readonly source: string;
  readonly sourceKey: string;
  readonly atMs: number;
  readonly day: Day;
  readonly userId: string | null;
  /** With entities decoded; empty once it was deleted by age. */
  readonly text: string;
  /** What a person said its class is, in passing. */
  readonly correction: Sentiment | null;
}

/** Posts by their numbers, in any order; those that are gone are left out. At most 500. */
export async function postsByIds(reader: Reader, postIds: readonly number[]): Promise<Map<number, ShownPost>> {
  if (postIds.length === 0) return new Map();
  const rows = await reader.db
    .selectFrom('posts as p')
    .innerJoin('texts as t', 't.text_id', 'p.text_id')
    .innerJoin('sources as s', 's.source_id', 'p.source_id')
    .leftJoin('labels as l', (join) => join.onRef('l.post_id', '=', 'p.post_id').on('l.kind', '=', 'correction'))
    .select(['p.post_id', 's.name', 'p.key', 'p.at_ms', 'p.day', 'p.user_id', 't.body', 'l.label'])
    .where('p.post_id', 'in', postIds)
    .execute();
  return new Map(
    rows.map((row) => [
      row.post_id,
      {
        ...{ postId: row.post_id, source: row.name, sourceKey: row.key, atMs: Number(row.at_ms), day: row.day },
        ...{ userId: row.user_id, text: row.body, correction: row.label },
      },
    ]),
  );
}
