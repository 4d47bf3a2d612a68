import type { Reader } from './store.ts';

/**
 * A brand's posts as one network scored them, for queries to go on from: `pb`, `p` and `s`. Cross joins, because SQLite takes
 * their tables in the order that is written: by statistics from before the first scores it would go through all scores for each day.
 */
export function scoredPosts({ db }: Pick<Reader, 'db'>, networkId: number, brandId: number) {
  return db
    .selectFrom('post_brands as pb')
    .crossJoin('posts as p')
    .crossJoin('scores as s')
    .where('pb.brand_id', '=', brandId)
    .whereRef('p.post_id', '=', 'pb.post_id')
    .whereRef('s.text_id', '=', 'p.text_id')
    .where('s.network_id', '=', networkId);
}
