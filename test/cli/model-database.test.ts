import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { databaseSettings } from '../support/own-database.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let folder: string;
let config: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-cli-'));
  config = join(folder, 'monitor.yaml');
  await makeTinyModel(folder, 'old');
  await makeTinyModel(folder, 'new', 777);
  mkdirSync(join(folder, 'inbox'));
  writeFileSync(
    config,
    stringify({
      model: { use: './old', workers: 1 },
      brands: { acme: { match: { any: ['phone'] } } },
      ...databaseSettings(join(folder, 'data')),
    }),
  );
  const rows = Array.from(
    { length: 12 },
    (_, n) => `2026-03-0${1 + (n % 3)},my phone is ${n % 2 ? 'good' : 'bad'} ${n}`,
  );
  writeFileSync(join(folder, 'inbox', 'a.csv'), `created_at,text\n${rows.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => monitorInProcess(...args, '--config', config);

it('lists, looks, compares, switches and cleans up', { timeout: 240_000 }, async () => {
  expect(await run('model', 'list')).toMatchObject({ code: 0, text: 'No models yet: the first run adds one.\n' });
  expect(await run('model', 'use', 'x')).toMatchObject({ code: 2, text: expect.stringContaining('E_MODEL_MISSING') });
  expect((await run('run', '--as-of', '2026-03-04')).code).toBe(0);
  const use = join(folder, 'new');
  expect((await run('model', 'use', use, '--from-day', '2026-03-02')).text).toContain('--from-day goes with');
  expect((await run('model', 'use', use, '--dry-run')).text).toContain(
    'To do: 12 texts to score, 3 brand-days to compute.',
  );
  expect((await run('model', 'compare', 'shown', 'new')).text).toContain('is no model of this database');

  const range = ['--from', '2026-03-01', '--to', '2026-03-03'];
  expect((await run('backfill', ...range, '--model', join(folder, 'old'))).text).toContain('This is the active model');
  expect((await run('backfill', ...range, '--model', use)).text).toContain('12 texts scored, 3 brand-days');
  const csv = join(folder, 'both.csv');
  const { text } = await run('model', 'compare', 'old', 'new', '--csv', csv);
  expect(text).toMatch(/a is old@[0-9a-f]{8}, b is new@[0-9a-f]{8}/);
  const rows = parse(readFileSync(csv, 'utf8'), { columns: true }) as Record<string, string>[];
  expect(rows.map((row) => [row['day'], row['posts_a'], row['mean_pos_a'] !== row['mean_pos_b']])).toEqual(
    ['2026-03-01', '2026-03-02', '2026-03-03'].map((day) => [day, '4', true]),
  );

  const label = /b is (new@[0-9a-f]{8})/.exec(text)?.[1] ?? '';
  const used = await run('model', 'use', label, '--json');
  expect(JSON.parse(used.text)).toMatchObject({
    model: label,
    in_use_already: false,
    from: null,
    texts: 0,
    brand_days: 0,
  });
  expect((await run('status')).text).toContain('another model is offered: old@');
  expect((await run('model', 'list')).text).toMatch(/new@[0-9a-f]{8} +active/);
  expect((await run('model', 'prune', '--dry-run')).text).toContain('would delete 12 scores and 3 brand-days of old@');
  expect((await run('model', 'prune')).text).toContain('deleted 12 scores');
  expect((await run('model', 'prune')).text).toContain('Nothing to delete');
});

it('refuses to read standard input twice', async () => {
  const twice = await monitorInProcess('model', 'predict', '-', '-');
  expect(twice).toMatchObject({ code: 2, text: expect.stringContaining('can be read once') });
});
