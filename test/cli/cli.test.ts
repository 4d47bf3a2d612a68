import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monitor, startMonitor } from '../support/cli.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('monitor demo', () => {
  it('stops cleanly at Ctrl-C', { timeout: 120_000 }, async () => {
    const { child, ended } = startMonitor(['demo', '--dir', join(folder, 'demo')]);
    await untilExists(join(folder, 'demo', 'data', 'monitor.db'));
    child.kill('SIGINT');
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('E_INTERRUPTED');
  });

  it('then leaves a database, the three reports and a mail with chart and quoted posts', {
    timeout: 180_000,
  }, async () => {
    const demo = await monitorInProcess('demo', '--dir', join(folder, 'demo'));
    expect(demo.code, demo.stderr).toBe(0);
    expect(demo.stdout).toMatch(/brand +day +posts +positive rate +ma3 +state/);
    expect(demo.stdout).toMatch(/Larkovia Air .* firing/);
    expect(demo.stdout.match(/inactive/g)).toHaveLength(2);

    const data = join(folder, 'demo', 'data');
    for (const file of ['sentiment_daily_report.csv', 'sentiment_daily_plot.png', 'sentiment_daily_report.html']) {
      expect(demo.stdout).toContain(join(data, 'reports', '2026-09-30', file));
      expect(existsSync(join(data, 'reports', '2026-09-30', file))).toBe(true);
    }
    const db = new Sqlite(join(data, 'monitor.db'), { readonly: true });
    const count = (table: string) => db.prepare(`select count(*) from ${table}`).pluck().get();
    expect(count('posts')).toBeGreaterThan(4_500);
    expect(count('scores')).toBe(count('texts'));
    expect(count('day_stats')).toBe(90);
    db.close();

    const [eml] = readdirSync(join(data, 'outbox'));
    const mail = await PostalMime.parse(readFileSync(join(data, 'outbox', eml ?? '')));
    expect(mail.subject).toMatch(/^\[Larkovia Air\] sentiment 0\.\d\d, below 0\.45 \(3-day, was 0\.\d\d\)$/);
    expect(mail.attachments).toMatchObject([{ mimeType: 'image/png', disposition: 'inline' }]);
    expect(mail.html?.match(/Larkovia|@larkovia/gi)?.length).toBeGreaterThan(5);
    expect(mail.text).toContain('larkovia');

    const status = await monitorInProcess('status', '--config', join(folder, 'demo', 'monitor.yaml'), '--json');
    expect(JSON.parse(status.stdout)).toMatchObject({ model: expect.any(String), outbox: { sent: 1, waiting: 0 } });
  });
});

describe('monitor model predict', () => {
  it('needs no config file, keeps every row and column, and adds its five', { timeout: 120_000 }, async () => {
    const input = join(folder, 'texts.csv');
    const output = join(folder, 'scored.csv');
    writeFileSync(input, 'id,text,note\n1,"A wonderful, great film",x\n2,,"a\nb"\n3,the worst waste of time,=1+1\n');
    const predict = await monitor(['model', 'predict', '--input', input, '--output', output, '--json'], folder);
    expect(predict.code, predict.stderr).toBe(0);
    expect(JSON.parse(predict.stdout)).toMatchObject({ rows: 3 });
    const rows = parse(readFileSync(output), { columns: true }) as Record<string, string>[];
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'id',
      'text',
      'note',
      'p_negative',
      'p_neutral',
      'p_positive',
      'score',
      'predicted',
    ]);
    expect(rows.map((row) => row['id'])).toEqual(['1', '2', '3']);
    expect(rows[1]?.['note']).toBe('a\nb');
    expect(rows[2]?.['note']).toBe('=1+1');
    expect([rows[0]?.['predicted'], rows[2]?.['predicted']]).toEqual(['positive', 'negative']);
    for (const row of rows) {
      const [negative, neutral, positive] = ['p_negative', 'p_neutral', 'p_positive'].map((column) =>
        Number(row[column]),
      );
      expect((negative ?? 0) + (neutral ?? 0) + (positive ?? 0)).toBeCloseTo(1, 6);
    }
  });
});

describe('monitor model predict with texts', () => {
  it('reads standard input, and explains without a terminal’s colours', { timeout: 120_000 }, async () => {
    const model = await makeTinyModel(folder);
    const predict = ['model', 'predict', '--model', model, '--explain', '-', 'the end'];
    const { code, stdout, stderr } = await monitor(predict, folder, 'the great app\r\n\n  \nworst \u001b[31m coffee');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^class +negative/);
    expect(lines.filter((line) => /^(negative|positive) /.test(line))).toHaveLength(3);
    expect(lines.filter((line) => /^ .*\[\S+ [+−]\d\.\d\d\]/.test(line)).length).toBeGreaterThan(0);
    expect(stdout).not.toContain('\u001b');
  });

  it('ends in peace when nobody reads any more', { timeout: 120_000 }, async () => {
    const { child, ended } = startMonitor(['model', 'predict', '--model', join(folder, 'tiny'), 'the great app']);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a mistake on the command line', () => {
  const home = process.cwd();
  beforeAll(() => process.chdir(folder));
  afterAll(() => process.chdir(home));

  it.each([
    [['frobnicate'], /unknown command/],
    [['run', '--as-off', '2026-01-01'], /unknown option.*--as-off/],
    [['backfill'], /--from[\s\S]*monitor backfill --help/],
    [['runs', 'show'], /missing required argument 'run'\n\(monitor runs show --help/],
    [['ingest', '--check', 'nowhere.csv'], /E_INPUT: There is no file "nowhere.csv"/],
    [['run', '--config', 'nowhere.yaml'], /E_CONFIG_MISSING/],
    [['model', 'predict', '--input', 'nowhere.csv', '--output', 'x.csv', '--model', 'nobody'], /E_MODEL_MISSING/],
  ])('%j exits 2 and says what is wrong', async (args, message) => {
    const result = await monitorInProcess(...args);
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(message);
    expect(result.stdout).toBe('');
  });

  it.each([
    ['broken.yaml', ['status'], /^E_CONFIG: line 3: not valid YAML: [^\n]{1,130}\n/],
    ['.', ['status'], /^E_CONFIG: The config file can't be read: it is a folder\n/],
    ['empty.yaml', ['run', '--as-of', '2999-01-01'], /2999-01-01 is more than a year ahead of today/],
    ['empty.yaml', ['rejects', 'list', '--limit', '0'], /Give a whole number from 1/],
    ['empty.yaml', ['export', 'daily'], /^E_USAGE: There is no database yet/],
    ['empty.yaml', ['db', 'backup'], /^E_USAGE: There is no database yet/],
  ])('with %s, %j is told in words', async (config, args, message) => {
    writeFileSync('broken.yaml', `brands:\n  acme: [${'x'.repeat(400)}\n`);
    writeFileSync('empty.yaml', '');
    const result = await monitorInProcess(...args, '--config', config);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it.each([
    [['ingest', '--check', '.'], 2, 'E_INPUT: "." is a folder.'],
    [
      ['model', 'predict', '--input', 'nowhere.csv', '--output', 'x.csv'],
      1,
      "E_FILE: The file can't be read: there is no such file or folder\n  where: nowhere.csv",
    ],
    [
      ['model', 'vectors', '--data', 'nowhere.csv', '--out', 'nowhere/x.txt'],
      1,
      "E_FILE: The file can't be written: there is no such file or folder\n  where: nowhere/x.txt",
    ],
    [
      ['model', 'search', '--data', 'x.csv', '--recipe', 'nowhere.yaml', '--space', 's.yaml', '--out', 'x'],
      2,
      "E_INPUT: The recipe can't be read: there is no such file or folder\n  where: nowhere.yaml",
    ],
  ])('in a path is told in words: %j', async (args, code, message) => {
    expect(await monitorInProcess(...args)).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });

  it('in a brand’s name is told with the brands that there are', async () => {
    const config = join(folder, 'demo', 'monitor.yaml');
    const brands = 'E_USAGE: There is no brand "acme".\n  what to do: Brands: brindlecup, larkovia-air, pellimo.';
    for (const args of [
      ['alerts', 'list', '--brand', 'acme'],
      ['alerts', 'simulate', '--brand', 'acme', '--from', '2026-09-01'],
      ['backfill', '--from', '2026-09-01', '--brand', 'acme'],
      ['export', 'daily', '--brand', 'acme'],
      ['annotate', '2026-09-01', 'x', '--brand', 'acme'],
    ])
      expect(await monitorInProcess(...args, '--config', config)).toMatchObject({
        ...{ code: 2, stderr: expect.stringContaining(brands) },
      });
    const simulate = ['alerts', 'simulate', '--brand', 'pellimo', '--config', config, '--from'];
    expect(await monitorInProcess(...simulate, '2027-01-01')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('No brand has figures of later days') },
    });
    const levels = ['--threshold', '0.5', '--recover-above', '0.4'];
    expect(await monitorInProcess(...simulate, '2026-09-01', ...levels)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('Give --recover-above no less than --threshold') },
    });
    const rejects = await monitorInProcess('rejects', 'list', '--code', 'R_NOPE', '--config', config);
    expect(rejects.stdout).toBe('No rejected rows with the reason R_NOPE.\n');
  });

  it('comes as one JSON document with --json', async () => {
    const result = await monitorInProcess('status', '--config', 'nowhere.yaml', '--json');
    expect(JSON.parse(result.stdout)).toMatchObject({
      error: { code: 'E_CONFIG_MISSING', remedy: expect.any(String) },
    });
  });

  it('in a folder is told with what to do, not as a defect', async () => {
    writeFileSync(join(folder, 'taken'), '');
    const result = await monitorInProcess('demo', '--dir', 'taken');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^E_FILE: The folder can't be made[\s\S]*Name another one with --dir/);
  });

  it('in the options comes as a JSON document, too', async () => {
    const result = await monitorInProcess('run', '--json', '--as-off', 'x');
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code: 'E_USAGE', message: expect.any(String) } });
  });

  it('that would forget nobody in particular is refused', async () => {
    writeFileSync(join(folder, 'empty.yaml'), '');
    const result = await monitorInProcess('forget', '--user', ' ', '--config', 'empty.yaml');
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('--user names nobody') });
  });

  it('in a date is told', async () => {
    writeFileSync(join(folder, 'empty.yaml'), '');
    const result = await monitorInProcess('run', '--as-of', 'tomorrow', '--config', 'empty.yaml');
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('"tomorrow" is not a day') });
  });
});

describe('help', () => {
  it.each([
    ['init'],
    ['run'],
    ['backfill'],
    ['schedule'],
    ['ingest'],
    ['score'],
    ['report'],
    ['status'],
    ['runs', 'list'],
    ['runs', 'show'],
    ['brands', 'list'],
    ['brands', 'rematch'],
    ['retention'],
    ['forget'],
    ['rejects', 'list'],
    ['rejects', 'export'],
    ['rejects', 'retry'],
    ['demo'],
    ['model', 'predict'],
    ['model', 'import'],
    ['model', 'evaluate'],
    ['model', 'train'],
    ['engines', 'list'],
    ['engines', 'install'],
  ])('of %s %s has examples', async (...command) => {
    const result = await monitorInProcess(...command, '--help');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/Examples:\n {2}monitor /);
  });
});

describe('an old Node', () => {
  const old = ['/usr/local/bin/node', '/usr/bin/node'].find((path) => existsSync(path) && nodeMajor(path) < 24);
  it.skipIf(old === undefined)('is refused with a clear message before anything native loads', () => {
    const result = spawnSync(old ?? '', ['dist/src/cli/main.js', 'status'], { encoding: 'utf8' });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('E_NODE_VERSION: monitor needs Node 24 or newer');
  });
});

function nodeMajor(path: string): number {
  return Number(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.slice(1).split('.')[0]);
}

async function untilExists(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
}
