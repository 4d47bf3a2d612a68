import { expect, it } from 'vitest';
import { ensureBrand } from '../../db/brands.ts';
import { dirtyDays } from '../../db/dirty-days.ts';
import { beginFile, finishFile, sourceId } from '../../db/files.ts';
import {
  addForgotten,
  deletePosts,
  emptyPostsBefore,
  emptyRejectsBefore,
  forgottenPeople,
  postsOfUsers,
  refreshStatistics,
} from '../../db/forgotten.ts';
import { registerModel } from '../../db/networks.ts';
import {
  addMessage,
  addNotification,
  allMessages,
  saveContent,
  saveRendered,
  waitingNotifications,
} from '../../db/outbox.ts';
import { type NewPost, storePosts } from '../../db/posts.ts';
import { addRejects, emptyReject, listRejects } from '../../db/rejects.ts';
import { saveScores } from '../../db/scores.ts';
import { countTextsWithoutScore, textsWithoutScore } from '../../db/texts.ts';
import { hash16 } from '../../src/ingest/identity.ts';
import { describeStores } from '../support/stores.ts';

const post = (key: string, userId: string, day: number, body: string, brandIds: number[]): NewPost => ({
  ...{ key, body, atMs: 1, day, userId, extra: '{}', original: `${body} ` },
  ...{ hash16: hash16(body), copy16: null, brand: 'Acme', otherLanguage: null, brandIds },
});

describeStores('forgetting', (store) => {
  const seeded = () =>
    store().transaction(async (tx) => {
      const { networkId } = await registerModel(tx, {
        ...{ name: 'm', networkSha256: 'n', networkSpec: '{}', modelSha256: 'm', modelSpec: '{}' },
      });
      const source = await sourceId(tx, 'inbox');
      const acme = await ensureBrand(tx, 'acme', 'Acme');
      await storePosts(tx, source, [
        post('a', 'anna', 10, 'hers', [acme]),
        post('b', 'anna', 11, 'shared', [acme]),
        post('c', 'bert', 20, 'shared', [acme]),
      ]);
      const texts = await textsWithoutScore(tx, networkId, 0, 9);
      await saveScores(
        tx,
        networkId,
        texts.map(({ text_id }) => ({ textId: text_id, pNegative: 0, pPositive: 1 })),
      );
      return { acme, source, networkId };
    });
  const count = async (table: 'posts' | 'texts' | 'scores' | 'post_brands') =>
    (await store().read.db.selectFrom(table).selectAll().execute()).length;

  it('deletes posts with what nobody else has, and makes their days dirty', async () => {
    await seeded();
    await store().transaction((tx) => tx.db.deleteFrom('dirty_days').execute());
    const posts = await postsOfUsers(store().read, ['anna', 'nobody'], { afterPostId: 0, limit: 9 });
    expect(posts.map(({ body }) => body)).toEqual(['hers', 'shared']);
    expect(await store().transaction((tx) => deletePosts(tx, posts))).toEqual({ texts: 1, days: 2 });
    expect(await store().transaction((tx) => deletePosts(tx, []))).toEqual({ texts: 0, days: 0 });
    expect([await count('posts'), await count('texts'), await count('scores'), await count('post_brands')]).toEqual([
      ...[1, 1, 1, 1],
    ]);
    expect((await dirtyDays(store().read)).map(({ day }) => day)).toEqual([10, 11]);
    await refreshStatistics(store().read);
  });

  it('remembers a person once', async () => {
    for (const hash of ['h1', 'h1', 'h2']) await store().transaction((tx) => addForgotten(tx, hash));
    expect(await forgottenPeople(store().read)).toEqual(new Set(['h1', 'h2']));
  });

  it('empties old posts, page by page, and leaves nothing to score', async () => {
    const { networkId } = await seeded();
    const page = () => store().transaction((tx) => emptyPostsBefore(tx, 15, 1));
    expect([await page(), await page(), await page()]).toEqual([
      { posts: 1, texts: 1 },
      { posts: 1, texts: 0 },
      { posts: 0, texts: 0 },
    ]);
    const { db } = store().read;
    expect(await db.selectFrom('posts').select(['user_id', 'extra', 'brand']).orderBy('post_id').execute()).toEqual([
      { user_id: null, extra: null, brand: null },
      { user_id: null, extra: null, brand: null },
      { user_id: 'bert', extra: '{}', brand: 'Acme' },
    ]);
    expect((await db.selectFrom('texts').select('body').orderBy('body').execute()).map(({ body }) => body)).toEqual([
      ...['', 'shared'],
    ]);
    expect(await countTextsWithoutScore(store().read, networkId)).toBe(0);
    expect(await count('post_brands')).toBe(3);
  });

  it('empties rejects and mails', async () => {
    await store().transaction(async (tx) => {
      const source = await sourceId(tx, 'inbox');
      for (const [name, day] of [
        ['old', 5],
        ['new', 50],
      ] as const) {
        const { file_id } = await beginFile(tx, { sourceId: source, sha256: name, name, day });
        await addRejects(tx, file_id, [{ row: 1, line: 1, code: 'R_DATE', reason: 'x', raw: Buffer.from(name) }]);
        await finishFile(tx, file_id, 'read');
      }
    });
    expect(await store().transaction((tx) => emptyRejectsBefore(tx, 50))).toBe(1);
    expect(await store().transaction((tx) => emptyRejectsBefore(tx, 50))).toBe(0);
    const raws = async () =>
      (await listRejects(store().read, { limit: 9 })).map(({ raw }) => Buffer.from(raw).toString());
    expect(await raws()).toEqual(['', 'new']);
    const [, left] = await listRejects(store().read, { limit: 9 });
    await store().transaction((tx) => emptyReject(tx, left?.fileId ?? 0, 1, 'gone'));
    expect(await raws()).toEqual(['', '']);

    const times = { created_ms: 1, due_ms: 1 };
    const mail = { dedupe_key: 'k', rule_id: 'r', day: 1, kind: 'firing', team: null, content: 'a', ...times } as const;
    const id = (await store().transaction((tx) => addNotification(tx, mail))) ?? 0;
    await store().transaction((tx) => saveContent(tx, id, 'b'));
    expect(await waitingNotifications(store().read)).toMatchObject([{ notification_id: id, content: 'b' }]);
    const message = { message_key: 'k', team: null, rendered: 'a', created_ms: 1 };
    await store().transaction((tx) => addMessage(tx, message, { channels: ['outbox'], tells: [id] }));
    const [stored] = await allMessages(store().read);
    await store().transaction((tx) => saveRendered(tx, stored?.message_id ?? 0, 'b'));
    expect(await allMessages(store().read)).toMatchObject([{ rendered: 'b' }]);
  });
});
