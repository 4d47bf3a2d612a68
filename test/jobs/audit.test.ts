import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseOf } from '../../db/database.ts';
import { drawSample, importLabels, sheetOf } from '../../jobs/audit.ts';
import { auditBrand } from '../../jobs/audit-figures.ts';
import { forget } from '../../jobs/forget.ts';
import type { Session } from '../../jobs/session.ts';
import { readSheet } from '../../src/audit/sheet.ts';
import { loadModel, type Model } from '../../src/model/artifact.ts';
import { calibrateModel } from '../../src/model/calibrate.ts';
import type { Pool } from '../../src/model/pool.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { labelledSheet } from '../support/labelled-sheet.ts';
import { onPostgres } from '../support/own-database.ts';
import { silentProgress } from '../support/silent.ts';
import { makeTinyModel, WORDS } from '../support/tiny-model.ts';
import { FIRST, NEWEST, night, postsOf } from './model-world.ts';

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'monitor-audit-'));
let model: Model;
let pool: Pool;
let job: JobFolder;

beforeAll(async () => {
  model = await loadModel(await makeTinyModel(folder));
  pool = await inProcessPool(model.directory);
  const brands = { acme: { match: { any: ['phone'] }, alerts: [] }, silent: { match: { any: ['nothing'] } } };
  job = makeJobFolder({ model: { use: model.directory, workers: 1 }, brands }, pool);
  job.drop('posts.csv', postsOf([FIRST, NEWEST], 90));
  await night(job);
});
afterAll(async () => {
  await pool.close();
  job.remove();
  rmSync(folder, { recursive: true, force: true });
});

const SIZE = 100;
const LABELS = ['positive', 'negative', 'negative', 'neutral', 'positive', 'positive', 'negative'];
const labelAt = (place: number) => LABELS[place % LABELS.length] ?? '';
const draw = ({ store }: Session, seed = 1, nowMs = 1) =>
  drawSample(store, { brand: 'acme', size: SIZE, seed }, { nowMs, signal });
const take = ({ store }: Session, content: string, nowMs = 2) =>
  importLabels(store, { content, file: 'sheet.csv' }, { nowMs, signal });

/** Audits the brand; texts that were not scored may be asked of one pool only. */
const audit = ({ store, config }: Session, models: string[] = [], other?: Pool) =>
  auditBrand(
    store.read,
    config,
    { brand: 'acme', models },
    {
      ...{ resamples: 50, seed: 1, signal },
      poolOf: () => {
        if (other === undefined) throw new Error('every text was scored');
        return other;
      },
    },
  );

/** Counted by hand: posts of each label, by what probabilities of positive call them. */
function countByHand(positives: readonly number[]): number[][] {
  const matrix = [
    [0, 0],
    [0, 0],
  ];
  for (const [index, positive] of positives.entries()) {
    const row = matrix[['negative', 'positive'].indexOf(labelAt(index + 1))];
    const column = positive >= 0.5 ? 1 : 0;
    if (row) row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

it('counts as one would by hand, also of two models and of a calibrated one', { timeout: 60_000 }, () =>
  job.session(async (session) => {
    const { sample, posts } = await draw(session);
    expect(sample).toMatchObject({ from: FIRST, to: NEWEST, size: SIZE, population: 120 });
    const sheet = labelledSheet(sheetOf(sample, posts), labelAt);
    expect(await take(session, sheet)).toMatchObject({ added: SIZE, rejected: [] });
    // One drawn later shares most posts and their labels, but it is not the one that was labelled.
    await draw(session, 2, 3);

    const bodies = posts.map(({ body }) => body);
    const positivesBy = async (by: Pool) => [...(await by.score(bodies, signal))].filter((_, at) => at % 2 === 1);
    const own = countByHand(await positivesBy(pool));
    const first = await audit(session);
    expect(first).toMatchObject({ sample: { code: sample.code }, labelled: SIZE, paired: null });
    const [figures] = first.models.map((each) => each.figures);
    const rows = own.flat().reduce((sum, count) => sum + count, 0);
    const right = (own[0]?.[0] ?? 0) + (own[1]?.[1] ?? 0);
    expect(rows).toBe(86);
    expect(figures).toMatchObject({ rows, confusion: { matrix: own }, accuracy: { value: right / rows } });
    expect(first.models[0]).toMatchObject({
      scored: 120,
      positiveRate: { labelled: { value: 42 / SIZE }, counted: expect.any(Number) },
      rates: { counts: [44, 42] },
    });

    const otherPool = await inProcessPool(await makeTinyModel(folder, 'other', 777));
    const other = countByHand(await positivesBy(otherPool));
    const both = await audit(session, [model.directory, join(folder, 'other')], otherPool);
    await otherPool.close();
    expect(both.models.map((each) => each.figures.confusion.matrix)).toEqual([own, other]);
    expect(both.models[1]).toMatchObject({ scored: 0, positiveRate: { corrected: null, counted: null } });
    const otherRight = (other[0]?.[0] ?? 0) + (other[1]?.[1] ?? 0);
    expect(both.paired).toMatchObject({ rows, accuracy: [right / rows, otherRight / rows] });
    expect((both.paired?.only[0] ?? 0) - (both.paired?.only[1] ?? 0)).toBe(right - otherRight);

    // Fitted to labels that are all but always positive, the same network calls every post positive: no text is scored again.
    const data = join(folder, 'labelled.csv');
    const texts = Array.from({ length: 200 }, (_, n) => `${WORDS[n % WORDS.length]} ${WORDS[(n * n) % WORDS.length]}`);
    const labels = texts.map((text, n) => `${text},${n % 10 === 0 ? 'negative' : 'positive'}`);
    writeFileSync(data, `text,label\n${labels.join('\n')}\n`);
    const calibrated = await calibrateModel({
      ...{
        model,
        data: [data],
        columns: { text: 'text', label: 'label' },
        method: 'vector',
        decision: 'most_probable',
      },
      ...{ out: join(folder, 'calibrated'), pool, signal, progress: silentProgress },
    });
    const third = await audit(session, [calibrated.model.directory]);
    const [negatives, positives] = own.map(([a = 0, b = 0]) => a + b);
    expect(third.models[0]?.figures.confusion.matrix).toEqual([
      [0, negatives],
      [0, positives],
    ]);
    expect(third.models[0]?.positiveRate.counted).toBe(1);
  }),
);

it('keeps nothing of an import that another program holds up or that is stopped', async () => {
  await job.session(async (session) => {
    const { sample, posts } = await draw(session, 3);
    const sheet = labelledSheet(sheetOf(sample, posts), () => 'neutral');
    const labels = () => session.store.read.db.selectFrom('labels').selectAll().orderBy('post_id').execute();
    const before = await labels();
    const second = await databaseOf(session.config).open({ waitMs: 1 });
    try {
      const importHere = () => importLabels(second, { content: sheet, file: 'x' }, { nowMs: 9, signal });
      // Two may write at once on a server.
      if (!onPostgres)
        await session.store.transaction(async () => {
          await expect(importHere()).rejects.toMatchObject({ code: 'E_DATABASE_LOCKED' });
        });
      const stopped = { nowMs: 9, signal: AbortSignal.abort() };
      await expect(importLabels(second, { content: sheet, file: 'x' }, stopped)).rejects.toMatchObject({
        code: 'E_INTERRUPTED',
      });
      expect(await labels()).toEqual(before);
      await importHere();
      expect(await take(session, sheet)).toMatchObject({ added: 0, changed: 0, same: SIZE });
    } finally {
      await second.close();
    }
    await forget(session, 'u1');
    const left = await labels();
    expect(left.length).toBeGreaterThan(0);
    const theirs = posts.filter(({ body }) => /x(\d+)$/.test(body) && Number(/x(\d+)$/.exec(body)?.[1]) % 5 === 1);
    expect(theirs.length).toBeGreaterThan(0);
    expect(await take(session, sheet)).toMatchObject({ same: SIZE - theirs.length, gone: theirs.length });
  });
});

it('tells on the command line what became of a file, and never writes over one', async () => {
  const run = (...args: string[]) => monitorInProcess('audit', ...args, '--config', job.configFile);
  const out = join(folder, 'sheet.csv');
  const sample = ['sample', '--brand', 'acme', '-n', '4', '--seed', '9', '--out', out];
  expect(await run(...sample)).toMatchObject({ code: 0, text: expect.stringContaining('4 of ') });
  const sheet = readFileSync(out, 'utf8');
  expect(await run(...sample)).toMatchObject({ code: 2, text: expect.stringContaining('may hold labels') });
  expect(readFileSync(out, 'utf8')).toBe(sheet);
  expect(await run('sample', '--brand', 'silent', '--out', `${out}2`)).toMatchObject({
    ...{ code: 2, text: expect.stringContaining('E_USAGE') },
  });

  // As a spreadsheet saves "Unicode text": UTF-16 with tabs and CRLF.
  const saved = labelledSheet(sheet, (place) => (place === 2 ? 'great' : ' POSITIVE\u00a0'));
  writeFileSync(out, `\ufeff${saved.replaceAll(',', '\t').replaceAll('\n', '\r\n')}`, 'utf16le');
  const { code, text } = await run('import', out, '--json');
  expect(code, text).toBe(3);
  expect(JSON.parse(text)).toMatchObject({ blank: 0, rejected: [{ line: 3, reason: '"great" is no label' }] });
  const show = await run('show', '--brand', 'acme', '--json');
  expect(JSON.parse(show.text)).toMatchObject({ brand: 'acme', models: [{ model: expect.stringContaining('tiny@') }] });
  expect((await run('show', '--brand', 'silent')).code).toBe(2);
  writeFileSync(out, '');
  expect(await run('import', out)).toMatchObject({ code: 2, text: expect.stringContaining('E_INPUT') });
});

it('reads what spreadsheets make of a file, and large ones', () => {
  const key = (place: number) => `0123456789-${place}`;
  const labelled = [{ line: 2, code: '0123456789', place: 1, label: 'negative' }];
  for (const content of [
    `\ufeff"KEY"; Label ;text\r\n${key(1)};Neg;"a, b; c"\r\n;;\r\n`,
    `label|key\n NEGATIVE |${key(1)}`,
    // A quote that is not closed spoils the text, which nobody reads here.
    `key;label;text\n${key(1)};negative;"it said "no"\n`,
  ])
    expect(readSheet(content, 'x')).toEqual({ rows: labelled, rejected: [] });
  const many = Array.from({ length: 20_000 }, (_, n) => `${key(n + 1)},2026-03-01,"a ""word"", or two",positive`);
  expect(readSheet(`key,created_at,text,label\n${many.join('\n')}`, 'x').rows).toHaveLength(20_000);
  for (const content of ['', '\n\n', 'key,label\n', `key,text\n${key(1)},a\n`])
    expect(() => readSheet(content, 'x')).toThrow(expect.objectContaining({ code: 'E_INPUT' }));
});
