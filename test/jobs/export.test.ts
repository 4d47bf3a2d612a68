import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseOf } from '../../db/database.ts';
import { takeLock } from '../../db/lock.ts';
import { type ExportRequest, exportTable } from '../../jobs/export.ts';
import { parseDay } from '../../src/calendar.ts';
import { loadConfig } from '../../src/config/load.ts';
import { writeFileInParts } from '../../src/files.ts';
import { monitor } from '../support/cli.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

const TEXTS = [
  '=cmd|calc, acme is "good"',
  '@acme love\nit — ÄÖ 😀',
  'acme late',
  'borealis & acme bad',
  'nobody is named',
];

describe('an export', () => {
  let models: string;
  let job: JobFolder;
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    job = makeJobFolder({
      model: { use: await makeTinyModel(models), workers: 1 },
      brands: {
        acme: { match: { any: ['acme', '@acme'] } },
        borealis: { match: { any: ['borealis'] }, alerts: [{ metric: 'positive_rate', below: 1, min_posts: 1 }] },
      },
    });
    const rows = ['2026-10-01', '2026-10-02', '2026-10-03'].flatMap((day, d) =>
      TEXTS.map((text, i) => `${day}T10:00:0${i}.5Z,"${text.replaceAll('"', '""')}",u${i},${d}-${i}`),
    );
    job.drop('a.csv', `created_at,text,user_id,id\n${rows.join('\n')}\n`);
    await job.nightly('2026-10-04');
  });
  afterAll(() => {
    job.remove();
    rmSync(models, { recursive: true, force: true });
  });

  async function exported(request: Partial<ExportRequest>): Promise<Buffer> {
    const config = loadConfig(job.configFile);
    const store = await databaseOf(config).open();
    const parts: Buffer[] = [];
    const sink = async (part: string | Uint8Array) => void parts.push(Buffer.from(part));
    try {
      const { signal } = new AbortController();
      await exportTable(store, config, { kind: 'posts', format: 'csv', ...request }, sink, signal);
      return Buffer.concat(parts);
    } finally {
      await store.close();
    }
  }
  const csv = async (request: Partial<ExportRequest>) =>
    parse(await exported(request), { columns: true }) as Record<string, string>[];
  const jsonl = async (request: Partial<ExportRequest>) =>
    (await exported({ ...request, format: 'jsonl' }))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const parquet = async (request: Partial<ExportRequest>) => {
    const bytes = await exported({ ...request, format: 'parquet' });
    return parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  };

  it('of posts has a row for each post and brand, with the text to the letter but in CSV', async () => {
    const rows = await jsonl({});
    expect(rows).toHaveLength(3 * 6);
    expect(rows[0]).toMatchObject({
      ...{ source: 'inbox', posted_at: '2026-10-01T10:00:00.500Z', day: '2026-10-01', brand: 'acme', user_id: 'u0' },
      ...{ original_text: TEXTS[0] },
    });
    expect(rows.filter(({ brand }) => brand === null)).toHaveLength(3);
    for (const row of rows) expect(row['score']).toBeCloseTo(Number(row['p_positive']), 12);
    const cells = await csv({});
    expect(cells.map((row) => row['original_text'])).toEqual(
      rows.map((row) => String(row['original_text']).replace(/^[=@]/, "'$&")),
    );
    expect(await parquet({})).toEqual(rows);
  });

  it('keeps to a brand and to days', async () => {
    const day = parseDay('2026-10-02');
    const rows = await jsonl({ brand: 'acme', from: day, to: day });
    expect(rows.map((row) => [row['day'], row['brand']])).toEqual(new Array(4).fill(['2026-10-02', 'acme']));
    expect(await csv({ brand: 'acme', from: day, to: day })).toHaveLength(4);
    expect(await parquet({ brand: 'acme', from: 0, to: 1 })).toEqual([]);
  });

  it('of daily figures is the daily CSV to the byte, and the same numbers in every format', async () => {
    const report = readFileSync(join(job.folder, 'data/reports/2026-10-03/sentiment_daily_report.csv'), 'utf8');
    expect((await exported({ kind: 'daily' })).toString()).toBe(report);
    const from = parseDay('2026-10-03');
    const lastDay = await csv({ kind: 'daily', brand: 'borealis', from });
    expect(lastDay).toEqual(
      (parse(report, { columns: true }) as { brand: string; day: string }[]).filter(
        ({ brand, day }) => brand === 'borealis' && day === '2026-10-03',
      ),
    );
    const [row] = await jsonl({ kind: 'daily', brand: 'borealis', from });
    expect(row).toMatchObject({ total: 1, ma3: Number(lastDay[0]?.['ma3']), mean_pos_low: null, window_posts: 3 });
    expect(typeof row?.['alert']).toBe('boolean');
    expect(await parquet({ kind: 'daily', brand: 'borealis', from })).toEqual([row]);
  });

  it('leaves nothing behind when it fails half-way, and says what is wrong with the file', async () => {
    const target = join(job.folder, 'out.csv');
    const broken = writeFileInParts(target, async (write) => {
      await write('half');
      throw new RangeError('stop');
    });
    await expect(broken).rejects.toBeInstanceOf(RangeError);
    expect(readdirSync(job.folder).filter((name) => name.includes('out.csv'))).toEqual([]);
    await expect(writeFileInParts(join(job.folder, 'no', 'x'), (write) => write('x'))).rejects.toMatchObject({
      code: 'E_FILE',
    });
  });

  it('by the command works while a run holds the lock', { timeout: 60_000 }, async () => {
    const release = takeLock(join(job.folder, 'data', 'monitor.lock'), 'a run');
    try {
      const done = await monitor(['export', 'posts', '--brand', 'borealis', '--config', job.configFile]);
      expect(done).toMatchObject({ code: 0, stderr: '' });
      expect(parse(done.stdout, { columns: true })).toHaveLength(3);
    } finally {
      release();
    }
  });
});
