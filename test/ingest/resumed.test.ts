import { appendFileSync, existsSync, rmSync, utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../db/store.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { dump, HEADER, type Intake, openIntake, ROW } from './support.ts';

let intake: Intake;
beforeEach(async () => {
  intake = await openIntake();
});
afterEach(() => intake.close());

/** A store that does something once a file is on record. */
const onRecord = (store: Store, act: () => unknown): Store => ({
  ...store,
  transaction: async (work) => {
    const done = await store.transaction(work);
    if ((await dump(store))['files']?.length === 1) await act();
    return done;
  },
});

describe('a file that was left in the middle', () => {
  it('goes on after its last stored row, and no row counts twice', async () => {
    intake.put('a.csv', `${HEADER}soon,never,bert\n${ROW}${ROW}`);
    const pulled = async () => {
      throw new Error('pulled');
    };
    const beside = { beforeBatch: async () => {}, afterBatch: pulled };
    await expect(ingest(intake.context(), { beside })).rejects.toThrow('pulled');
    const { files, rejects, posts } = await dump(intake.store);
    expect(files).toMatchObject([{ state: 'reading', rows: 3, stored: 1, duplicates: 1, rejected: 1 }]);
    expect(await ingest(intake.context())).toMatchObject({
      rows: 0,
      stored: 0,
      duplicates: 0,
      rejected: 0,
      unchanged: 0,
    });
    const now = await dump(intake.store);
    expect(now['files']).toMatchObject([{ state: 'read', rows: 3, stored: 1, duplicates: 1, rejected: 1 }]);
    expect([now['rejects'], now['posts']]).toEqual([rejects, posts]);
  });

  it('because it could not be read on is no damaged one: the next run reads the rest', async () => {
    const path = intake.put('a.csv', HEADER + ROW);
    // Gone as soon as it is on record, such as a share that is not mounted any more.
    const store = onRecord(intake.store, async () => rmSync(path, { force: true }));
    expect((await ingest(intake.context({}, { store }))).perFile).toMatchObject([
      { state: 'failed', reason: "The file can't be read: there is no such file or folder" },
    ]);
    const { files, rejects } = await dump(intake.store);
    expect([files, rejects]).toMatchObject([[{ state: 'reading', rows: 0 }], []]);
    intake.put('a.csv', HEADER + ROW);
    expect(await ingest(intake.context())).toMatchObject({ failed: 0, rows: 1, stored: 1 });
  });

  it('is stopped before its next batch, and read by the next run', async () => {
    intake.put('a.csv', HEADER + ROW);
    const stop = new AbortController();
    const store = onRecord(intake.store, () => stop.abort());
    const stopped = ingest(intake.context({}, { store, signal: stop.signal }));
    await expect(stopped).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    const { files, posts } = await dump(intake.store);
    expect([files, posts]).toMatchObject([[{ state: 'reading', rows: 0, finished_ms: null }], []]);
    expect(await ingest(intake.context())).toMatchObject({ rows: 1, stored: 1 });
  });
});

describe('a file that was read before and now grows', () => {
  it('is left for the next run while someone writes, though its start is known', async () => {
    const path = intake.put('a.csv', HEADER + ROW);
    const now = { clock: () => Date.now() + 1000 };
    await ingest(intake.context({}, now), { pause: async () => {} });
    const growing = { pause: async () => appendFileSync(path, ROW) };
    expect(await ingest(intake.context({}, now), growing)).toMatchObject({ waiting: 1, unchanged: 0 });
  });

  it('is known by what it held when it was listed, and what was added is not deleted with it', async () => {
    const path = intake.put('a.csv', HEADER + ROW);
    utimesSync(path, 0, 0);
    await ingest(intake.context());
    const progress = { start: () => appendFileSync(path, ROW), advance: () => {}, finish: () => {} };
    const context = intake.context({ processed: 'delete' }, { progress });
    expect(await ingest(context)).toMatchObject({ unchanged: 1, waiting: 0, rows: 0 });
    expect(existsSync(path)).toBe(true);
    expect(await ingest(intake.context())).toMatchObject({ rows: 2, stored: 0, duplicates: 2 });
  });
});

describe('a file without rows', () => {
  it('is read, has nothing to tell of, and starts no work beside it', async () => {
    intake.put('feed/a.csv', HEADER);
    const asked = () => Promise.reject(new Error('asked'));
    const { perFile } = await ingest(intake.context(), { beside: { beforeBatch: asked, afterBatch: asked } });
    const none = { rows: 0, stored: 0, duplicates: 0, updated: 0, otherLanguage: 0, rejected: 0 };
    expect(perFile).toStrictEqual([{ name: 'feed/a.csv', source: 'feed', state: 'read', ...none }]);
  });

  it('is none where there is no inbox: reading starts and ends all the same', async () => {
    const told: unknown[] = [];
    const progress = {
      start: (...all: unknown[]) => void told.push(all),
      advance: () => {},
      finish: () => void told.push('end'),
    };
    await ingest(intake.context({ inbox: `${intake.inbox}/none` }, { progress }));
    expect(told).toEqual([['ingest', 0], 'end']);
  });
});

it('a word is said about places that are not UTF-8', async () => {
  intake.put('a.csv', Buffer.concat([Buffer.from(`${HEADER}2026-03-01,éé`), Buffer.from([0xff, 0x2c, 0x0a])]));
  const { perFile } = await ingest(intake.context());
  expect(perFile[0]?.notes).toEqual(['1 places are not UTF-8 and became \ufffd']);
});
