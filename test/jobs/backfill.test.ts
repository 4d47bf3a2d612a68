import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import Papa from 'papaparse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../src/calendar.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

describeShared('backfill over three weeks of real posts', () => {
  const FIRST = '2017-11-13';
  const LAST = '2017-12-03';
  let models: string;
  let byNight: JobFolder;
  let atOnce: JobFolder;

  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    const tiny = await makeTinyModel(models);
    const pool = await inProcessPool(tiny);
    const settings = {
      model: { use: tiny, workers: 1 },
      brands: {
        // The tiny model's 3-day mean crosses this value now and then.
        spotify: { name: 'Spotify', team: 'care', alerts: [{ below: 0.515, min_posts: 30 }] },
      },
      teams: { care: { to: ['care@acme.example'] } },
    };
    byNight = makeJobFolder(settings, pool);
    atOnce = makeJobFolder(settings, pool);
  });
  afterAll(() => {
    byNight.remove();
    atOnce.remove();
    rmSync(models, { recursive: true, force: true });
  });

  it('gives the figures and decisions that the nights gave, and mails nobody', { timeout: 180_000 }, async () => {
    const csv = gunzipSync(readFileSync(sharedPath('data', 'posts', 'posts.csv.gz'))).toString('utf8');
    const rows = (parse(csv, { columns: true }) as Record<string, string>[]).filter(
      (row) => (row['created_at'] ?? '') >= FIRST,
    );
    const exportOf = (part: Record<string, string>[]) => Papa.unparse(part, { newline: '\n' });

    const [first, last] = [parseDay(FIRST) ?? 0, parseDay(LAST) ?? 0];
    let mails = 0;
    for (let day = first; day <= last; day += 1) {
      const name = formatDay(day);
      byNight.drop(`${name}.csv`, exportOf(rows.filter((row) => row['created_at']?.startsWith(name))));
      const run = await byNight.nightly(formatDay(day + 1), { reports: day === last });
      expect(run.ingest?.stored).toBeGreaterThan(0);
      mails += run.notify?.mails ?? 0;
    }
    expect(mails).toBeGreaterThan(1);

    atOnce.drop('history.csv', exportOf(rows));
    const backfilled = await atOnce.backfill(FIRST, LAST);
    expect(backfilled.notify).toBeUndefined();
    const [nights, once] = [byNight.dump(), atOnce.dump()];
    expect(once['notifications']).toEqual([]);
    expect(nights['notifications']).toHaveLength(mails);

    const figures = (dump: Record<string, unknown[]>, table: string) =>
      dump[table]?.map((row) => ({ ...(row as object), data_seq: 0 }));
    expect(figures(once, 'day_stats')).toEqual(figures(nights, 'day_stats'));
    expect(figures(once, 'alert_events')).toEqual(figures(nights, 'alert_events'));
    const csvOf = (job: JobFolder) => job.files('reports')[`${LAST}/sentiment_daily_report.csv`];
    expect(csvOf(atOnce)).toBeTruthy();
    expect(csvOf(atOnce)).toBe(csvOf(byNight));
  });

  it('of part of the history scores and computes only that part', async () => {
    const part = makeJobFolder({ model: { use: join(models, 'tiny'), workers: 1 } });
    part.drop(
      'posts.csv',
      'created_at,text,user_id,brand\n2026-10-01T12:00:00Z,one good day,a,acme\n2026-10-02T12:00:00Z,one bad day,b,acme\n',
    );
    const run = await part.backfill('2026-10-01', '2026-10-01');
    expect(run).toMatchObject({ ingest: { stored: 2 }, score: { texts: 1 }, aggregate: { days: 1, posts: 1 } });
    expect(await part.nightly('2026-10-03')).toMatchObject({ score: { texts: 1 }, aggregate: { days: 1, posts: 1 } });
    part.remove();
  });
});
