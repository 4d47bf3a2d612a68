import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { scoredPostsOf } from '../../db/day-stats.ts';
import { sourceId } from '../../db/files.ts';
import { registerModel } from '../../db/networks.ts';
import { type NewPost, storePosts } from '../../db/posts.ts';
import { saveScores } from '../../db/scores.ts';
import { textsWithoutScore } from '../../db/texts.ts';
import { copyHash } from '../../src/ingest/copies.ts';
import { hash16 } from '../../src/ingest/identity.ts';
import { describeStores } from '../support/stores.ts';

describeStores('copies', (store) => {
  it('count each, or only the earliest of a day', async () => {
    const { acme, networkId } = await store().transaction(async (tx) => {
      const { networkId } = await registerModel(tx, {
        ...{ name: 'm', networkSha256: 'n', networkSpec: '{}', modelSha256: 'm', modelSpec: '{}' },
      });
      const [source, acme] = [await sourceId(tx, 'inbox'), await ensureBrand(tx, 'acme', 'Acme')];
      const post = (userId: string, body: string, atMs: number, more: Partial<NewPost> = {}): NewPost => ({
        ...{
          key: userId,
          body,
          atMs,
          day: 10,
          userId,
          extra: null,
          original: null,
          brand: null,
          otherLanguage: null,
          brandIds: [acme],
        },
        ...{ hash16: hash16(body), copy16: copyHash(body) },
        ...more,
      });
      await storePosts(tx, source, [
        post('copy', 'RT @first: late again', 20),
        post('first', 'Late again!', 10),
        post('other', 'on time', 5),
        post('next-day', 'late again', 30, { day: 11 }),
        post('old-1', 'unmarked', 1, { copy16: null }),
        post('old-2', 'unmarked', 2, { copy16: null }),
      ]);
      const texts = await textsWithoutScore(tx, networkId, 0, 9);
      await saveScores(
        tx,
        networkId,
        texts.map(({ text_id }) => ({ textId: text_id, pNegative: 0, pPositive: 1 })),
      );
      return { acme, networkId };
    });
    const users = async (day: number, copies?: 'count' | 'once') =>
      (await scoredPostsOf(store().read, networkId, { brandId: acme, day }, copies)).map(({ userId }) => userId).sort();
    expect(await users(10)).toEqual(['copy', 'first', 'old-1', 'old-2', 'other']);
    expect(await users(10, 'once')).toEqual(['first', 'old-1', 'old-2', 'other']);
    expect(await users(11, 'once')).toEqual(['next-day']);
  });
});
