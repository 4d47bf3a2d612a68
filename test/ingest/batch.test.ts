import { afterEach, beforeEach, expect, it } from 'vitest';
import { beginFile, sourceId } from '../../db/files.ts';
import type { Store } from '../../db/store.ts';
import { parseDay } from '../../src/calendar.ts';
import { type BrandNumbers, emptyBatch, numberBrands, storeBatch } from '../../src/ingest/batch.ts';
import { hash16 } from '../../src/ingest/identity.ts';
import type { ReadPost } from '../../src/ingest/rows.ts';
import { dump, type Intake, openIntake } from './support.ts';

const DAY = parseDay('2026-03-01') ?? 0;

let intake: Intake;
beforeEach(async () => {
  intake = await openIntake();
});
afterEach(() => intake.close());

const post = (id: number, name: string): ReadPost => ({
  ...{ key: `id:${id}`, atMs: Date.UTC(2026, 2, 1), day: DAY, userId: 'anna', extra: '{"x":1}' },
  ...{ body: 'a', original: 'a ', hash16: hash16('a '), copy16: null, brand: name, otherLanguage: null },
  brands: [{ slug: 'acme', name }],
});
const batchOf = (...posts: ReadPost[]) => ({
  ...{ ...emptyBatch(), rows: posts.length, posts },
  places: posts.map((_, index) => ({ row: index + 1, line: index + 2 })),
});
const place = (store: Store) =>
  store.transaction(async (tx) => {
    const source = await sourceId(tx, 'feed');
    const file = await beginFile(tx, { sourceId: source, sha256: 'a', name: 'a.csv', day: DAY });
    return { fileId: file.file_id, sourceId: source };
  });

it('posts are stored with all that was read of them, and brands are remembered once they are committed', async () => {
  const { store } = intake;
  const file = await place(store);
  const known: BrandNumbers = new Map();
  const failing: Store = {
    ...store,
    transaction: (work) =>
      store.transaction(async (tx) => {
        await work(tx);
        throw new Error('full');
      }),
  };
  await expect(storeBatch(failing, file, batchOf(post(1, 'Acme')), known)).rejects.toThrow('full');
  expect(known).toEqual(new Map());
  expect((await dump(store))['brands']).toEqual([]);

  const counts = { rows: 2, stored: 2, duplicates: 0, updated: 0, otherLanguage: 0, rejected: 0 };
  const batch = batchOf(post(1, 'Acme'), post(2, 'ACME'));
  expect(await storeBatch(store, file, batch, known)).toEqual({ counts, rejects: [] });
  const { brands, posts, post_brands, texts } = await dump(store);
  expect(brands).toMatchObject([{ slug: 'acme', name: 'ACME' }]);
  const [brand] = brands as { brand_id: number }[];
  expect(known).toEqual(new Map([['acme', { brandId: brand?.brand_id, name: 'ACME' }]]));
  expect(posts).toMatchObject([
    { key: 'id:1', at_ms: Date.UTC(2026, 2, 1), day: DAY, user_id: 'anna', extra: '{"x":1}' },
    { key: 'id:2', user_id: 'anna' },
  ]);
  expect(texts).toMatchObject([{ body: 'a', original: 'a ' }]);
  expect(post_brands).toMatchObject([brand, brand].map((each) => ({ brand_id: each?.brand_id })));
});

it('a brand is looked up only where it is new or called otherwise', async () => {
  const { store } = intake;
  const first = await store.transaction((tx) => numberBrands(tx, [post(1, 'Acme')], new Map()));
  expect(await store.transaction((tx) => numberBrands(tx, [post(2, 'Acme')], first))).toEqual(new Map());
  const renamed = await store.transaction((tx) => numberBrands(tx, [post(3, 'ACME')], first));
  expect(renamed).toEqual(new Map([['acme', { brandId: first.get('acme')?.brandId, name: 'ACME' }]]));
});
