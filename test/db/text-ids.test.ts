import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceId } from '../../db/files.ts';
import { deletePosts, postsOfUsers } from '../../db/forgotten.ts';
import { type NewPost, storePosts } from '../../db/posts.ts';
import { openSqlite, type Store } from '../../db/store.ts';
import { mergeTextHashes } from '../../db/text-ids.ts';
import { misfiledTexts, textsWithoutPost } from '../../db/verify.ts';
import { hash16 } from '../../src/ingest/identity.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-texts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A post `p<number>` of a user of the same name. */
const post = (number: number, body: string): NewPost => ({
  ...{ key: `p${number}`, body, atMs: 1_790_000_000_000, day: 20_717, userId: `p${number}`, extra: null },
  ...{ original: null, hash16: hash16(body), copy16: null, brand: null, otherLanguage: null, brandIds: [] },
});

const number = fc.nat({ max: 4 });
const rows = fc.array(fc.tuple(number, number), { maxLength: 6 });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom('store', 'store by another', 'fail'), rows }),
    fc.record({ kind: fc.constantFrom('merge', 'open again'), rows: fc.constant([]) }),
    fc.record({ kind: fc.constant('forget'), rows: fc.tuple(fc.tuple(number, number)) }),
  ),
  { maxLength: 14 },
);

describe('the numbers of texts in SQLite', () => {
  it('are one for each text, whatever is stored, corrected, deleted, merged or undone, by one connection or two', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (story) => {
        run += 1;
        const path = join(folder, `${run}.db`);
        let store = await openSqlite(path);
        const other = await openSqlite(path);
        const source = await store.transaction((tx) => sourceId(tx, 'inbox'));
        const expected = new Map<string, string>();
        for (const { kind, rows } of story) {
          const posts = rows.map(([key, text]) => post(key, `text ${text}`));
          const put = (on: Store, after: () => void = () => undefined): Promise<void> =>
            on.transaction(async (tx) => {
              await storePosts(tx, source, posts);
              after();
            });
          if (kind === 'merge')
            await store.transaction(async (tx) => {
              if (tx.sqlite) mergeTextHashes(tx.sqlite, 1);
            });
          else if (kind === 'open again') {
            await store.close();
            store = await openSqlite(path);
          } else if (kind === 'fail')
            await expect(
              put(store, () => {
                throw new RangeError('stop');
              }),
            ).rejects.toThrow(RangeError);
          else if (kind === 'forget') {
            const users = posts.map(({ userId }) => String(userId));
            const found = await postsOfUsers(store.read, users, { afterPostId: 0, limit: 9 });
            await store.transaction((tx) => deletePosts(tx, found));
            for (const key of users) expected.delete(key);
          } else {
            await put(kind === 'store' ? store : other);
            for (const { key, body } of posts) expected.set(key, body);
          }
        }
        const kept = await store.read.db
          .selectFrom('posts as p')
          .innerJoin('texts as t', 't.text_id', 'p.text_id')
          .select(['p.key', 't.body'])
          .execute();
        expect(new Map(kept.map(({ key, body }) => [key, body]))).toEqual(expected);
        const texts = await store.read.db.selectFrom('texts').select('body').execute();
        expect(texts.map(({ body }) => body).sort()).toEqual([...new Set(expected.values())].sort());
        expect([await misfiledTexts(store.read), await textsWithoutPost(store.read)]).toEqual([0, 0]);
        await store.close();
        await other.close();
      }),
      { numRuns: 20 },
    );
  });

  it('are found where a text got the number of a deleted one, which was the newest when hashes were merged', async () => {
    const path = join(folder, 'again.db');
    const first = await openSqlite(path);
    const source = await first.transaction((tx) => sourceId(tx, 'inbox'));
    const put = (store: Store, ...posts: NewPost[]) => store.transaction((tx) => storePosts(tx, source, posts));
    await put(first, post(1, 'a'), post(2, 'b'));
    await first.transaction(async (tx) => {
      if (tx.sqlite) mergeTextHashes(tx.sqlite, 1);
    });
    await put(first, post(2, 'a'), post(1, 'c'));
    expect(await misfiledTexts(first.read)).toBe(0);
    await first.close();
    const store = await openSqlite(path);
    await put(store, post(3, 'c'));
    const texts = await store.read.db.selectFrom('texts').select('body').orderBy('body').execute();
    expect(texts).toEqual([{ body: 'a' }, { body: 'c' }]);
    await store.close();
  });

  it('are what they were when a transaction failed that gave a text another number', async () => {
    const store = await openSqlite(join(folder, 'undone.db'));
    const source = await store.transaction((tx) => sourceId(tx, 'inbox'));
    const put = (...posts: NewPost[]) => store.transaction((tx) => storePosts(tx, source, posts));
    await put(post(1, 'shared'));
    const failed = store.transaction(async (tx) => {
      await storePosts(tx, source, [post(1, 'other'), post(2, 'shared')]);
      throw new RangeError('stop');
    });
    await expect(failed).rejects.toThrow(RangeError);
    await put(post(2, 'shared'));
    expect(await misfiledTexts(store.read)).toBe(0);
    expect(await store.read.db.selectFrom('texts').select('body').execute()).toEqual([{ body: 'shared' }]);
    await store.close();
  });

  it('are found in a database from before the table of hashes', async () => {
    const path = join(folder, 'before.db');
    const first = await openSqlite(path);
    const source = await first.transaction((tx) => sourceId(tx, 'inbox'));
    await first.transaction((tx) => storePosts(tx, source, [post(1, 'a'), post(2, 'b')]));
    await first.close();
    const before = new Sqlite(path);
    before.exec(
      'create index posts_user on posts (user_id); drop trigger text_deleted; drop table text_hashes; delete from schema_version where version >= 13',
    );
    before.close();
    const store = await openSqlite(path);
    await store.transaction((tx) => storePosts(tx, source, [post(3, 'a'), post(4, 'c')]));
    expect(await misfiledTexts(store.read)).toBe(0);
    expect(await store.read.db.selectFrom('texts').select('body').execute()).toHaveLength(3);
    await store.close();
  });
});
