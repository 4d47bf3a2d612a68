import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { makeTutorialModel } from '../support/tutorial-model.ts';

const FILES = ['posts.csv.gz', 'posts_multibrand.csv.gz'];
const read = (...path: string[]) => readFileSync(sharedPath(...path));
const csvRows = (text: string) => parse(text, { columns: true }) as Record<string, string>[];

describeShared('the tutorial’s model on real posts', () => {
  let models: string;
  let tutorial: string;
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    tutorial = (await makeTutorialModel(models)).directory;
  });
  afterAll(() => rmSync(models, { recursive: true, force: true }));

  describe('two exports together', () => {
    let job: JobFolder;
    beforeAll(() => {
      job = makeJobFolder({
        model: { use: tutorial },
        smoothing: 'rows',
        brands: { spotify: { name: 'Spotify', alerts: [{ below: 0.45, min_posts: 1 }] } },
      });
      for (const name of FILES) job.drop(name, read('data', 'posts', name));
    });
    afterAll(() => job.remove());

    it('account for every row, and give every brand its report', { timeout: 300_000 }, async () => {
      const run = await job.nightly('2017-12-04');
      const counted = FILES.map((name) => csvRows(gunzipSync(read('data', 'posts', name)).toString('utf8')));
      const rows = counted.reduce((sum, file) => sum + file.length, 0);
      expect(rows).toBe(15_096 + 2_778);
      expect(run.ingest?.rows).toBe(rows);
      expect((run.ingest?.stored ?? 0) + (run.ingest?.duplicates ?? 0) + (run.ingest?.rejected ?? 0)).toBe(rows);

      const names = new Set(
        counted
          .flat()
          .map((row) => row['brand'])
          .filter((brand) => brand !== ''),
      );
      const dump = job.dump();
      expect(dump['brands']).toHaveLength(names.size);
      expect(dump['posts']).toHaveLength(run.ingest?.stored ?? -1);
      const reports = join(job.folder, 'data', 'reports', '2017-12-03');
      const page = readFileSync(join(reports, 'sentiment_daily_report.html'), 'utf8');
      const csv = csvRows(readFileSync(join(reports, 'sentiment_daily_report.csv'), 'utf8'));
      for (const brand of dump['brands'] as { slug: string; name: string }[]) {
        expect(
          csv.some((row) => row['brand'] === brand.slug),
          brand.slug,
        ).toBe(true);
        expect(page).toContain(brand.name.replaceAll('&', '&amp;').replaceAll("'", '&#39;'));
      }
      const total = csv.reduce((sum, row) => sum + Number(row['total']), 0);
      expect(total).toBe((dump['post_brands'] as unknown[]).length);
    });

    it('change nothing when they are read again', { timeout: 120_000 }, async () => {
      const before = { tables: job.dump(), reports: job.files('reports') };
      const again = await job.nightly('2017-12-04');
      expect(again).toMatchObject({ ingest: { rows: 0 }, score: { texts: 0 }, aggregate: { days: 0 } });
      expect({ tables: job.dump(), reports: job.files('reports') }).toEqual(before);
    });
  });

  describe('the tutorial’s own figures', () => {
    it('come out of the whole pipeline', { timeout: 300_000 }, async () => {
      const job = makeJobFolder({
        model: { use: tutorial },
        smoothing: 'rows',
        brands: { spotify: { name: 'Spotify', alerts: [{ below: 0.45, min_posts: 1 }] } },
      });
      job.drop('posts.csv.gz', read('data', 'posts', 'posts.csv.gz'));
      await job.nightly('2017-12-04');
      const figures = csvRows(
        readFileSync(join(job.folder, 'data/reports/2017-12-03/sentiment_daily_report.csv'), 'utf8'),
      );
      const expected = csvRows(read('fixtures', 'seed_pipeline', 'sentiment_daily_report.csv').toString('utf8'));
      job.remove();

      const exact = (row: Record<string, string>, day: string) => [
        row[day],
        row['total'],
        row['positives'],
        row['alert']?.toLowerCase(),
      ];
      expect(figures.map((row) => exact(row, 'day'))).toEqual(expected.map((row) => exact(row, 'day')));
      const difference = (column: string) =>
        Math.max(...figures.map((row, index) => Math.abs(Number(row[column]) - Number(expected[index]?.[column]))));
      expect(difference('mean_pos')).toBeLessThan(1e-4);
      expect(difference('ma3')).toBeLessThan(1e-4);
    });
  });
});
