import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import { tinyRecipe } from '../model/training/support.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { aboutFiles, onPostgres } from '../support/own-database.ts';
import { makeDatabase, noPostgres } from '../support/postgres-database.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { inventedExport } from '../support/worlds.ts';

let models: string;
let tiny: string;
let job: JobFolder;
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-commands-'));
  tiny = await makeTinyModel(models);
  job = makeJobFolder({
    model: { use: tiny, workers: 1 },
    brands: { acme: { alerts: [{ below: 0.5, min_posts: 5 }] }, pellimo: { alerts: [] } },
    retention: { days: 100_000 },
  });
  job.drop('posts.csv', `${inventedExport(400)}x,no date,broken,u1,acme\n`);
  await job.nightly('2026-03-11', { reports: false });
});
afterAll(() => {
  job.remove();
  rmSync(models, { recursive: true, force: true });
});

/** What a command prints that ends well. */
async function told(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await monitorInProcess(...args);
  expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

describe('commands on a database', () => {
  const run = (...args: string[]) => told(...args, '--config', job.configFile);
  const json = async (...args: string[]) => JSON.parse(await run(...args, '--json')) as Record<string, unknown>;
  const file = (name: string) => join(models, name);

  it('write reports of a day, a week and a month', async () => {
    const day = await run('report', '--as-of', '2026-03-11');
    expect(day).toMatch(/acme +2026-03-10 +\d+/);
    expect(day).toMatch(/^report .*2026-03-10.sentiment_daily_report\.html$/m);
    const week = await run('report', '--as-of', '2026-03-11', '--period', 'week');
    const [, page = ''] = /^report +(.+)$/m.exec(week) ?? [];
    expect(readFileSync(page, 'utf8')).toContain('acme');
    const { csv } = await json('report', '--as-of', '2026-04-02', '--period', 'month');
    const [table = ''] = csv as string[];
    expect(readFileSync(table, 'utf8').trim().split('\n')).toHaveLength(3);
    expect(await run('report', '--as-of', '2020-01-01')).toContain('No brand has posts up to 2019-12-31.');
  });

  it('have nothing left to read, score, send or compute', async () => {
    expect(await run('ingest')).toContain('0 rows');
    expect(await run('score')).toBe('0 texts scored, 0 brand-days brought up to date\n');
    expect(await run('alerts', 'deliver')).toBe('Nothing is due.\n');
    expect(await run('backfill', '--from', '2026-03-01', '--to', '2026-03-10', '--dry-run')).toContain('2026-03-01');
    expect(await run('backfill', '--from', '2026-03-01', '--to', '2026-03-10')).toContain('0 with other figures');
    expect(await run('retention')).toContain('0 ');
    expect(await run('db', 'migrate')).toContain('nothing to do');
  });

  it('tell what runs did', async () => {
    expect(await run('runs', 'list')).toMatch(/nightly/);
    expect(await run('runs', 'show', '1')).toMatch(/ingest/);
    expect(await json('runs', 'show', '1')).toMatchObject({ run: 1 });
    expect(await run('status')).toMatch(/acme/);
    expect(await run('status', '--fail-if-stale', '1000000')).toMatch(/acme/);
  });

  it('give posts and figures to other programs', async () => {
    expect((await run('export', 'daily', '--brand', 'acme')).split('\n')[0]).toContain('day');
    expect(await run('export', 'posts', '--format', 'jsonl', '--output', file('posts.jsonl'))).toBe(
      `400 rows in ${file('posts.jsonl')}\n`,
    );
    expect(await json('export', 'daily', '--format', 'parquet', '--output', file('daily.parquet'))).toMatchObject({
      file: file('daily.parquet'),
    });
    expect(readFileSync(file('daily.parquet')).subarray(0, 4).toString()).toBe('PAR1');
  });

  it('note events, show them and take them away', async () => {
    expect(await run('annotate', '2026-03-05', 'App 5.0')).toContain('2026-03-05, all brands: App 5.0');
    await run('annotate', '2026-03-06', 'Strike', '--brand', 'acme');
    expect(await run('annotate', '--list', '--brand', 'acme')).toMatch(/App 5\.0[\s\S]*Strike/);
    await run('annotate', '--remove', '1');
    expect(await json('annotate', '--list')).toMatchObject([{ annotation: 2, text: 'Strike' }]);
  });

  it('list brands and match posts again', async () => {
    expect(await run('brands', 'list')).toMatch(/acme +/);
    expect(await run('brands', 'rematch', '--dry-run')).toContain('0 of 400 posts');
    expect(await run('brands', 'rematch')).toContain('0 of 400 posts');
  });

  it('export and try again what could not be used', async () => {
    expect(await run('rejects', 'list')).toContain('R_DATE');
    expect(await run('rejects', 'export', file('rejects.csv'))).toContain('1 rejected rows');
    expect(readFileSync(file('rejects.csv'), 'utf8')).toContain('no date');
    expect(await run('rejects', 'retry')).toContain(
      '1 rows read again: 0 new posts, 0 seen before, 1 still not usable',
    );
  });

  it('replay a rule, and draw it', async () => {
    const simulate = ['alerts', 'simulate', '--brand', 'acme', '--from', '2026-03-01', '--threshold', '0.52'];
    expect(await run(...simulate, '--chart', file('rule.png'))).toContain('3-day sentiment below 0.52');
    expect(readFileSync(file('rule.png')).subarray(1, 4).toString()).toBe('PNG');
    await run(...simulate, '--metric', 'positive_rate', '--chart', file('rule.svg'));
    expect(readFileSync(file('rule.svg'), 'utf8')).toContain('<svg');
  });

  it('explain each day of a rule', async () => {
    for (let day = 1; day <= 10; day += 1)
      expect(await run('alerts', 'explain', 'acme', '--day', `2026-03-${String(day).padStart(2, '0')}`)).toMatch(
        /^decided {3}\S/m,
      );
    expect(await run('alerts', 'precision')).toBe('No alert was sent yet.\n');
  });

  it.skipIf(onPostgres)(`copy and shrink the database${aboutFiles}`, async () => {
    expect(await run('db', 'backup', '--to', file('copy.db'))).toContain('copy.db');
    expect(existsSync(file('copy.db'))).toBe(true);
    expect(await run('db', 'vacuum')).toMatch(/MB became/);
  });

  it('check the database, and forget a person', async () => {
    expect(await run('db', 'verify')).toMatch(/^ok +the file is whole/m);
    expect(await run('forget', '--user', 'u7')).toMatch(/^\d+ posts and \d+ texts deleted/);
  });

  it.skipIf(onPostgres)(`copy to a server only with its address${aboutFiles}`, async () => {
    for (const [args, message] of [
      [[], 'The address of the target is not given.'],
      [['--to', 'mysql://x'], 'The address of the target'],
    ] as const)
      expect(await monitorInProcess('db', 'copy', ...args, '--config', job.configFile)).toMatchObject({
        ...{ code: 2, stderr: expect.stringContaining(message) },
      });
  });

  const serverToo = noPostgres === undefined ? aboutFiles : ` (skipped: ${noPostgres})`;
  it.skipIf(onPostgres || noPostgres !== undefined)(`copy to a server, to the same bytes${serverToo}`, async () => {
    const { url, drop } = await makeDatabase({ empty: true });
    onTestFinished(async () => void (await drop()));
    const { tables } = await json('db', 'copy', '--to', url);
    const posts = (tables as { table: string; rows: number; sha256: string }[]).find(({ table }) => table === 'posts');
    expect(posts?.rows).toBeGreaterThan(300);
    const again = await monitorInProcess('db', 'copy', '--to', url, '--config', job.configFile);
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The target is a database in use, not an empty one.'),
    });
  });
});

describe('commands on files', () => {
  const file = (name: string) => join(models, name);
  beforeAll(() => told('model', 'synth', '--out', file('labelled.csv'), '--rows', '120', '--classes', '2'));

  it('predict texts and files', async () => {
    expect(await told('model', 'predict', '--model', tiny, 'the great app', 'worst')).toMatch(/positive|negative/);
    expect(await told('model', 'predict', '--model', tiny, '--explain', 'the great app')).toContain('great');
    const [input, output] = [file('labelled.csv'), file('scored.csv')];
    expect(await told('model', 'predict', '--model', tiny, '--input', input, '--output', output)).toContain('120');
    expect(readFileSync(output, 'utf8').split('\n')[0]).toContain('p_positive');
  });

  it('measure and compare models', async () => {
    const data = ['--data', file('labelled.csv'), '--resamples', '20'];
    const shown = ['--page', file('model.html'), '--picture', file('model.png')];
    expect(await told('model', 'evaluate', '--model', tiny, ...data, ...shown)).toMatch(/macro recall/i);
    expect(readFileSync(file('model.html'), 'utf8')).toContain('<h1>tiny</h1>');
    await makeTinyModel(models, 'other', 777);
    expect(await told('model', 'compare', tiny, file('other'), ...data)).toMatch(/macro recall/i);
  });

  it('calibrate a model, correct its rates, and take it elsewhere', async () => {
    const calibrate = ['model', 'calibrate', tiny, '--data', file('labelled.csv'), '--out', file('calibrated')];
    expect(await told(...calibrate)).toContain('calibrated');
    const rates = ['model', 'rates', '--model', file('calibrated'), '--data', file('labelled.csv')];
    expect(await told(...rates)).toContain('corrected');
    expect(await told(...rates, '--protocol', 'artificial', '--sizes', '20', '--samples', '10')).toMatch(/20/);
    expect(await told('model', 'export', tiny, '--onnx', file('tiny.onnx'))).toMatch(/bytes written/);
    expect(await told('engines', 'list')).toMatch(/^onnx +yes/m);
  });

  it('train a linear model and word vectors', async () => {
    const vectors = ['model', 'vectors', '--data', file('labelled.csv'), '--out', file('v.txt')];
    expect(await told(...vectors, '--size', '4', '--epochs', '1', '--min-count', '2')).toMatch(/vectors of \d+ words/);
    const recipe = join(import.meta.dirname, '../../recipes/social-logistic.yaml');
    await told('model', 'synth', '--out', file('three.csv'), '--rows', '240');
    const train = ['model', 'train', '--data', file('three.csv'), '--recipe', recipe, '--out', file('linear')];
    expect(await told(...train)).toMatch(/macro recall/i);
  });

  it('train a network, search for one, and bring one in', async () => {
    vi.stubEnv('MONITOR_TENSORFLOW', 'javascript');
    onTestFinished(() => void vi.unstubAllEnvs());
    writeFileSync(file('recipe.yaml'), stringify(tinyRecipe({ classes: 2, epochs: 1, vectors: null })));
    writeFileSync(file('space.yaml'), 'optimiser.learning_rate: [0.01, 0.02]\n');
    const from = ['--data', file('labelled.csv'), '--recipe', file('recipe.yaml')];
    expect(await told('model', 'train', ...from, '--out', file('trained'))).toMatch(
      /^epoch 1: loss [\s\S]*Learning curve/,
    );
    const space = ['--space', file('space.yaml'), '--trials', '1', '--out', file('searched')];
    expect(await told('model', 'search', ...from, ...space)).toMatch(/macro recall/i);
    expect(await monitorInProcess('model', 'train', '--data', 'x.csv', '--out', file('none'))).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('A training from the start needs a recipe') },
    });

    const weights = ['--weights', file('tiny.safetensors'), '--vocab', file('tiny.vocab.json')];
    const brought = await told('model', 'import', ...weights, '--out', file('brought'), '--name', 'brought');
    expect(brought).toContain('Model written to');
    for (const [flags, message] of [
      [[], 'Name the files of one kind of network'],
      [['--onnx', 'a', '--tokenizer', 'b', '--labels', 'good,bad'], '"good" is no class'],
    ] as const)
      expect(await monitorInProcess('model', 'import', ...flags, '--out', file('x'), '--name', 'x')).toMatchObject({
        ...{ code: 2, stderr: expect.stringContaining(message) },
      });
  });
});
