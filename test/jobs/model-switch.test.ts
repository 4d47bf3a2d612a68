import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { brandReports } from '../../jobs/brand-reports.ts';
import { compareSeries } from '../../jobs/model-compare.ts';
import { pruneModels } from '../../jobs/model-prune.ts';
import { backfillBeside, switchModel } from '../../jobs/model-switch.ts';
import { formatDay } from '../../src/calendar.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { startSeriesReader } from '../support/series-reader.ts';
import { makeTinyModel } from '../support/tiny-model.ts';
import { DAYS, FIRST, NEWEST, night, postsOf } from './model-world.ts';

const ASOF = formatDay(NEWEST + 1);
const ALL = { keepHistory: false, fromDay: null };

let models: string;
let jobs: JobFolder[] = [];
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  await makeTinyModel(models, 'old', 12_345);
  await makeTinyModel(models, 'new', 777);
});
afterAll(() => rmSync(models, { recursive: true, force: true }));
afterEach(() => {
  for (const job of jobs) job.remove();
  jobs = [];
});

/** A job whose settings name a model folder that a test may change, with posts of twelve days. */
function jobWith(model: 'old' | 'new'): JobFolder {
  const job = makeJobFolder({
    model: { use: './model', workers: 1 },
    brands: {
      acme: { match: { any: ['phone'] }, team: 'care', alerts: [{ below: 0.5, min_posts: 5 }] },
      bolt: { match: { any: ['coffee'] }, alerts: [] },
    },
    teams: { care: { to: ['care@acme.example'] } },
  });
  jobs.push(job);
  upgrade(job, model);
  job.drop(
    'posts.csv',
    postsOf(
      Array.from({ length: DAYS }, (_, n) => FIRST + n),
      24,
    ),
  );
  return job;
}

/** As an upgrade of the program does: other weights under the same name. */
function upgrade(job: JobFolder, model: 'old' | 'new'): void {
  rmSync(join(job.folder, 'model'), { recursive: true, force: true });
  cpSync(join(models, model), join(job.folder, 'model'), { recursive: true });
}

const shown = (job: JobFolder) =>
  job.session(async (session) =>
    (await brandReports(session, NEWEST + 30)).map(({ slug, figures, firingDays, state }) => ({
      ...{ slug, state, firing: [...firingDays] },
      days: figures.map(({ day, total, meanPos, ma3, windowPosts }) => ({ day, total, meanPos, ma3, windowPosts })),
    })),
  );
const copies = (job: JobFolder) => readdirSync(join(job.folder, 'data', 'models'));
const use = (job: JobFolder, model: string, options = ALL, signal?: AbortSignal) =>
  job.session((session) => switchModel(session, options, NEWEST + 1), {
    use: join(models, model),
    ...(signal && { signal }),
  });

describe('the pinned model', () => {
  it('stays when the settings lead to another, is made again where it can be, and is missed with a remedy', async () => {
    const job = jobWith('old');
    await job.nightly(ASOF);
    const before = await shown(job);
    const [copy = ''] = copies(job);
    expect(copy).toMatch(/^[0-9a-f]{12}$/);
    expect(await job.session(async ({ offered }) => offered)).toBeNull();

    upgrade(job, 'new');
    job.drop('late.csv', postsOf([NEWEST], 3, 'late'));
    expect((await job.nightly(ASOF)).score?.texts).toBe(3);
    expect((await shown(job))[0]?.days.slice(0, -1)).toEqual(before[0]?.days.slice(0, -1));
    expect(await job.session(async ({ offered }) => offered?.model?.name)).toBe('new');
    expect(copies(job)).toEqual([copy]);

    const folder = join(job.folder, 'data', 'models', copy);
    writeFileSync(join(folder, 'vocab.json'), '{}');
    await expect(job.nightly(ASOF)).rejects.toMatchObject({ code: 'E_MODEL_INVALID', place: { file: folder } });
    rmSync(folder, { recursive: true });
    await expect(job.nightly(ASOF)).rejects.toMatchObject({
      code: 'E_MODEL_MISSING',
      remedy: expect.stringContaining('monitor model use'),
    });
    upgrade(job, 'old');
    await job.nightly(ASOF);
    expect(existsSync(folder)).toBe(true);
    // Nothing readable under the settings' name does not stop a night either.
    rmSync(join(job.folder, 'model'), { recursive: true });
    await job.nightly(ASOF);
    expect(await job.session(async ({ offered }) => offered)).toMatchObject({ use: expect.any(String), model: null });
  });
});

describe('switching the model', { timeout: 240_000 }, () => {
  it('ends where the new model would have ended alone, mails nobody, and leaves no mixed state to a reader', async () => {
    const [job, fresh] = [jobWith('old'), jobWith('new')];
    await job.nightly(ASOF);
    await night(fresh);
    const mails = job.dump()['notifications'];
    const [old, wanted] = [await shown(job), await shown(fresh)];
    expect(old).not.toEqual(wanted);

    const reader = await startSeriesReader(job.configFile, NEWEST);
    const { plan, run, comparison } = await use(job, 'new');
    // As long again as it takes to be sure that the reader saw the end.
    await shown(job);
    const seen = await reader.stop();
    expect(seen.states).toHaveLength(2);
    expect(seen.reads).toBeGreaterThan(10);
    expect(await shown(job)).toEqual(wanted);
    expect(plan).toMatchObject({ done: false, from: null, texts: 24 * DAYS, days: 2 * DAYS });
    expect(run?.switch?.revised).toEqual({ [Object.keys(run?.switch?.revised ?? {})[0] ?? '']: DAYS });
    expect(job.dump()['notifications']).toEqual(mails);
    expect(comparison.map(({ brand, common }) => [brand, common])).toEqual([
      ['acme', DAYS],
      ['bolt', DAYS],
    ]);
    expect(comparison[0]?.meanPos?.shift).toBeCloseTo(
      meanOf(wanted[0]?.days.map(({ meanPos }) => meanPos.value)) -
        meanOf(old[0]?.days.map(({ meanPos }) => meanPos.value)),
    );

    // Again: nothing to do. Back: nothing to score. The next night changes nothing.
    expect((await use(job, 'new')).plan.done).toBe(true);
    const back = await use(job, 'old');
    expect(back.run).toMatchObject({ score: { texts: 0 }, aggregate: { days: 0 } });
    expect(await shown(job)).toEqual(old);
    const after = job.dump();
    await job.nightly(ASOF);
    expect(job.dump()).toEqual(after);
  });

  it('goes on where it was stopped, and computes again what changed since an earlier try', async () => {
    const [job, fresh] = [jobWith('old'), jobWith('new')];
    await night(job);
    const old = await shown(job);
    const stop = new AbortController();
    const stopped = job.session(
      (session) => {
        const progress = { ...session.progress, start: (label: string) => label === 'aggregate' && stop.abort() };
        return switchModel({ ...session, progress }, ALL, NEWEST + 1);
      },
      { use: join(models, 'new'), signal: stop.signal },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    expect(await shown(job)).toEqual(old);
    const beside = await job.session((session) => backfillBeside(session, { from: FIRST, to: FIRST + 5 }), {
      use: join(models, 'new'),
    });
    expect(beside).toMatchObject({ score: { texts: 0 }, aggregate: { days: 12 } });
    expect(await shown(job)).toEqual(old);

    const late = postsOf([FIRST + 2], 5, 'late');
    for (const each of [job, fresh]) each.drop('late.csv', late);
    await night(job);
    await night(fresh);
    const { run } = await use(job, 'new');
    // Six days of two brands were ready, and one of these had become old.
    expect(run).toMatchObject({ score: { texts: 5 }, aggregate: { days: 2 * (DAYS - 6) + 2 } });
    expect(await shown(job)).toEqual(await shown(fresh));
  });

  it('keeps history when asked to: no average reaches across, and late posts of old days are read by the old model', async () => {
    const [job, oldOnly, newOnly] = [jobWith('old'), jobWith('old'), jobWith('new')];
    for (const each of [job, oldOnly, newOnly]) await night(each);
    const { plan } = await use(job, 'new', { keepHistory: true, fromDay: null });
    expect(plan).toMatchObject({ from: NEWEST + 1, texts: 0, days: 0 });
    expect(await shown(job)).toEqual(await shown(oldOnly));

    const next = postsOf([FIRST + 1, NEWEST + 1, NEWEST + 2], 24, 'next');
    for (const each of [job, oldOnly, newOnly]) {
      each.drop('next.csv', next);
      await night(each, NEWEST + 2);
    }
    const [mixed, old, fresh] = [await shown(job), await shown(oldOnly), await shown(newOnly)];
    for (const [index, { days }] of mixed.entries()) {
      const values = (of: typeof mixed) => of[index]?.days.map(({ meanPos }) => meanPos.value) ?? [];
      expect(values(mixed)).toEqual([...values(old).slice(0, DAYS), ...values(fresh).slice(DAYS)]);
      expect(days.slice(0, DAYS)).toEqual(old[index]?.days.slice(0, DAYS));
      const [first, second] = days.slice(DAYS);
      expect(first).toMatchObject({ windowPosts: first?.total });
      expect(first?.ma3?.value).toBe(first?.meanPos.value);
      expect(second?.windowPosts).toBe((first?.total ?? 0) + (second?.total ?? 0));
    }

    expect(await job.session((session) => pruneModels(session, { dryRun: false }))).toEqual({
      models: [],
      folders: [],
    });
    // The whole history after all.
    await use(job, 'new');
    expect(await shown(job)).toEqual(fresh);
    const pruned = await job.session((session) => pruneModels(session, { dryRun: false }));
    expect(pruned.models).toMatchObject([{ scores: 24 * (DAYS + 1), days: 2 * DAYS }]);
    expect(copies(job)).toHaveLength(1);
    expect(await shown(job)).toEqual(fresh);
  });

  it('leaves days whose texts were deleted as they are', async () => {
    const job = jobWith('old');
    await night(job);
    const old = await shown(job);
    await job.session(({ store }) =>
      store.transaction(async (tx) => {
        await tx.db
          .insertInto('settings')
          .values({ key: 'sealed_before', value: String(FIRST + 4) })
          .execute();
      }),
    );
    const { plan } = await use(job, 'new');
    expect(plan).toMatchObject({ from: FIRST + 4, sealedBefore: FIRST + 4 });
    const after = await shown(job);
    expect(after[0]?.days.slice(0, 4)).toEqual(old[0]?.days.slice(0, 4));
    expect(after[0]?.days[4]).not.toEqual(old[0]?.days[4]);
    const same = await job.session(({ store, config }) =>
      compareSeries(store.read, config, { a: 'shown', b: 'shown' }),
    );
    expect(same.every(({ alerts, meanPos }) => alerts.length === 0 && meanPos?.shift === 0)).toBe(true);
  });

  it('has nothing to compare on an empty database', async () => {
    const job = jobWith('old');
    rmSync(join(job.folder, 'inbox', 'posts.csv'));
    await night(job);
    expect((await use(job, 'new', { keepHistory: true, fromDay: null })).plan).toMatchObject({ from: null, texts: 0 });
    expect(await shown(job)).toEqual([]);
  });
});

function meanOf(values: readonly number[] = []): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
