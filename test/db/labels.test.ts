import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { sourceId } from '../../db/files.ts';
import { deletePosts, emptyPostsBefore } from '../../db/forgotten.ts';
import { postsOfSample, samplesOfBrand } from '../../db/labels.ts';
import { type NewPost, storePosts } from '../../db/posts.ts';
import { drawSample, importLabels, sheetOf } from '../../jobs/audit.ts';
import { hash16 } from '../../src/ingest/identity.ts';
import { labelledSheet } from '../support/labelled-sheet.ts';
import { describeStores } from '../support/stores.ts';

const at = { nowMs: 5, signal: new AbortController().signal };
const post = (key: string, day: number, body: string, brandIds: number[]): NewPost => ({
  ...{ key, body, atMs: 1_000 * day, day, userId: 'anna', extra: null, original: null },
  ...{ hash16: hash16(body), copy16: null, brand: null, otherLanguage: null, brandIds },
});

describeStores('samples and labels', (store) => {
  const seeded = () =>
    store().transaction(async (tx) => {
      const source = await sourceId(tx, 'inbox');
      const acme = await ensureBrand(tx, 'acme', 'Acme');
      const other = await ensureBrand(tx, 'other', 'Other');
      await storePosts(tx, source, [
        ...Array.from({ length: 40 }, (_, n) => post(`a${n}`, 10 + (n % 8), n === 0 ? '=1+1' : `text ${n}`, [acme])),
        ...Array.from({ length: 9 }, (_, n) => post(`b${n}`, 12, `other ${n}`, [other])),
      ]);
      return { acme, source };
    });
  const draw = (size = 20, seed = 1, days = {}) => drawSample(store(), { brand: 'acme', size, seed, ...days }, at);
  const take = (content: string) => importLabels(store(), { content, file: 'x.csv' }, at);

  it('draws the same posts again, other ones by another seed, and of the days asked for', async () => {
    const { acme } = await seeded();
    const first = await draw();
    expect(first.sample).toMatchObject({ brandId: acme, from: 10, to: 17, size: 20, population: 40, seed: 1 });
    expect(new Set(first.posts.map(({ postId }) => postId)).size).toBe(20);
    expect(first.posts.every(({ body }) => !body.startsWith('other'))).toBe(true);
    expect(await draw()).toEqual(first);
    const second = await draw(20, 2);
    expect(second.posts.map(({ postId }) => postId)).not.toEqual(first.posts.map(({ postId }) => postId));
    expect((await draw(100, 1, { from: 12, to: 13 })).sample).toMatchObject({
      size: 10,
      population: 10,
      from: 12,
      to: 13,
    });
    expect((await samplesOfBrand(store().read, acme)).map(({ labelled: count }) => count)).toEqual([0, 0, 0]);
    await expect(draw(5, 1, { from: 90 })).rejects.toMatchObject({ code: 'E_USAGE' });
    await expect(drawSample(store(), { brand: 'nobody', size: 5, seed: 1 }, at)).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });

  it('writes a file without opinions and takes labels, again and again', async () => {
    const { acme } = await seeded();
    const { sample, posts } = await draw(40);
    const sheet = sheetOf(sample, posts);
    expect(sheet.split('\n')[0]).toBe('key,created_at,text,label');
    expect(sheet).toContain(',"\'=1+1",\n');
    const some = labelledSheet(sheet, (line) => (line <= 10 ? 'Positive' : line === 11 ? 'meh' : ''));
    expect(await take(some)).toEqual({
      ...{ added: 10, changed: 0, same: 0, blank: 29, gone: 0 },
      rejected: [{ line: 12, reason: '"meh" is no label' }],
    });
    expect(await take(some)).toMatchObject({ added: 0, same: 10 });
    const next = labelledSheet(sheet, (line) => (line === 1 ? 'neg' : line === 12 ? 'neutral' : ''));
    expect(await take(next.replaceAll(',', ';'))).toMatchObject({ added: 1, changed: 1, same: 0, blank: 38 });
    expect(sheetOf(sample, await postsOfSample(store().read, sample.sampleId)).split('\n')[1]).toMatch(/,negative$/);
    expect((await samplesOfBrand(store().read, acme))[0]?.labelled).toBe(11);
    expect(
      await take(`key,label\n${sample.code}-1,positive\n${sample.code}-1,neutral\n${sample.code}-99,neutral\nx,y\n`),
    ).toMatchObject({
      changed: 1,
      rejected: [{ line: 3 }, { line: 4 }, { line: 5 }],
    });
    for (const wrong of [
      '',
      'text,label\na,positive\n',
      'key,label\nx,positive\n',
      'key,label\n0123456789-1,positive\n',
    ])
      await expect(take(wrong)).rejects.toMatchObject({ code: 'E_INPUT' });
  });

  it('keeps no label of what was deleted, emptied or corrected', async () => {
    const { acme, source } = await seeded();
    const { sample, posts } = await draw(40);
    const all = labelledSheet(sheetOf(sample, posts), () => 'neutral');
    await take(all);
    const known = await store().read.db.selectFrom('posts').select(['post_id', 'text_id', 'key']).execute();
    const first = known.filter(({ key }) => key === 'a7');
    await store().transaction((tx) => deletePosts(tx, first));
    await store().transaction((tx) => emptyPostsBefore(tx, 11, 100));
    await store().transaction((tx) =>
      storePosts(tx, source, [post('a9', 11, 'something else', [acme]), post('a10', 12, 'text 10', [acme])]),
    );
    const left = await postsOfSample(store().read, sample.sampleId);
    // One deleted, the five of day 10 emptied, one corrected; the repeated one stays.
    expect(left.map(({ label }) => label)).toEqual(new Array(33).fill('neutral'));
    expect(await store().read.db.selectFrom('labels').selectAll().execute()).toHaveLength(33);
    expect(await take(all)).toMatchObject({ added: 0, same: 33, gone: 7 });
    expect((await draw(100, 3)).sample.population).toBe(34);
  });
});
