import { expect, it } from 'vitest';
import { brandTotals, ensureBrand } from '../../db/brands.ts';
import { sourceId } from '../../db/files.ts';
import { setBrands } from '../../db/post-changes.ts';
import { type NewPost, storePosts } from '../../db/posts.ts';
import { postsToMatch } from '../../db/rematch.ts';
import { deleteSetting, saveSetting, setting } from '../../db/settings.ts';
import { hash16 } from '../../src/ingest/identity.ts';
import { describeStores } from '../support/stores.ts';

const post = (key: string, more: Partial<NewPost>): NewPost => ({
  ...{ key, body: key, atMs: 1, day: 10, userId: null, extra: null, original: null },
  ...{ hash16: hash16(key), copy16: null, brand: null, otherLanguage: null, brandIds: [] },
  ...more,
});

describeStores('matching brands again', (store) => {
  it('pages posts with their brands, puts them under others, and counts', async () => {
    const { acme, bolt } = await store().transaction(async (tx) => {
      const [source, acme, bolt] = [
        await sourceId(tx, 'inbox'),
        await ensureBrand(tx, 'acme', 'Acme'),
        await ensureBrand(tx, 'bolt', 'Bolt'),
      ];
      await storePosts(tx, source, [
        post('a', { brandIds: [acme, bolt], brand: 'Acme' }),
        post('b', { day: 12, brandIds: [acme] }),
        post('c', {}),
      ]);
      return { acme, bolt };
    });
    const page = await postsToMatch(store().read, { afterPostId: 0, from: Number.NEGATIVE_INFINITY, limit: 2 });
    expect(page).toMatchObject([
      { day: 10, body: 'a', brand: 'Acme', brandIds: [acme, bolt] },
      { day: 12, body: 'b', brand: null, otherLanguage: null, brandIds: [acme] },
    ]);
    expect(await postsToMatch(store().read, { afterPostId: page[0]?.postId ?? 0, from: 11, limit: 9 })).toHaveLength(1);
    const [first] = page;
    if (!first) throw new Error('no posts');
    expect((await store().transaction((tx) => setBrands(tx, first, [bolt]))).sort()).toEqual([acme, bolt]);
    expect(await brandTotals(store().read)).toMatchObject([
      { slug: 'acme', posts: 1, from: 12, to: 12 },
      { slug: 'bolt', posts: 1, from: 10, to: 10 },
    ]);
    await store().transaction((tx) => setBrands(tx, first, []));
    expect(await brandTotals(store().read)).toMatchObject([{}, { posts: 0, from: null, to: null }]);
  });

  it('can take a setting back', async () => {
    await store().transaction((tx) => saveSetting(tx, 'key', 'value'));
    await store().transaction((tx) => deleteSetting(tx, 'key'));
    expect(await setting(store().read, 'key')).toBeUndefined();
  });
});
