import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { registerModel } from '../../db/networks.ts';
import { storePosts } from '../../db/posts.ts';
import { openSqlite, type Store } from '../../db/store.ts';
import type { Progress } from '../../src/context.ts';
import type { Model } from '../../src/model/artifact.ts';
import { createPool, type Pool } from '../../src/model/pool.ts';
import { score } from '../../src/model/stage.ts';
import { smallModel, temporaryDirectory, WORDS } from './support.ts';

const TEXTS = 9_000;
const silent: Progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };

let model: Model;
let pool: Pool;

beforeAll(async () => {
  model = await smallModel('gru_1layer_bi_1out');
  pool = createPool({ model, workers: 2 });
});
afterAll(() => pool.close());

/** A new database with 9,000 texts, a post each, on three days of one brand. */
async function filledStore(): Promise<{ store: Store; networkId: number }> {
  const store = await openSqlite(join(await temporaryDirectory(), 'monitor.db'));
  const networkId = await store.transaction(async (tx) => {
    const brandId = await ensureBrand(tx, 'acme', 'Acme');
    await tx.db.insertInto('sources').values({ name: 'inbox', watermark_ms: null }).execute();
    const posts = Array.from({ length: TEXTS }, (_, index) => {
      const body = `${WORDS[2 + (index % 38)]} ${WORDS[2 + (index % 37)]} text${index}`;
      const hash16 = createHash('sha256').update(body).digest().subarray(0, 16);
      return {
        key: `k${index}`,
        atMs: index,
        day: 100 + (index % 3),
        userId: null,
        extra: null,
        body,
        original: null,
        hash16,
        copy16: null,
        brand: null,
        otherLanguage: null,
        brandIds: [brandId],
      };
    });
    await storePosts(tx, 1, posts);
    await tx.db.deleteFrom('dirty_days').execute();
    return (await registerModel(tx, { ...model, name: model.spec.name })).networkId;
  });
  return { store, networkId };
}

async function contentOf(store: Store) {
  const scores = await store.read.db.selectFrom('scores').selectAll().orderBy('text_id').execute();
  const dirty = await store.read.db.selectFrom('dirty_days').select(['brand_id', 'day']).orderBy('day').execute();
  return { scores, dirty };
}

const never = new AbortController().signal;

describe('score', () => {
  it('scores every text once, makes its days dirty, and tells how far it is', async () => {
    const { store, networkId } = await filledStore();
    const told: number[] = [];
    const progress: Progress = {
      ...silent,
      start: (_label, total) => told.push(total ?? -1),
      advance: (by) => told.push(by),
    };
    const network = { ...model, networkId };
    expect(await score({ store, signal: never, progress }, network, pool)).toEqual({ texts: TEXTS });
    expect(told).toEqual([TEXTS, 4_096, 4_096, TEXTS - 2 * 4_096]);

    const { scores, dirty } = await contentOf(store);
    expect(scores).toHaveLength(TEXTS);
    expect(scores.every((row) => row.p_positive > 0 && row.p_negative === 1 - row.p_positive)).toBe(true);
    expect(dirty.map((row) => row.day)).toEqual([100, 101, 102]);
    expect(await score({ store, signal: never, progress: silent }, network, pool)).toEqual({ texts: 0 });
    await store.close();
  });

  it('leaves the same database when it was stopped after a page and started again', async () => {
    const undisturbed = await filledStore();
    await score(
      { ...undisturbed, signal: never, progress: silent },
      { ...model, networkId: undisturbed.networkId },
      pool,
    );

    const { store, networkId } = await filledStore();
    const stop = new AbortController();
    const stopping: Progress = { ...silent, advance: () => stop.abort() };
    const stopped = score({ store, signal: stop.signal, progress: stopping }, { ...model, networkId }, pool);
    await expect(stopped).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect((await contentOf(store)).scores).toHaveLength(4_096);
    expect(await score({ store, signal: never, progress: silent }, { ...model, networkId }, pool)).toEqual({
      texts: TEXTS - 4_096,
    });
    expect(await contentOf(store)).toEqual(await contentOf(undisturbed.store));
    await Promise.all([store.close(), undisturbed.store.close()]);
  });

  it('scores only the texts of a range of days', async () => {
    const { store, networkId } = await filledStore();
    const range = { from: 101, to: 101 };
    expect(await score({ store, signal: never, progress: silent }, { ...model, networkId }, pool, { range })).toEqual({
      texts: TEXTS / 3,
    });
    expect((await contentOf(store)).dirty.map((row) => row.day)).toEqual([101]);
    await store.close();
  });
});
