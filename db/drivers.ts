import type { Day } from '../src/calendar.ts';
import { scoredPosts } from './scored-posts.ts';
import type { Reader } from './store.ts';

/** A brand's posts of some days that say the same, as one network scored them. */
export interface CopyRow {
  /** The hash that copies share, in hexadecimal. */
  readonly copies: string;
  readonly day: Day;
  readonly posts: number;
  /** Raw probabilities of one of their texts; the others differ from it in links and mentions. */
  readonly pNegative: number;
  readonly pPositive: number;
}

/** The copies of some texts on a brand's days, by the hashes that copies share: a row for each day and text. */
export async function copiesOn(
  reader: Reader,
  { networkId, brandId, from, to }: { networkId: number; brandId: number; from: Day; to: Day },
  hashes: readonly Uint8Array[],
): Promise<CopyRow[]> {
  if (hashes.length === 0) return [];
  const rows = await scoredPosts(reader, networkId, brandId)
    .crossJoin('texts as t')
    .whereRef('t.text_id', '=', 'p.text_id')
    .where('pb.day', '>=', from)
    .where('pb.day', '<=', to)
    .where('t.copy16', 'in', hashes.map(Buffer.from))
    .select((eb) => ['t.copy16', 'pb.day', 's.p_negative', 's.p_positive', eb.fn.countAll().as('posts')])
    .groupBy(['t.copy16', 'pb.day', 't.text_id', 's.p_negative', 's.p_positive'])
    .orderBy('pb.day')
    .orderBy('t.text_id')
    .execute();
  return rows.map((row) => ({
    ...{ copies: Buffer.from(row.copy16 ?? []).toString('hex'), day: row.day, posts: Number(row.posts) },
    ...{ pNegative: row.p_negative, pPositive: row.p_positive },
  }));
}
