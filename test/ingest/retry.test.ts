import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retryRejects } from '../../src/ingest/retry.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { HEADER, type Intake, NOW_MS, openIntake } from './support.ts';

const LATER = { clock: () => NOW_MS + 365 * 86_400_000 };
const NOTHING = { rows: 0, stored: 0, duplicates: 0, rejected: 0, withoutContent: 0, reopened: 0 };

let intake: Intake;
beforeEach(async () => {
  intake = await openIntake();
});
afterEach(() => intake.close());

const files = () =>
  intake.store.read.db
    .selectFrom('files')
    .select(['state', 'rows', 'stored', 'duplicates', 'rejected'])
    .orderBy('file_id')
    .execute();
const rejects = () =>
  intake.store.read.db.selectFrom('rejects').select(['row', 'code']).orderBy('file_id').orderBy('row').execute();

describe('rejected rows', () => {
  it('become posts when they can, once, and the counts of their file follow', async () => {
    const rows = [
      '2026-05-01,now,anna',
      '2026-08-01,"later; acme\nwith ""quotes""",bert',
      '2026-08-02,"a",b,too many',
      '2026-08-03,twice,carl',
      'soon,never,dora',
      '2026-08-03,twice,carl',
      '2026-08-04,"open,emil',
    ];
    intake.put('a.csv', HEADER + rows.join('\n'));
    expect(await ingest(intake.context())).toMatchObject({ rows: 7, stored: 1, rejected: 6 });
    const context = intake.context({ brands: { acme: { match: { any: ['acme'] } } } }, LATER);
    const again = { ...NOTHING, rows: 6, stored: 2, duplicates: 1, rejected: 3 };
    expect(await retryRejects(context)).toEqual(again);
    expect((await intake.posts('inbox')).map(({ at, user, text }) => [at.slice(0, 10), user, text])).toEqual([
      ['2026-05-01', 'anna', 'now'],
      ['2026-08-01', 'bert', 'later; acme\nwith "quotes"'],
      ['2026-08-03', 'carl', 'twice'],
    ]);
    expect(await intake.store.read.db.selectFrom('post_brands').selectAll().execute()).toHaveLength(1);
    expect(await files()).toEqual([{ state: 'read', rows: 7, stored: 3, duplicates: 1, rejected: 3 }]);
    expect(await rejects()).toEqual([
      { row: 3, code: 'R_FIELDS' },
      { row: 5, code: 'R_DATE' },
      { row: 7, code: 'R_QUOTE' },
    ]);
    expect(await retryRejects(context)).toEqual({ ...NOTHING, rows: 3, rejected: 3 });
  });

  it('are cut as their file was, with its delimiter, encoding and order of dates', async () => {
    const text = 'Titel\nDate;Text;"Au;thor"\n13/5/2026;caf\xe9;anna\n3/8/2026;na\xefve;"b;ert"\n';
    intake.put('feed/a.csv', Buffer.from(text, 'latin1'));
    await ingest(intake.context());
    expect(await retryRejects(intake.context({}, LATER))).toEqual({ ...NOTHING, rows: 1, stored: 1 });
    expect(await intake.posts('feed')).toMatchObject([
      { at: '2026-05-13T00:00:00.000Z', text: 'café' },
      { at: '2026-08-03T00:00:00.000Z', text: 'naïve' },
    ]);
  });

  it('may be objects', async () => {
    const lines = [
      '{"created_at":"2026-08-01","text":"a","user_id":7}',
      'none',
      '{"created_at":"2026-05-01","text":"b"}',
    ];
    intake.put('a.jsonl', lines.join('\n'));
    await ingest(intake.context());
    expect(await retryRejects(intake.context({}, LATER))).toEqual({ ...NOTHING, rows: 2, stored: 1, rejected: 1 });
    expect(await intake.posts('inbox')).toMatchObject([{ text: 'b' }, { text: 'a', user: '7' }]);
  });

  it('follow what the settings say of their source now', async () => {
    intake.put('feed/a.csv', 'created_at,text,body\n8/3/2026 10:00,,here\n');
    const first = { sources: { feed: { date_order: 'mdy' } } };
    expect(await ingest(intake.context(first, LATER))).toMatchObject({ rejected: 1 });
    // A column that is not there leaves everything as it is.
    const wrong = intake.context({ sources: { feed: { columns: { text: 'absent' } } } }, LATER);
    expect(await retryRejects(wrong)).toEqual(NOTHING);
    const brands = { acme: { name: 'Acme' } };
    const feed = { columns: { text: 'body' }, date_order: 'dmy', time_zone: 'Europe/Berlin', brand: 'acme' };
    const context = intake.context({ brands, sources: { feed } }, LATER);
    expect(await retryRejects(context)).toEqual({ ...NOTHING, rows: 1, stored: 1 });
    expect(await intake.posts('feed')).toMatchObject([{ at: '2026-03-08T09:00:00.000Z', text: 'here' }]);
    expect(await intake.store.read.db.selectFrom('post_brands').selectAll().execute()).toHaveLength(1);
  });

  it.each([
    ['a.csv', '2026-08-01,a,anna', '2026-08-01,a,anna\n2026-08-02,b,bert'],
    ['a.jsonl', '{"created_at":"2026-08-01","text":"a"}', '{"created_at":"2026-08-01","text":"a"}\n{"text":"b"}'],
  ])('of %s become no post where more or less than one row was kept', async (name, row, rows) => {
    intake.put(name, name === 'a.csv' ? HEADER + row : row);
    await ingest(intake.context());
    for (const raw of [rows, '\n']) {
      await intake.store.read.db
        .updateTable('rejects')
        .set({ raw: Buffer.from(raw) })
        .execute();
      expect(await retryRejects(intake.context({}, LATER))).toEqual({ ...NOTHING, rows: 1, rejected: 1 });
    }
    await intake.store.read.db
      .updateTable('rejects')
      .set({ raw: Buffer.from(row) })
      .execute();
    expect(await retryRejects(intake.context({}, LATER))).toEqual({ ...NOTHING, rows: 1, stored: 1 });
  });

  it('of a file read before layouts were kept stay as they are', async () => {
    intake.put('a.csv', `${HEADER}2026-08-01,a,anna\n`);
    await ingest(intake.context());
    await intake.store.read.db.updateTable('files').set({ layout: null }).execute();
    expect(await retryRejects(intake.context({}, LATER))).toEqual(NOTHING);
    expect(await rejects()).toEqual([{ row: 1, code: 'R_DATE_RANGE' }]);
  });

  it('of which no content is kept are counted and stay', async () => {
    intake.put('a.csv', `${HEADER}2026-08-01,a,anna\n2026-08-02,b,bert\n`);
    await ingest(intake.context({ privacy: { user_id: 'hash' } }));
    expect(await retryRejects(intake.context({}, LATER))).toEqual({ ...NOTHING, withoutContent: 2 });
    expect(await files()).toMatchObject([{ rows: 2, stored: 0, rejected: 2 }]);
    expect(await rejects()).toHaveLength(2);
  });

  it('of a damaged file are read again, but not the damage', async () => {
    // Numbers that don't repeat: several pieces come before the one that is cut.
    const long = Array.from({ length: 5000 }, (_, n) => Math.sin(n)).join(' ');
    const packed = gzipSync(`${HEADER}2026-08-01,a,anna\n2026-05-01,b,bert\n2026-05-02,${long},carl\n`);
    intake.put('a.csv.gz', packed.subarray(0, packed.length - 9));
    expect(await ingest(intake.context())).toMatchObject({ failed: 1, rows: 3, rejected: 1 });
    expect(await retryRejects(intake.context({}, LATER))).toEqual({ ...NOTHING, rows: 1, stored: 1 });
    expect(await rejects()).toEqual([{ row: 0, code: 'R_DAMAGED' }]);
    expect(await files()).toMatchObject([{ state: 'failed', rows: 3, stored: 3, rejected: 0 }]);
  });

  it('of a file that failed before its first row wait for the file to be read again', async () => {
    intake.put('a.csv', 'when,what\n1,2\n');
    await ingest(intake.context());
    expect(await retryRejects(intake.context())).toEqual({ ...NOTHING, reopened: 1 });
    expect(await files()).toMatchObject([{ state: 'reading', rows: 0 }]);
    expect(await rejects()).toEqual([]);
  });

  it('are read to the last, however many there are', async () => {
    intake.put('a.csv', `${HEADER}${'2026-08-01,a,\n'.repeat(2001)}soon,b,\n`);
    await ingest(intake.context());
    const summary = await retryRejects(intake.context({}, LATER));
    expect(summary).toEqual({ ...NOTHING, rows: 2002, stored: 2001, rejected: 1 });
    expect(await rejects()).toEqual([{ row: 2002, code: 'R_DATE' }]);
  });

  it('are left alone where the command is stopped', async () => {
    intake.put('a.csv', `${HEADER}2026-08-01,a,anna\n`);
    await ingest(intake.context());
    const stopped = intake.context({}, { ...LATER, signal: AbortSignal.abort() });
    await expect(retryRejects(stopped)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await rejects()).toHaveLength(1);
  });
});
