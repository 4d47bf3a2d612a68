import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { clearDirty, dirtyDays } from '../../db/dirty-days.ts';
import { sourceId } from '../../db/files.ts';
import { registerModel } from '../../db/networks.ts';
import { type NewPost, storePosts } from '../../db/posts.ts';
import { saveScores } from '../../db/scores.ts';
import { saveSetting } from '../../db/settings.ts';
import { textsWithoutScore } from '../../db/texts.ts';
import { hash16 } from '../../src/ingest/identity.ts';
import { describeStores } from '../support/stores.ts';

const post = (key: string, body: string, more: Partial<NewPost> = {}): NewPost => ({
  ...{ key, body, atMs: 1_790_000_000_000, day: 20_717, userId: 'u1', extra: null, original: null },
  ...{ hash16: hash16(body), copy16: hash16(body), brand: null, otherLanguage: null, brandIds: [] },
  ...more,
});

describeStores('correcting posts', (store) => {
  const inbox = () =>
    store().transaction(async (tx) => {
      const ids = await registerModel(tx, {
        ...{ name: 'm', networkSha256: 'n', networkSpec: '{}', modelSha256: 'm', modelSpec: '{}' },
      });
      return {
        ...ids,
        source: await sourceId(tx, 'inbox'),
        acme: await ensureBrand(tx, 'acme', 'Acme'),
        bolt: await ensureBrand(tx, 'bolt', 'Bolt'),
      };
    });
  const put = (source: number, ...posts: NewPost[]) => store().transaction((tx) => storePosts(tx, source, posts));

  it('replaces text, instant, user and brands, and deletes what nothing uses any more', async () => {
    const { source, acme, bolt, networkId } = await inbox();
    await put(source, post('a', 'old', { brandIds: [acme], extra: '{"likes":"1"}' }), post('b', 'shared'));
    for (const text of await textsWithoutScore(store().read, networkId, 0, 9))
      await store().transaction((tx) =>
        saveScores(tx, networkId, [{ textId: text.text_id, pNegative: 0.5, pPositive: 0.5 }]),
      );
    for (const day of await dirtyDays(store().read)) await store().transaction((tx) => clearDirty(tx, day));

    const changed = post('a', 'new', { brandIds: [bolt], day: 20_718, atMs: 1_790_086_400_000, userId: 'u2' });
    expect(await put(source, changed)).toEqual({ stored: 0, duplicates: 1, updated: 1, otherLanguage: 0, sealed: [] });
    expect(await put(source, changed)).toEqual({ stored: 0, duplicates: 1, updated: 0, otherLanguage: 0, sealed: [] });
    // A row that says nothing of the user doesn't take the known one away.
    expect(await put(source, { ...changed, userId: null })).toMatchObject({ updated: 0 });

    const { db } = store().read;
    expect(
      await db.selectFrom('posts').select(['key', 'day', 'user_id', 'extra']).orderBy('post_id').execute(),
    ).toEqual([
      { key: 'a', day: 20_718, user_id: 'u2', extra: null },
      { key: 'b', day: 20_717, user_id: 'u1', extra: null },
    ]);
    expect((await db.selectFrom('texts').select('body').orderBy('body').execute()).map((text) => text.body)).toEqual([
      ...['new', 'shared'],
    ]);
    expect(await db.selectFrom('scores').selectAll().execute()).toHaveLength(1);
    expect(await db.selectFrom('post_brands').selectAll().execute()).toMatchObject([{ brand_id: bolt, day: 20_718 }]);
    expect((await dirtyDays(store().read)).map(({ brandId, day }) => [brandId, day])).toEqual([
      [acme, 20_717],
      [bolt, 20_718],
    ]);
  });

  it('keeps sealed days as they are', async () => {
    const { source, acme } = await inbox();
    await put(source, post('old', 'before', { brandIds: [acme], day: 100 }), post('young', 'after', { day: 200 }));
    for (const day of await dirtyDays(store().read)) await store().transaction((tx) => clearDirty(tx, day));
    await store().transaction((tx) => saveSetting(tx, 'sealed_before', '150'));
    expect(
      await put(
        source,
        post('late', 'too late', { brandIds: [acme], day: 149 }),
        post('old', 'corrected', { brandIds: [acme], day: 100 }),
        post('young', 'after', { day: 100, atMs: 5 }),
        post('fresh', 'in time', { brandIds: [acme], day: 150 }),
      ),
    ).toEqual({ stored: 1, duplicates: 1, updated: 0, otherLanguage: 0, sealed: [0, 2] });
    expect((await dirtyDays(store().read)).map(({ day }) => day)).toEqual([150]);
  });
});
