import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import Papa from 'papaparse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FinishedRun } from '../../jobs/record.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { describeShared, sharedPath } from '../support/shared.ts';
import { makeTutorialModel } from '../support/tutorial-model.ts';

const FILES = ['posts.csv.gz', 'posts_multibrand.csv.gz'] as const;
const read = (...path: string[]) => readFileSync(sharedPath(...path));
const csvRows = (text: string) => parse(text, { columns: true }) as Record<string, string>[];
const exported = (name: string) => csvRows(gunzipSync(read('data', 'posts', name)).toString('utf8'));

/**
 * The tutorial's model on two exports of real posts, of the first those from this day on: its figures are the tutorial's, every row is
 * accounted for, and reading again changes nothing.
 */
export function tutorialHolds(from: string): void {
  describeShared('the tutorial’s model on real posts', () => {
    let models: string;
    // The exports go one after the other into one job: the texts of the first are many, and are scored once.
    let job: JobFolder;
    let first: FinishedRun;
    let counted: Record<string, string>[][];
    beforeAll(async () => {
      models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
      job = makeJobFolder(
        {
          model: { use: (await makeTutorialModel(models)).directory },
          smoothing: 'rows',
          brands: { spotify: { name: 'Spotify', alerts: [{ below: 0.45, min_posts: 1 }] } },
        },
        'in processes',
      );
      const rows = exported(FILES[0]).filter((row) => (row['created_at'] ?? '') >= from);
      job.drop('posts.csv', Papa.unparse(rows, { newline: '\n' }));
      counted = [rows, exported(FILES[1])];
      first = await job.nightly('2017-12-04');
    }, 300_000);
    afterAll(() => {
      job?.remove();
      rmSync(models, { recursive: true, force: true });
    });

    const reportFile = (name: string) =>
      readFileSync(join(job.folder, 'data', 'reports', '2017-12-03', `sentiment_daily_report.${name}`), 'utf8');

    it('gives the tutorial’s own figures out of the whole pipeline', () => {
      // The averages of the first two days reach back to days that are left out.
      const settled = from === '' ? 0 : 2;
      const figures = csvRows(reportFile('csv')).slice(settled);
      const fixture = csvRows(read('fixtures', 'seed_pipeline', 'sentiment_daily_report.csv').toString('utf8'));
      const expected = fixture.filter((row) => (row['day'] ?? '') >= from).slice(settled);
      expect(expected.length).toBeGreaterThan(15);
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

    it('accounts for every row of two exports, and gives every brand its report', { timeout: 300_000 }, async () => {
      job.drop(FILES[1], read('data', 'posts', FILES[1]));
      const runs = [first, await job.nightly('2017-12-04')];
      for (const [index, { ingest }] of runs.entries()) {
        expect(ingest?.rows).toBe(counted[index]?.length);
        expect((ingest?.stored ?? 0) + (ingest?.duplicates ?? 0) + (ingest?.rejected ?? 0)).toBe(ingest?.rows);
      }

      const names = new Set(
        counted
          .flat()
          .map((row) => row['brand'])
          .filter((brand) => brand !== ''),
      );
      const dump = job.dump();
      expect(dump['brands']).toHaveLength(names.size);
      expect(dump['posts']).toHaveLength(runs.reduce((sum, { ingest }) => sum + (ingest?.stored ?? 0), 0));
      const page = reportFile('html');
      const csv = csvRows(reportFile('csv'));
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

    it('changes nothing when they are read again', { timeout: 120_000 }, async () => {
      const before = { tables: job.dump(), reports: job.files('reports') };
      const again = await job.nightly('2017-12-04');
      expect(again).toMatchObject({ ingest: { rows: 0 }, score: { texts: 0 }, aggregate: { days: 0 } });
      expect({ tables: job.dump(), reports: job.files('reports') }).toEqual(before);
    });
  });
}
