import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dailyCsv, tutorialCsv } from '../../reports/daily-csv.ts';
import { writeReports } from '../../reports/stage.ts';
import { CONTEXT, threeBrands } from './world.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monitor-reports-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeReports', () => {
  it('makes the folder and writes its files, nothing else, the same bytes each time', async () => {
    const target = join(folder, 'new', 'reports');
    const paths = await writeReports(target, threeBrands(), CONTEXT, 'standard');
    expect(paths).toEqual({
      csv: [join(target, 'sentiment_daily_report.csv'), join(target, 'sentiment_daily_details.csv')],
      plot: join(target, 'sentiment_daily_plot.png'),
      page: join(target, 'sentiment_daily_report.html'),
    });
    const names = [
      'sentiment_daily_details.csv',
      'sentiment_daily_plot.png',
      'sentiment_daily_report.csv',
      'sentiment_daily_report.html',
      'sentiment_daily_report.parquet',
    ];
    expect((await readdir(target)).sort()).toEqual(names);
    expect(await readFile(join(target, 'sentiment_daily_report.csv'), 'utf8')).toBe(dailyCsv(threeBrands()));

    const before = await Promise.all(names.map((name) => readFile(join(target, name))));
    await writeReports(target, threeBrands(), CONTEXT, 'standard');
    const after = await Promise.all(names.map((name) => readFile(join(target, name))));
    expect(after).toEqual(before);
  });

  it('writes over what a run killed half-way left behind', async () => {
    await writeReports(folder, threeBrands(), CONTEXT, 'standard');
    const names = await readdir(folder);
    for (const name of names) await writeFile(join(folder, `.${name}.tmp`), 'half');
    await writeReports(folder, threeBrands(), CONTEXT, 'standard');
    expect(await readdir(folder)).toEqual(names);
  });

  it("writes a file a brand in the tutorial's form", async () => {
    const paths = await writeReports(folder, threeBrands(), CONTEXT, 'tutorial');
    const names = ['acme-air', 'borealis', 'zephyr'].map((slug) => `sentiment_daily_report.${slug}.csv`);
    expect(paths.csv).toEqual(names.map((name) => join(folder, name)));
    for (const [index, brand] of threeBrands().entries())
      expect(await readFile(paths.csv[index] ?? '', 'utf8')).toBe(tutorialCsv(brand));
  });

  it('says what to do where the folder cannot be made', async () => {
    await writeFile(join(folder, 'taken'), '');
    const writing = writeReports(join(folder, 'taken', 'reports'), [], CONTEXT, 'standard');
    await expect(writing).rejects.toMatchObject({ code: 'E_FILE', place: { file: join(folder, 'taken', 'reports') } });
  });
});
