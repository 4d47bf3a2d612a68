import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { verify } from '../../jobs/verify.ts';
import { aboutFiles, changeOwn, copyOwn, dropOwn, onPostgres, openOwn } from '../support/own-database.ts';
import { silentProgress } from '../support/silent.ts';
import { describeStores } from '../support/stores.ts';
import { databaseOf, MORNING, troubleWorld } from './trouble-world.ts';

const watch = { signal: new AbortController().signal, progress: silentProgress };

/** What verify finds wrong with the database of a folder, by check. */
async function failures(dataDir: string): Promise<Record<string, readonly string[]>> {
  const store = await openOwn(dataDir);
  const checks = await verify(store, watch).finally(() => store.close());
  expect(checks).toHaveLength(8);
  return Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, details }) => [name, details]));
}

describeStores('an empty database', (store) => {
  it('has nothing wrong with it', async () => {
    const checks = await verify(store(), watch);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks).toHaveLength(8);
  });
});

describe('verify', () => {
  const world = troubleWorld();

  it('finds nothing after a night, and each thing that is changed behind the program’s back', async () => {
    const job = world.start();
    job.drop('bad.csv', 'created_at,text\nnever,hello\n2026-10-01T00:00:00Z,nobody’s\n');
    await job.nightly(MORNING);
    const whole = join(job.folder, 'data');
    expect(await failures(whole)).toEqual({});

    const copy = join(job.folder, 'copy');
    const failuresAfter = async (...statements: string[]) => {
      await copyOwn(whole, copy);
      for (const statement of statements) changeOwn(copy, statement);
      return failures(copy);
    };
    const accounted = 'every row that was read is accounted for';
    const recomputed = 'daily figures equal their recomputation';
    expect(await failuresAfter('update day_stats set n_positive = n_positive + 1 where day = 20727')).toEqual({
      [recomputed]: [expect.stringMatching(/^acme 2026-10-01: nPositive is \d+, should be \d+$/)],
    });
    expect(await failuresAfter('delete from day_stats where day = 20728')).toEqual({
      [recomputed]: ['acme 2026-10-02: has posts, no figures, and does not wait to be computed'],
    });
    expect(
      await failuresAfter('delete from day_stats where day = 20728', 'insert into dirty_days values (1, 20728, 1)'),
    ).toEqual({});
    expect(await failuresAfter('insert into dirty_days values (1, 20728, 999)')).toMatchObject({
      'days that wait to be computed are known': ['2026-10-02 is marked by a change to come'],
    });
    expect(await failuresAfter("update files set stored = stored - 1 where name = 'posts.csv'")).toEqual({
      [accounted]: ['posts.csv: 600 rows, but 599 stored + 0 seen before + 0 not usable'],
      'every stored post is there': ['inbox: 601 posts, but its files stored 600'],
    });
    expect(await failuresAfter('delete from rejects')).toEqual({
      [accounted]: ['bad.csv: 1 rows not usable, but 0 are kept'],
    });
    expect(
      await failuresAfter('update posts set day = day + 1 where post_id = (select min(post_id) from post_brands)'),
    ).toMatchObject({
      'posts and texts fit': ['1 posts stand under a brand on another day than their own'],
    });
    if (!onPostgres)
      expect(
        await failuresAfter(
          'insert into texts (hash16, body) select hash16, body from texts where text_id = (select min(text_id) from posts)',
        ),
      ).toMatchObject({
        'posts and texts fit': [
          '1 texts belong to no post',
          "1 texts are there twice, or can't be found by their hash",
        ],
      });
    expect(await failuresAfter('delete from deliveries')).toEqual({
      'every mail has a delivery': [expect.stringContaining('was never to be delivered')],
    });
    const deletion = 'delete from posts where post_id = (select min(post_id) from post_brands)';
    if (onPostgres) {
      // The server keeps rows together itself.
      await expect(failuresAfter(deletion)).rejects.toThrow('foreign key');
    } else
      expect(Object.keys(await failuresAfter(deletion))).toEqual([
        'rows belong together',
        'every stored post is there',
        'posts and texts fit',
        recomputed,
      ]);
    dropOwn(copy);
  });

  it.skipIf(onPostgres)(
    `says that a damaged file is damaged, and still does what can be done${aboutFiles}`,
    async () => {
      const job = world.start();
      await job.session(async () => undefined);
      const path = databaseOf(job);
      const db = new Sqlite(path);
      db.pragma('wal_checkpoint(truncate)');
      const root = db.prepare("select rootpage from sqlite_master where name = 'posts_user'").pluck().get() as number;
      const size = db.pragma('page_size', { simple: true }) as number;
      db.close();
      const bytes = readFileSync(path);
      bytes.fill(0xff, (root - 1) * size, root * size);
      writeFileSync(path, bytes);
      const found = await failures(dirname(path));
      expect(found['the file is whole']?.length).toBeGreaterThan(0);
    },
  );
});
