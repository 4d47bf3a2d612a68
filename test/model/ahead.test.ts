import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { registerModel } from '../../db/networks.ts';
import { type NewPost, storePosts } from '../../db/posts.ts';
import { openSqlite, type Store } from '../../db/store.ts';
import type { Progress } from '../../src/context.ts';
import { type ScoringAhead, scoreAhead } from '../../src/model/ahead.ts';
import type { Pool } from '../../src/model/pool.ts';
import { score } from '../../src/model/stage.ts';
import { smallModel, temporaryDirectory } from './support.ts';

const BATCH = 8_000;
const POSTS = 6 * BATCH;
const progress: Progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };
const signal = new AbortController().signal;

const hashOf = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16);
/** A probability that belongs to a text and to no other. */
const probabilityOf = (text: string) => hashOf(text).readUInt32LE() / 2 ** 33;

/** Scores a text by its hash, and remembers how many it was given. */
function hashingPool(): Pool & { texts: number } {
  return {
    texts: 0,
    async score(texts) {
      this.texts += texts.length;
      return Float64Array.from(texts.flatMap((text) => [probabilityOf(text), probabilityOf(text)]));
    },
    close: async () => undefined,
  };
}

function postOf(key: number, body = `text ${key}`): NewPost {
  return {
    ...{ key: `k${key}`, atMs: key, day: 100 + (key % 3), userId: null, extra: null, body, original: null },
    ...{ hash16: hashOf(body), copy16: null, brand: null, otherLanguage: null, brandIds: [1] },
  };
}

const BATCHES = Array.from({ length: POSTS / BATCH }, (_, batch) =>
  Array.from({ length: BATCH }, (_, row) => postOf(batch * BATCH + row)),
);

async function world() {
  const small = await smallModel('gru_1layer_bi_1out');
  const store = await openSqlite(join(await temporaryDirectory(), 'monitor.db'));
  const networkId = await store.transaction(async (tx) => {
    await ensureBrand(tx, 'acme', 'Acme');
    await tx.db.insertInto('sources').values({ name: 'inbox', watermark_ms: null }).execute();
    return (await registerModel(tx, { ...small, name: small.spec.name })).networkId;
  });
  const model = { ...small, networkId };
  const pool = hashingPool();
  const start = () => scoreAhead({ store, signal }, model, pool);
  const finish = (ahead?: ScoringAhead) => score({ store, signal, progress }, model, pool, { ahead });
  return { store, pool, start, finish };
}

const commit = (store: Store, posts: readonly NewPost[]) => store.transaction((tx) => storePosts(tx, 1, posts));

async function contentOf({ read }: Store) {
  const [texts, scores, dirty] = await Promise.all([
    read.db.selectFrom('texts').select(['text_id', 'body']).orderBy('text_id').execute(),
    read.db.selectFrom('scores').selectAll().orderBy('text_id').execute(),
    read.db.selectFrom('dirty_days').selectAll().orderBy('day').execute(),
  ]);
  return { texts, scores, dirty };
}

describe('scoreAhead', () => {
  it('makes the same transactions, the numbers of the changes included, wherever a run was killed', async () => {
    const undisturbed = await world();
    const ahead = undisturbed.start();
    for (const posts of BATCHES) {
      await ahead.beforeBatch();
      await ahead.afterBatch(await commit(undisturbed.store, posts));
    }
    // Scoring is not left for the end, and nothing is scored twice.
    expect(ahead.texts).toBeGreaterThan(0);
    expect(undisturbed.pool.texts).toBeGreaterThan(POSTS - 8_192);
    expect(await undisturbed.finish(ahead)).toEqual({ texts: POSTS });
    expect(undisturbed.pool.texts).toBe(POSTS);
    const expected = await contentOf(undisturbed.store);
    expect(expected.scores.map((row) => row.p_positive)).toEqual(expected.texts.map(({ body }) => probabilityOf(body)));

    const killed = await world();
    let running = killed.start();
    for (const [number, posts] of BATCHES.entries()) {
      if (number % 2 === 1) running = killed.start();
      await running.beforeBatch();
      if (number % 3 === 2) {
        // After the pages were saved, before the batch was.
        running = killed.start();
        await running.beforeBatch();
      }
      const counts = await commit(killed.store, posts);
      // Before the workers had the batch's texts.
      if (number === 4) running = killed.start();
      else await running.afterBatch(counts);
    }
    running = killed.start();
    await running.beforeBatch();
    await killed.finish(running);
    expect(await contentOf(killed.store)).toEqual(expected);
    await Promise.all([undisturbed.store.close(), killed.store.close()]);
  });

  it('gives no text the score of another that had its number before a correction', async () => {
    const { store, start, finish } = await world();
    const ahead = start();
    const [first = []] = BATCHES;
    const page = first.slice(0, 4_096);
    await ahead.afterBatch(await commit(store, page));
    expect(ahead.started().pages).toHaveLength(1);
    // The last post gets the words of the first one, so that its own are deleted; the next text takes their number.
    const corrected = [postOf(4_095, 'text 0'), postOf(5_000, 'quite another text')];
    const counts = await commit(store, corrected);
    expect(counts.updated).toBe(1);
    await ahead.afterBatch(counts);
    await finish(ahead);
    const { texts, scores } = await contentOf(store);
    expect(texts.at(-1)).toEqual({ text_id: 4_096, body: 'quite another text' });
    expect(scores.map((row) => row.p_positive)).toEqual(texts.map(({ body }) => probabilityOf(body)));
    await store.close();
  });

  it('leaves a page that can not be scored to the scoring stage, and goes on reading', async () => {
    const { store, start, finish, pool } = await world();
    pool.score = async () => {
      throw new Error('no worker');
    };
    const ahead = start();
    for (const posts of BATCHES) {
      await ahead.beforeBatch();
      await ahead.afterBatch(await commit(store, posts));
    }
    await expect(finish(ahead)).rejects.toThrow('no worker');
    expect((await contentOf(store)).texts).toHaveLength(POSTS);
    await store.close();
  });
});
