import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backfill } from '../../jobs/backfill.ts';
import { planBackfill } from '../../jobs/backfill-plan.ts';
import type { Session } from '../../jobs/session.ts';
import { planText } from '../../src/cli/backfill-output.ts';
import { ingest } from '../../src/ingest/stage.ts';
import type { Pool } from '../../src/model/pool.ts';
import { dayOf } from '../alerts/days.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

const FROM = '2026-10-01';
const TO = '2026-10-03';
const range = { from: dayOf(FROM), to: dayOf(TO) };

let models: string;
let tiny: string;
let pool: Pool;
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  tiny = await makeTinyModel(models);
  pool = await inProcessPool(tiny);
});
let job: JobFolder;
beforeEach(() => {
  const settings = {
    model: { use: tiny },
    brands: { acme: { alerts: [{ below: 0.5, min_posts: 1 }] }, other: { alerts: [] } },
  };
  job = makeJobFolder(settings, pool);
  return () => job.remove();
});
afterAll(() => rmSync(models, { recursive: true, force: true }));

const HEADER = 'id,created_at,text,user_id,brand\n';
const row = (id: number, day: number, brand = 'acme', text = `love ${id}`) =>
  `${id},2026-10-0${day}T12:00:00Z,${text},u${id},${brand}\n`;

/** A session in whose middle something goes wrong: `after` pages or days, the work is stopped. */
function stoppedAt(session: Session, label: string): Session {
  const controller = new AbortController();
  const progress = {
    start: (what: string) => {
      if (what === label) controller.abort();
    },
    advance: () => undefined,
    finish: () => undefined,
  };
  return { ...session, signal: controller.signal, progress };
}

describe('backfill', () => {
  it('of one brand leaves the others alone', async () => {
    job.drop('a.csv', HEADER + row(1, 1) + row(2, 1, 'other') + row(3, 2, 'other'));
    const run = await job.backfill(FROM, TO, { brand: 'acme' });
    expect(run).toMatchObject({
      score: { texts: 1 },
      aggregate: { days: 1, posts: 1 },
      backfill: { brand: 'acme', days: 1, posts: 1, figures: { added: 1, changed: 0, removed: 0 } },
    });
    expect(job.dump()['day_stats']).toHaveLength(1);
    await expect(job.backfill(FROM, TO, { brand: 'nobody' })).rejects.toMatchObject({
      code: 'E_USAGE',
      remedy: expect.stringContaining('acme, other'),
    });
  });

  it('tells which figures and decisions came out otherwise', async () => {
    job.drop('a.csv', HEADER + row(1, 1) + row(2, 2));
    await job.backfill(FROM, TO);
    // Many posts of another tone arrive late.
    job.drop('b.csv', HEADER + [3, 4, 5, 6, 7].map((id) => row(id, 1, 'acme', `the worst ${id}`)).join(''));
    const run = await job.backfill(FROM, TO);
    expect(run.notify).toBeUndefined();
    expect(run.backfill?.figures).toMatchObject({
      ...{ added: 0, changed: 1, removed: 0 },
      largest: [{ brand: 'acme', day: FROM, before: { posts: 1 }, after: { posts: 6 } }],
    });
    expect(run.backfill?.alerts.decisions).toBeGreaterThan(0);
    const again = await job.backfill(FROM, TO);
    expect(again.backfill).toMatchObject({
      figures: { added: 0, changed: 0, removed: 0, largest: [] },
      alerts: { decisions: 0, states: 0, shown: [] },
    });
  });

  it('of everything puts new scores in the place of the old, and goes on where it was stopped', async () => {
    job.drop('a.csv', HEADER + row(1, 1) + row(2, 2));
    await job.backfill(FROM, TO);
    const right = job.dump();
    await job.session(({ store }) =>
      store.transaction((tx) => tx.db.updateTable('scores').set({ p_positive: 0, p_negative: 1 }).execute()),
    );
    expect(await job.backfill(FROM, TO)).toMatchObject({ score: { texts: 0 }, aggregate: { days: 0 } });
    const whole = { ...range, reprocess: 'all' } as const;
    await job.session(async (session) => {
      await expect(backfill(stoppedAt(session, 'aggregate'), whole)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    });
    const run = await job.backfill(FROM, TO, { reprocess: 'all' });
    // Scored before it was stopped, and not again.
    expect(run).toMatchObject({ score: { texts: 0 }, aggregate: { days: 2 } });
    expect(job.dump()['scores']).toEqual(right['scores']);
    const figures = (dump: Record<string, unknown[]>) =>
      dump['day_stats']?.map((stats) => ({ ...(stats as object), data_seq: 0 }));
    expect(figures(job.dump())).toEqual(figures(right));
    expect(await job.backfill(FROM, TO, { reprocess: 'all' })).toMatchObject({
      ...{ score: { texts: 2 }, aggregate: { days: 2 } },
      backfill: { figures: { added: 0, changed: 0 } },
    });
    expect((job.dump()['settings'] as { key: string }[]).filter(({ key }) => key.startsWith('backfill'))).toEqual([]);
  });

  it('counts what it did before it was stopped', async () => {
    job.drop('a.csv', HEADER + row(1, 1) + row(2, 2));
    await job.session(async (session) => {
      await expect(backfill(stoppedAt(session, 'aggregate'), range)).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    });
    expect(await job.backfill(FROM, TO)).toMatchObject({ score: { texts: 0 }, backfill: { figures: { added: 2 } } });
  });

  it('of what failed reads rejected rows again', async () => {
    job.drop('a.csv', `${HEADER}1,not a date,love it,u,acme\n${row(2, 1)}`);
    await job.backfill(FROM, TO);
    await job.session(({ store }) =>
      store.transaction((tx) =>
        tx.db
          .updateTable('rejects')
          .set({ raw: Buffer.from('1,2026-10-02T12:00:00Z,love it,u,acme') })
          .execute(),
      ),
    );
    expect(await job.backfill(FROM, TO, { reprocess: 'failed' })).toMatchObject({
      ...{ retry: { rows: 1, stored: 1 }, score: { texts: 1 }, aggregate: { days: 1 } },
      backfill: { figures: { added: 1 } },
    });
  });

  it('decides nothing about a day that is not over', async () => {
    job.drop('a.csv', HEADER + row(1, 1) + row(2, 2) + row(3, 3));
    await job.backfill(FROM, '2026-10-30', { now: Date.parse('2026-10-03T18:00:00Z') });
    expect((job.dump()['alert_events'] as { day: number }[]).map(({ day }) => day)).toEqual([
      dayOf(FROM),
      dayOf('2026-10-02'),
    ]);
  });

  it('of days without posts, and of an empty database, does nothing', async () => {
    expect(await job.backfill(FROM, TO)).toMatchObject({ outcome: 'ok', backfill: { days: 0, posts: 0 } });
  });
});

describe('a dry run', () => {
  const plan = (options = {}) => job.session((session) => planBackfill(session, { ...range, ...options }));

  it('counts what would be done, measures its time, and changes nothing', async () => {
    job.drop('a.csv', HEADER + row(1, 1) + row(2, 2) + row(3, 2, 'other'));
    await job.session(async () => undefined);
    expect(await plan()).toMatchObject({ days: 0, posts: 0, texts: 0, seconds: 0 });
    await job.session(async (session) => {
      await ingest(session);
    });
    const before = job.dump();
    const found = await plan();
    expect(found).toMatchObject({ days: 2, posts: 3, texts: 3, open: { added: 3, changed: 0 } });
    expect(planText(found)).toContain('3 brand-days get their first figures');
    expect(await plan({ brand: 'other' })).toMatchObject({ days: 1, posts: 1, texts: 1, open: { added: 1 } });
    expect(job.dump()).toEqual(before);
  });

  it('tells how figures would change where that is known, and bounds it where it is not', async () => {
    job.drop('a.csv', HEADER + row(1, 1) + row(2, 2) + row(3, 3));
    await job.backfill(FROM, TO);
    // A copy of a scored text on the first day; an unknown text on the second.
    job.drop('b.csv', HEADER + row(4, 1, 'acme', 'love 2') + row(5, 2, 'acme', 'the worst'));
    await job.session(async (session) => {
      await ingest(session);
    });
    const found = await plan();
    expect(found).toMatchObject({
      texts: 1,
      figures: { added: 0, changed: 1, largest: [{ day: FROM, before: { posts: 1 }, after: { posts: 2 } }] },
      open: { added: 0, changed: 1 },
    });
    const run = await job.backfill(FROM, TO);
    expect(run.backfill?.figures.largest).toContainEqual(found.figures.largest[0]);
    const second = run.backfill?.figures.largest.find(({ day }) => day === '2026-10-02');
    const moved = Math.abs((second?.after?.mean_pos ?? 1) - (second?.before?.mean_pos ?? 0));
    expect(moved).toBeLessThanOrEqual(found.open.at_most ?? 0);
    expect(await plan({ reprocess: 'all' })).toMatchObject({ texts: 4, open: { changed: 3, at_most: null } });
  });
});
