import { appendFileSync, existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ingest } from '../../src/ingest/stage.ts';
import { HEADER, type Intake, NOW_MS, openIntake, ROW } from './support.ts';

const noPause = () => Promise.resolve();

let intake: Intake;
beforeEach(async () => {
  intake = await openIntake();
});
afterEach(() => intake.close());

describe('a file that is still written', () => {
  const putAt = (name: string, changedMs: number): string => {
    const path = intake.put(name, HEADER + ROW);
    utimesSync(path, changedMs / 1000, changedMs / 1000);
    return path;
  };

  it('is left for the next run when it changes while one looks', async () => {
    const growing = putAt('growing.csv', NOW_MS - 500);
    putAt('whole.csv', NOW_MS - 500);
    writeFileSync(join(intake.inbox, 'whole.csv'), `${HEADER}${ROW}${ROW}`);
    utimesSync(join(intake.inbox, 'whole.csv'), NOW_MS / 1000, NOW_MS / 1000);
    const pauses: number[] = [];
    const pause = async (ms: number): Promise<void> => {
      pauses.push(ms);
      appendFileSync(growing, '2026-03-02,later,bert\n');
    };
    const summary = await ingest(intake.context(), { pause });
    expect(pauses).toEqual([1000]);
    expect(summary).toMatchObject({ waiting: 1, failed: 0, stored: 1 });
    expect(summary.perFile.map(({ name, state }) => [name, state])).toEqual([
      ['growing.csv', 'waiting'],
      ['whole.csv', 'read'],
    ]);
    expect(await ingest(intake.context(), { pause: noPause })).toMatchObject({ waiting: 0, unchanged: 1, rows: 2 });
  });

  it('is not waited for when it is old or its clock is ahead', async () => {
    putAt('old.csv', NOW_MS - 11_000);
    putAt('ahead.csv', NOW_MS + 60_000);
    const pause = () => Promise.reject(new Error('waited'));
    expect(await ingest(intake.context(), { pause })).toMatchObject({ files: 2, waiting: 0, stored: 1, unchanged: 1 });
  });
});

describe('a file that was read', () => {
  const listed = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

  it('stays unless the settings say otherwise', async () => {
    intake.put('a.csv', HEADER + ROW);
    await ingest(intake.context());
    expect(listed(intake.inbox)).toEqual(['a.csv']);
  });

  it('is archived under its name, and never over another', async () => {
    const context = intake.context({ processed: 'archive' });
    intake.put('acme/a.csv.gz', HEADER + ROW);
    intake.put('bad.csv', 'nothing known\n');
    await ingest(context);
    expect(listed(join(intake.inbox, 'acme'))).toEqual([]);
    expect(listed(intake.inbox)).toEqual(['.archive', 'acme', 'bad.csv']);
    intake.put('acme/a.csv.gz', HEADER + ROW + ROW);
    await ingest(context);
    expect(listed(join(intake.inbox, '.archive', 'acme'))).toEqual([
      expect.stringMatching(/^a-[0-9a-f]{12}\.csv\.gz$/),
      'a.csv.gz',
    ]);
    expect(await ingest(context)).toMatchObject({ files: 1, unchanged: 1 });
  });

  it('is put away by the next run when this one was killed before', async () => {
    intake.put('a.csv', HEADER + ROW);
    await ingest(intake.context());
    await ingest(intake.context({ processed: 'delete' }));
    expect(listed(intake.inbox)).toEqual([]);
  });

  it('stays when it lies outside the inbox', async () => {
    const path = join(intake.inbox, '..', 'mine.csv');
    writeFileSync(path, HEADER + ROW);
    expect(await ingest(intake.context({ processed: 'delete' }), { files: [path] })).toMatchObject({ stored: 1 });
    expect(existsSync(path)).toBe(true);
  });
});

describe('a source', () => {
  it('that was asked about its dates is read once it is answered', async () => {
    intake.put('acme/a.csv', `${HEADER}3/1/2026,hello,anna\n3/2/2026,hello,anna\n`);
    const asked = await ingest(intake.context());
    expect(asked.perFile).toMatchObject([
      { state: 'failed', reason: expect.stringContaining('sources.acme.date_order') },
    ]);
    expect(await ingest(intake.context())).toMatchObject({ failed: 0, unchanged: 1 });
    const answered = await ingest(intake.context({ sources: { acme: { date_order: 'dmy' } } }));
    expect(answered).toMatchObject({ failed: 0, rows: 2, stored: 2 });
    expect((await intake.posts('acme')).map(({ at }) => at.slice(0, 10))).toEqual(['2026-01-03', '2026-02-03']);
    expect(await intake.store.read.db.selectFrom('rejects').selectAll().execute()).toEqual([]);
    expect(await intake.store.read.db.selectFrom('files').select(['state', 'rows']).execute()).toEqual([
      { state: 'read', rows: 2 },
    ]);
  });

  it('can have one brand, beside those that its texts name', async () => {
    intake.put('acme/a.csv', `${HEADER}${ROW}2026-03-01,an other acme,bert\n`);
    const brands = { acme: { name: 'Acme', match: { any: ['acme'] } }, other: { match: { any: ['other'] } } };
    await ingest(intake.context({ brands, sources: { acme: { brand: 'acme' } } }));
    const rows = await intake.store.read.db
      .selectFrom('post_brands as pb')
      .innerJoin('brands as b', 'b.brand_id', 'pb.brand_id')
      .select(['pb.post_id', 'b.slug'])
      .orderBy('pb.post_id')
      .orderBy('b.slug')
      .execute();
    expect(rows.map(({ slug }) => slug)).toEqual(['acme', 'acme', 'other']);
  });

  it('says what was found out about its files', async () => {
    intake.put('a.csv', Buffer.from(`id,${HEADER}1E+17,2026-03-01,caf\xe9,anna\n`, 'latin1'));
    const { perFile } = await ingest(intake.context());
    expect(perFile[0]?.notes).toEqual([
      'it was read as windows-1252',
      '1 ids that a spreadsheet rounded, such as 5.40E+17, were taken as missing',
    ]);
  });
});
