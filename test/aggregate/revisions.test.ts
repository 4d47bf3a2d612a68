import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { recentRevisions } from '../../jobs/brand-reports.ts';
import { forget } from '../../jobs/forget.ts';
import { rematch } from '../../jobs/rematch.ts';
import type { Session } from '../../jobs/session.ts';
import { recordRevisions } from '../../src/aggregate/revisions.ts';
import { aggregate } from '../../src/aggregate/stage.ts';
import { parseDay } from '../../src/calendar.ts';
import { revisionLines } from '../../src/cli/status-history.ts';
import { configSchema } from '../../src/config/schema.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let models: string;
let tiny: string;
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  tiny = await makeTinyModel(models);
});
afterAll(() => rmSync(models, { recursive: true, force: true }));

let job: JobFolder;
afterEach(() => job.remove());

const WORDS = ['good', 'love', 'best', 'worst', 'late', 'broken', 'great', 'bad'];

function rows(day: string, users: readonly string[], say: (index: number) => string): string {
  return users.map((user, index) => `${day}T1${index % 10}:00:00Z,${say(index)},${user},${user}${day}`).join('\n');
}

const NEWEST = parseDay('2026-10-02') ?? 0;
const people = (n: number, name = 'u') => Array.from({ length: n }, (_, index) => `${name}${index}`);
const HEADER = 'created_at,text,user_id,id\n';
const mixed = (index: number) => `acme ${WORDS[index % WORDS.length]} app`;

const acme = { model: { use: '', workers: 1 }, brands: { acme: { match: { any: ['acme'] } } } };

/** The night that publishes 1 and 2 October. */
async function firstNight() {
  job = makeJobFolder({ ...acme, model: { use: tiny, workers: 1 } });
  job.drop('a.csv', `${HEADER}${rows('2026-10-01', people(20), mixed)}\n${rows('2026-10-02', people(20), mixed)}\n`);
  expect((await job.nightly('2026-10-03')).revisions).toEqual({ published: 2, revised: 0 });
}

/** The next morning without its other stages, after a change. */
function revised(change: (session: Session) => Promise<unknown>) {
  return job.session(async (session) => {
    await change(session);
    await aggregate(session, session.model);
    return recordRevisions(session, { runId: 1, newestDay: NEWEST, revisedOn: NEWEST + 1 });
  });
}

const lines = () => job.session(({ store, config }) => revisionLines(store.read, config));
const page = (day: string) =>
  readFileSync(join(job.folder, 'data', 'reports', day, 'sentiment_daily_report.html'), 'utf8');

describe('a published figure that changes', () => {
  it('leaves a line with the late posts, in status and report, once', async () => {
    const late = `${HEADER}${rows('2026-10-01', people(30, 'v'), () => 'acme worst worst broken')}\n`;
    await firstNight();
    job.drop('b.csv', late);
    const run = await job.nightly('2026-10-04');
    expect(run.revisions).toEqual({ published: 0, revised: 1 });
    const [line, ...others] = await lines();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ brand: 'acme', day: '2026-10-01', reasons: ['late_posts'], late_posts: 30 });
    expect(line).toMatchObject({ published: { posts: 20 }, now: { posts: 50 } });
    expect(line?.text).toMatch(/^1 October: published 0\.\d+, now 0\.\d+, 30 late posts$/);
    expect(page('2026-10-03')).toContain(line?.text);
    const before = { dump: job.dump(), reports: job.files('reports') };
    expect((await job.nightly('2026-10-04')).revisions).toEqual({ published: 0, revised: 0 });
    expect({ dump: job.dump(), reports: job.files('reports') }).toEqual(before);
  });

  it('is told from what was published first to what holds now', async () => {
    await firstNight();
    const nudge = (by: number) => (session: Session) =>
      session.store.transaction(async (tx) => {
        await tx.db
          .updateTable('day_stats')
          .set((eb) => ({ n: eb('n', '+', by) }))
          .where('day', '=', NEWEST)
          .execute();
      });
    await revised(nudge(9));
    await revised(nudge(4));
    expect(job.dump()['revisions']).toHaveLength(2);
    expect(await lines()).toMatchObject([{ published: { posts: 20 }, now: { posts: 33 } }]);
    // What went back to what was said is no news.
    await revised(nudge(-13));
    expect(await lines()).toEqual([]);
    // A week later the report has said it often enough.
    await revised(nudge(1));
    await job.session(async ({ store }) => {
      expect(await recentRevisions(store.read, NEWEST + 6)).toHaveLength(1);
      expect(await recentRevisions(store.read, NEWEST + 7)).toEqual([]);
    });
  });

  it('names people who were forgotten, rules that changed, and days without posts', async () => {
    await firstNight();
    expect(
      await revised(async (session) => {
        await forget(session, 'u19');
      }),
    ).toEqual({ published: 0, revised: 2 });
    expect(await lines()).toMatchObject([
      { day: '2026-10-01', reasons: ['brands'], now: { posts: 19 }, text: expect.stringContaining('1 post left out') },
      { day: '2026-10-02', reasons: ['brands'], now: { posts: 19 } },
    ]);
    const other = { ...acme, brands: { acme: { match: { any: ['acme'], none: ['late'] } } } };
    await revised((session) =>
      rematch(
        { ...session, config: configSchema.parse({ ...session.config, ...other, model: session.config.model }) },
        { dryRun: false },
      ),
    );
    expect(await lines()).toMatchObject([{ now: { posts: 17 } }, { now: { posts: 17 } }]);
    await revised(async (session) => {
      for (const user of people(19)) await forget(session, user);
    });
    expect(await lines()).toMatchObject([
      { now: { posts: 0, mean_pos: null }, text: expect.stringMatching(/now no posts, 20 posts left out$/) },
      { now: { posts: 0 } },
    ]);
  });

  it('names corrected texts, also after a backfill', async () => {
    await firstNight();
    job.drop('b.csv', `${HEADER}${rows('2026-10-01', people(15), () => 'acme worst worst worst')}\n`);
    const run = await job.backfill('2026-10-01', '2026-10-02');
    expect(run.revisions).toEqual({ published: 0, revised: 1 });
    expect(await lines()).toMatchObject([{ day: '2026-10-01', reasons: ['corrections'], now: { posts: 20 } }]);
  });

  it('is not told when nobody could see it, until it adds up', async () => {
    await firstNight();
    const nights: number[] = [];
    // A hundred parts per million a post: a tenth of what the third decimal shows.
    for (let night = 0; night < 10; night += 1)
      nights.push(
        (
          await revised(({ store }) =>
            store.transaction(async (tx) => {
              await tx.db
                .updateTable('day_stats')
                .set((eb) => ({ sum_score: eb('sum_score', '+', 20 * 100) }))
                .where('day', '=', NEWEST)
                .execute();
            }),
          )
        ).revised,
      );
    expect(nights.filter((count) => count > 0)).toEqual([1]);
  });
});
