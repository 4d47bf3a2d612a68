import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postPages } from '../../db/analysts.ts';
import { countFigures } from '../../db/networks.ts';
import { brandReports } from '../../jobs/brand-reports.ts';
import { switchModel } from '../../jobs/model-switch.ts';
import { verify } from '../../jobs/verify.ts';
import { formatDay } from '../../src/calendar.ts';
import { loadModel, type Model } from '../../src/model/artifact.ts';
import { type CalibrateOptions, calibrateModel } from '../../src/model/calibrate.ts';
import { groupRates } from '../../src/model/evaluation/group-rates.ts';
import { groupedPosts } from '../../src/model/evaluation/grouped-posts.ts';
import type { Pool } from '../../src/model/pool.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { makeJobFolder } from '../support/job.ts';
import { silentProgress } from '../support/silent.ts';
import { makeTinyModel, WORDS } from '../support/tiny-model.ts';
import { FIRST, NEWEST, night, postsOf } from './model-world.ts';

const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'monitor-calibrated-'));
let model: Model;
let pool: Pool;
const data = join(folder, 'labelled.csv');
const columns = { text: 'text', label: 'label' };

function options(out: string, changes: Partial<CalibrateOptions> = {}): CalibrateOptions {
  return {
    ...{
      model,
      data: [data],
      columns,
      method: 'vector',
      decision: 'most_probable',
      out: join(folder, out),
      pool,
      signal,
    },
    progress: silentProgress,
    ...changes,
  };
}

beforeAll(async () => {
  const directory = await makeTinyModel(folder, 'tiny');
  model = await loadModel(directory);
  pool = await inProcessPool(directory);
  // Labels by what the network thinks, with every fifth turned round: something to calibrate that is not perfect.
  const texts = Array.from({ length: 300 }, (_, n) =>
    [n, n * n, 7 * n + 3].map((at) => WORDS[at % WORDS.length]).join(' '),
  );
  const raw = await pool.score(texts, signal);
  const middle = [...raw].filter((_, at) => at % 2 === 1).sort((a, b) => a - b)[150] ?? 0.5;
  const rows = texts.map((text, n) => {
    const positive = (raw[2 * n + 1] ?? 0) > middle !== (n % 5 === 0);
    return `${text},${positive ? 'positive' : 'negative'},${n % 2 === 0 ? 'even' : 'odd'},u${n % 40}`;
  });
  writeFileSync(data, `text,label,kind,user\n${rows.join('\n')}\n`);
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a calibrated model', () => {
  it('is another model of the same network, which nothing has to be scored again for', async () => {
    const { model: calibrated, logLoss, rows } = await calibrateModel(options('calibrated'));
    expect(rows).toBe(300);
    expect(logLoss.after).toBeLessThan(logLoss.before);
    expect(calibrated.networkSha256).toBe(model.networkSha256);
    expect(calibrated.modelSha256).not.toBe(model.modelSha256);
    expect(calibrated.spec.rates?.counts).toHaveLength(2);

    const job = makeJobFolder(
      {
        model: { use: model.directory, workers: 1 },
        brands: { acme: { match: { any: ['phone'] }, alerts: [] } },
      },
      pool,
    );
    try {
      job.drop('posts.csv', postsOf([FIRST, NEWEST], 60));
      await night(job);
      const before = await job.session((session) => brandReports(session, NEWEST));
      expect(before[0]?.figures.map(({ correctedRate }) => correctedRate)).toEqual([null, null]);

      await job.session(
        async (session) => {
          const scores = (await countFigures(session.store.read, session.model)).scores;
          await switchModel(session, { keepHistory: false, fromDay: null }, NEWEST + 1);
          expect((await countFigures(session.store.read, session.model)).scores).toBe(scores);
        },
        { use: calibrated.directory },
      );
      await job.session(async (session) => {
        const [acme] = await brandReports(session, NEWEST);
        for (const { correctedRate, meanPos, day } of acme?.figures ?? []) {
          const { value = Number.NaN, low, high } = correctedRate ?? {};
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          // What analysts see adds up to what reports show: both are calibrated.
          const scores: number[] = [];
          for await (const page of postPages(session.store.read, { brand: 'acme', from: day, to: day }))
            scores.push(...page.map(({ score }) => score ?? Number.NaN));
          expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeCloseTo(meanPos.value, 5);
        }
        expect(acme?.figures).toHaveLength(2);
        expect(acme?.figures[0]?.meanPos.value).not.toBe(before[0]?.figures[0]?.meanPos.value);
        expect((await verify(session.store, session)).filter(({ ok }) => !ok)).toEqual([]);
      });
      expect(formatDay(NEWEST)).toBe('2026-03-12');
    } finally {
      job.remove();
    }
  });

  it('tells the rates of a file’s groups', async () => {
    const { model: calibrated } = await calibrateModel(options('grouped'));
    const read = (own: Model, groupBy: string[]) =>
      groupedPosts({
        data,
        columns: { ...columns, user: 'user' },
        groupBy,
        model: own,
        pool,
        signal,
        progress: silentProgress,
      });
    const { posts } = await read(calibrated, ['kind']);
    const groups = groupRates(posts, calibrated.spec.rates ?? null, 0.9);
    expect(groups.map(({ group, n }) => [...group, n])).toEqual([
      ['even', 150],
      ['odd', 150],
    ]);
    // On the very texts that it was fitted on, the corrected rate of all of them is the rate of their labels.
    const [all] = groupRates((await read(calibrated, [])).posts, calibrated.spec.rates ?? null, 0.9);
    expect(all?.corrected?.value).toBeCloseTo(all?.labelled?.rate ?? Number.NaN, 4);
    expect(groupRates((await read(model, [])).posts, null, 0.9)[0]?.corrected).toBeNull();
    await expect(read(model, ['nothing'])).rejects.toMatchObject({ code: 'E_INPUT' });
  });

  it('is refused where it would overwrite a folder or has too little to go by', async () => {
    await expect(calibrateModel(options('tiny'))).rejects.toMatchObject({ code: 'E_USAGE' });
    const few = join(folder, 'few.csv');
    writeFileSync(few, `text,label\n${'good,positive\n'.repeat(30)}${'bad,negative\n'.repeat(3)}`);
    await expect(calibrateModel(options('few', { data: [few] }))).rejects.toMatchObject({ code: 'E_INPUT' });
  });
});
