import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveSetting } from '../../db/settings.ts';
import type { Store } from '../../db/store.ts';
import { parseDay } from '../../src/calendar.ts';
import { addToBatch, emptyBatch } from '../../src/ingest/batch.ts';
import { retryRejects } from '../../src/ingest/retry.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { createPeople } from '../../src/privacy/people.ts';
import { HEADER, type Intake, NOW_MS, openIntake, ROW } from './support.ts';

let intake: Intake;
beforeEach(async () => {
  intake = await openIntake();
});
afterEach(() => intake.close());

const table = (name: 'files' | 'rejects' | 'brands') =>
  intake.store.read.db
    .selectFrom(name)
    .selectAll()
    .orderBy(name === 'brands' ? 'brand_id' : 'file_id')
    .execute();

/** A log that is kept: each message with what it is about. */
function keptLog() {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** A store that does something before each transaction. */
const before = (store: Store, act: () => void): Store => ({
  ...store,
  transaction: (work) => {
    act();
    return store.transaction(work);
  },
});

describe('the log of a night’s files', () => {
  it('says what was not read and why it matters, and quotes nobody’s words', async () => {
    intake.put('1-bad.csv', 'anna wrote,this\n');
    intake.put('2-latin.csv', Buffer.from(`${HEADER}2026-03-01,caf\xe9,anna\n`, 'latin1'));
    const growing = intake.put('3-growing.csv', HEADER);
    const { log, lines } = keptLog();
    // Its clock is that of this machine, since the file was written just now.
    const pause = async () => appendFileSync(growing, ROW);
    await ingest(intake.context({}, { log, clock: () => Date.now() + 1000 }), { pause });
    expect(lines).toEqual([
      { level: 40, file: '1-bad.csv', msg: 'a file could not be used' },
      {
        ...{ level: 30, file: '2-latin.csv', notes: ['it was read as windows-1252'] },
        msg: 'what was found out about a file',
      },
      { level: 30, file: '3-growing.csv', msg: 'a file is still being written; the next run reads it' },
    ]);
  });

  it('says when there is no inbox, when rules changed, and when a file could not be put away', async () => {
    intake.put('a.csv', HEADER + ROW);
    expect(await ingest(intake.context())).toMatchObject({ rulesChanged: false });
    expect(await ingest(intake.context())).toMatchObject({ rulesChanged: false });
    const { log, lines } = keptLog();
    writeFileSync(join(intake.inbox, '.archive'), 'in the way');
    const config = { brands: { acme: { match: { any: ['acme'] } } }, processed: 'archive' };
    expect(await ingest(intake.context(config, { log }))).toMatchObject({ rulesChanged: true, unchanged: 1 });
    rmSync(intake.inbox, { recursive: true });
    expect(await ingest(intake.context({}, { log }))).toMatchObject({ rulesChanged: false, inboxFound: false });
    expect(lines).toEqual([
      {
        level: 40,
        msg: 'the brand rules or the language changed; posts stored before keep their brands until `monitor brands rematch`',
      },
      {
        ...{ level: 40, file: 'a.csv', reason: expect.stringMatching(/ENOTDIR|EEXIST/) },
        msg: 'a file that was read could not be put away',
      },
      { level: 40, inbox: intake.inbox, msg: 'there is no inbox folder, so there are no files to read' },
    ]);
  });
});

describe('the progress of reading', () => {
  it('reaches the bytes of all files, whether they are read or known, and ends', async () => {
    const bytes = HEADER.length + ROW.length;
    intake.put('a.csv', HEADER + ROW);
    intake.put('b.csv', `${HEADER}2026-03-02T10:00:00Z,hello,anna\n`);
    for (const round of ['read', 'unchanged']) {
      const seen = { started: [] as unknown[], advanced: 0, finished: 0 };
      const progress = {
        start: (...all: unknown[]) => void seen.started.push(all),
        advance: (by: number) => {
          seen.advanced += by;
        },
        finish: () => {
          seen.finished += 1;
        },
      };
      await ingest(intake.context({}, { progress }));
      expect(seen, round).toEqual({ started: [['ingest', 2 * bytes]], advanced: 2 * bytes, finished: 1 });
    }
  });

  it('ends when the run is stopped, too', async () => {
    intake.put('a.csv', HEADER + ROW);
    const finished: string[] = [];
    const progress = { start: () => {}, advance: () => {}, finish: () => void finished.push('once') };
    const stopped = intake.context({}, { progress, signal: AbortSignal.abort() });
    await expect(ingest(stopped)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(finished).toEqual(['once']);
    expect(await table('files')).toEqual([]);
  });
});

describe('a file', () => {
  it('is on record with its day, its layout and when it was done', async () => {
    intake.put('feed/a.csv', 'Title\nDate;Text\n13/4/2026;a\n');
    const late = Date.UTC(2026, 4, 31, 23, 30);
    await ingest(intake.context({ time_zone: 'Europe/Berlin' }, { clock: () => late }));
    const [file] = await table('files');
    expect(file).toMatchObject({
      ...{ name: 'feed/a.csv', state: 'read', begun_day: parseDay('2026-06-01'), finished_ms: late, rows: 1 },
    });
    expect(JSON.parse((file as { layout: string }).layout)).toEqual({
      ...{ format: 'csv', header: ['Date', 'Text'], dateOrder: 'dmy' },
      dialect: { encoding: 'utf-8', newline: 'lf', delimiter: ';' },
    });
  });

  it('that failed is on record with its name as what was rejected', async () => {
    intake.put('feed/a.csv', 'when,what\n');
    await ingest(intake.context());
    const [reject] = await table('rejects');
    expect(reject).toMatchObject({ row: 0, line: 1, code: 'R_HEADER', raw: Buffer.from('feed/a.csv') });
  });

  it('that was damaged after its first rows is not read again, and stays', async () => {
    const long = Array.from({ length: 5000 }, (_, n) => Math.sin(n)).join(' ');
    const packed = gzipSync(`${HEADER}${ROW}2026-03-01,${long},anna\n`);
    const path = intake.put('a.csv.gz', packed.subarray(0, packed.length - 9));
    const context = intake.context({ processed: 'delete' });
    const first = await ingest(context);
    expect(first).toMatchObject({ failed: 1, rows: 2, stored: 2 });
    expect(first.perFile[0]?.reason).toMatch(/^The gzip data is damaged or cut short: /);
    expect(await ingest(context)).toMatchObject({ failed: 0, unchanged: 1, rows: 0 });
    expect(existsSync(path)).toBe(true);
  });

  it('that grows after it was listed is left for the next run', async () => {
    const path = intake.put('a.csv', HEADER + ROW);
    let grown = false;
    const store = before(intake.store, () => {
      if (!grown) appendFileSync(path, ROW);
      grown = true;
    });
    expect(await ingest(intake.context({}, { store }))).toMatchObject({ waiting: 1, rows: 0 });
    expect(await table('files')).toEqual([]);
    expect(await ingest(intake.context())).toMatchObject({ waiting: 0, rows: 2 });
  });

  it('that can not be opened is told, and is no record', async () => {
    const folder = join(intake.inbox, 'a.csv');
    mkdirSync(folder);
    const { perFile } = await ingest(intake.context(), { files: [folder] });
    expect(perFile).toMatchObject([
      { name: 'a.csv', state: 'failed', reason: "The file can't be read: it is a folder" },
    ]);
    expect(perFile[0]).not.toHaveProperty('notes');
    expect(await table('files')).toEqual([]);
  });

  it('has work done before and after each of its batches', async () => {
    intake.put('a.csv', `id,${HEADER}${Array.from({ length: 8001 }, (_, n) => `${n},2026-03-01,a,\n`).join('')}`);
    const done: unknown[] = [];
    const beside = {
      beforeBatch: async () => void done.push('before'),
      afterBatch: async ({ updated }: { updated: number }) => void done.push(updated),
    };
    expect(await ingest(intake.context(), { beside })).toMatchObject({ rows: 8001, stored: 8001 });
    expect(done).toEqual(['before', 0, 'before', 0]);
    intake.put('b.csv', `id,${HEADER}7,2026-03-01,b,\n`);
    expect(await ingest(intake.context(), { beside })).toMatchObject({ rows: 1, updated: 1 });
    expect(done.slice(4)).toEqual(['before', 1]);
  });

  it('of another language counts its posts apart', async () => {
    const spanish = 'La aerolínea perdió mi maleta otra vez y nadie contesta el teléfono';
    intake.put('a.csv', `${HEADER}2026-03-01,${spanish} acme,eva\n${ROW}`);
    const brands = { acme: { match: { any: ['acme'] } } };
    const summary = await ingest(intake.context({ brands, language: 'en' }));
    expect(summary).toMatchObject({ stored: 2, otherLanguage: 1, perFile: [{ otherLanguage: 1 }] });
    expect(await table('brands')).toEqual([]);
  });
});

describe('a brand of a column', () => {
  it('is called what its last row calls it, and is one', async () => {
    intake.put('a.csv', `brand,${HEADER}Acme Air,2026-03-01,a,\nBolt,2026-03-01,b,\nACME air,2026-03-01,c,\n`);
    await ingest(intake.context());
    expect(await table('brands')).toMatchObject([
      { slug: 'acme-air', name: 'ACME air' },
      { slug: 'bolt', name: 'Bolt' },
    ]);
    intake.put('b.csv', `brand,${HEADER}bolt,2026-03-01,d,\n`);
    intake.put('c.csv', `brand,${HEADER}BOLT,2026-03-01,e,\n`);
    await ingest(intake.context());
    expect(await table('brands')).toMatchObject([{ name: 'ACME air' }, { slug: 'bolt', name: 'BOLT' }]);
    const links = await intake.store.read.db.selectFrom('post_brands').selectAll().execute();
    expect(links).toHaveLength(5);
  });
});

describe('a post of a day whose texts were deleted by age', () => {
  it('is rejected with its place and without its text, now and when it is tried again', async () => {
    await intake.store.transaction((tx) => saveSetting(tx, 'sealed_before', String(parseDay('2026-03-02'))));
    intake.put(
      'a.csv',
      `${HEADER}2026-03-02,new,anna\n\nsoon,never,bert\n2026-03-01,old,carl\n2026-08-01,later,dora\n`,
    );
    const summary = await ingest(intake.context());
    expect(summary).toMatchObject({
      ...{ rows: 4, stored: 1, rejected: 3 },
      rejectsByCode: { R_DATE: 1, R_DATE_RANGE: 1, R_SEALED: 1 },
    });
    const rejects = (await table('rejects')) as { code: string }[];
    expect(rejects.find(({ code }) => code === 'R_SEALED')).toMatchObject({
      ...{ row: 3, line: 5, raw: Buffer.alloc(0) },
      reason: 'the post is of a day whose texts were deleted by age (retention)',
    });
    await intake.store.transaction((tx) => saveSetting(tx, 'sealed_before', String(parseDay('2026-09-01'))));
    const later = intake.context({}, { clock: () => NOW_MS + 365 * 86_400_000 });
    expect(await retryRejects(later)).toMatchObject({ rows: 2, stored: 0, rejected: 2, withoutContent: 1 });
    expect(await table('rejects')).toHaveLength(3);
  });
});

describe('a rejected row', () => {
  const reject = (code: string, rule: 'keep' | 'hash' | 'drop') => {
    const batch = emptyBatch();
    const row = { row: 3, line: 4, fields: [], raw: 'soon,x,anna', problem: undefined };
    const reason = 'the date is none: "anna\nof"';
    addToBatch(batch, row, { code, reason }, createPeople(rule, new Uint8Array(32), new Set()));
    return { ...batch.rejects[0], rows: batch.rows, posts: batch.posts.length };
  };
  it('is kept with its content and a reason that quotes it, unless users are not to be known', () => {
    const place = { row: 3, line: 4, rows: 1, posts: 0 };
    const whole = { reason: 'the date is none: "anna\nof"', raw: Buffer.from('soon,x,anna') };
    const bare = { reason: 'the date is none', raw: Buffer.alloc(0) };
    expect(reject('R_DATE', 'keep')).toEqual({ ...place, code: 'R_DATE', ...whole });
    expect(reject('R_DATE', 'hash')).toEqual({ ...place, code: 'R_DATE', ...bare });
    expect(reject('R_FORGOTTEN', 'keep')).toEqual({ ...place, code: 'R_FORGOTTEN', ...bare });
  });
});

describe('an inbox', () => {
  it('that is no folder is an error that says so', async () => {
    rmSync(intake.inbox, { recursive: true });
    writeFileSync(intake.inbox, '');
    await expect(ingest(intake.context())).rejects.toMatchObject({
      code: 'E_FILE',
      message: expect.stringContaining("The folder can't be read"),
      remedy: 'Check that it is a folder, or set another inbox.',
    });
  });
});
