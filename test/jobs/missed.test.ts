import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { finishRun } from '../../db/runs.ts';
import { missedText } from '../../src/missed-nights.ts';
import type { Pool } from '../../src/model/pool.ts';
import { dayOf } from '../alerts/days.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let models: string;
let tiny: string;
let pool: Pool;
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  tiny = await makeTinyModel(models);
  pool = await inProcessPool(tiny);
});
afterAll(() => rmSync(models, { recursive: true, force: true }));

let jobs: JobFolder[] = [];
afterEach(() => {
  for (const job of jobs) job.remove();
  jobs = [];
});

/** A brand whose rule fires at whatever the tiny model makes of its posts. */
function start(): JobFolder {
  const settings = {
    model: { use: tiny },
    brands: { acme: { name: 'Acme Air', team: 'care', alerts: [{ below: 1, min_posts: 1 }] } },
    teams: { care: { to: ['care@acme.example'] } },
    window: 1,
  };
  const job = makeJobFolder(settings, pool);
  jobs.push(job);
  return job;
}

function postsOf(days: readonly number[]): string {
  const rows = days.map((day) => `2026-03-${String(day).padStart(2, '0')}T12:00:00Z,late ${day},u,acme`);
  return `created_at,text,user_id,brand\n${rows.join('\n')}\n`;
}

const page = (job: JobFolder, day: string) =>
  readFileSync(join(job.folder, 'data/reports', day, 'sentiment_daily_report.html'), 'utf8');

describe('missed nights', () => {
  it('are made up oldest first: decisions, reports, one mail, and a sentence about it', async () => {
    const [kept, missed] = [start(), start()];
    for (const job of [kept, missed]) {
      job.drop('a.csv', postsOf([1]));
      expect((await job.nightly('2026-03-02')).missed).toBeUndefined();
    }
    for (const day of [2, 3, 4]) {
      kept.drop(`${day}.csv`, postsOf([day]));
      await kept.nightly(`2026-03-0${day + 1}`);
    }
    missed.drop('rest.csv', postsOf([2, 3, 4]));
    const run = await missed.nightly('2026-03-05');
    expect(run).toMatchObject({ missed: { from: '2026-03-03', to: '2026-03-04', nights: 2, reports: 2 } });

    const decisions = (job: JobFolder) =>
      job.dump()['alert_events']?.map((row) => ({ ...(row as object), data_seq: 0 }));
    expect(decisions(missed)).toEqual(decisions(kept));
    const csv = (job: JobFolder) =>
      Object.entries(job.files('reports')).filter(([name]) => name.endsWith('_report.csv') || name.endsWith('.png'));
    expect(csv(missed)).toEqual(csv(kept));
    expect(page(missed, '2026-03-04')).toContain('The nights of 3 to 4 March 2026 were missed and made up today.');
    expect(page(kept, '2026-03-04')).not.toContain('missed and made up');
  });

  it('send only what stands now', async () => {
    const job = start();
    await job.nightly('2026-03-02', { reports: false });
    // A dip that fired while nobody looked, of a brand that nobody has written about since.
    job.drop('rest.csv', postsOf([2, 3]));
    expect(await job.nightly('2026-03-06', { reports: false })).toMatchObject({
      decide: { events: 2 },
      notify: { firing: 1, mails: 0 },
    });
    expect(job.dump()['notifications']).toEqual([]);
  });

  it('are told in the mail of a dip that began among them', async () => {
    const job = start();
    await job.nightly('2026-03-02', { reports: false });
    job.drop('rest.csv', postsOf([2, 3, 4]));
    expect(await job.nightly('2026-03-05', { reports: false })).toMatchObject({ notify: { mails: 1 } });
    const [message] = job.dump()['messages'] as { rendered: { text: string; html: string } }[];
    expect(message?.rendered.text.replace(/\s+/g, ' ')).toContain(
      missedText({ from: dayOf('2026-03-03'), to: dayOf('2026-03-04') }),
    );
    expect(message?.rendered.html).toContain('The nights of 3 to 4 March 2026 were missed');
  });

  it('change nothing when the job is done again, and leave an earlier day alone', async () => {
    const job = start();
    job.drop('a.csv', postsOf([1, 2, 3, 4]));
    await job.nightly('2026-03-02');
    await job.nightly('2026-03-05');
    const before = { tables: job.dump(), reports: job.files('reports'), outbox: job.files('outbox') };
    expect(await job.nightly('2026-03-05')).toMatchObject({ missed: { nights: 2 } });
    expect({ tables: job.dump(), reports: job.files('reports'), outbox: job.files('outbox') }).toEqual(before);
    expect((await job.nightly('2026-03-04')).missed).toBeUndefined();
  });

  it('count from the last night that came to its end', async () => {
    const job = start();
    job.drop('a.csv', postsOf([1, 2, 3, 4]));
    await job.nightly('2026-03-02', { reports: false });
    const { runId } = await job.nightly('2026-03-03', { reports: false });
    await job.session(({ store }) =>
      store.transaction((tx) => finishRun(tx, runId, { outcome: 'failed', errorCode: 'E_FILE', finishedMs: 0 })),
    );
    expect(await job.nightly('2026-03-04')).toMatchObject({
      missed: { from: '2026-03-03', to: '2026-03-03' },
    });
  });

  it('of more than a month get the reports of the last 31', async () => {
    const job = start();
    await job.nightly('2026-01-02');
    const run = await job.nightly('2026-03-05');
    expect(run.missed).toEqual({ from: '2026-01-03', to: '2026-03-04', nights: 61, reports: 31 });
    expect(Object.keys(job.files('reports')).filter((name) => name.endsWith('.html'))).toHaveLength(33);
  });
});

describe('a clock set back', () => {
  it('is told, and changes nothing', async () => {
    const job = start();
    job.drop('a.csv', postsOf([1, 2, 3, 4]));
    await job.nightly('2026-03-05', { fromClock: true, now: Date.parse('2026-03-05T02:30:00Z'), reports: false });
    const before = job.dump();
    await expect(
      job.nightly('2026-03-04', { fromClock: true, now: Date.parse('2026-03-04T02:30:00Z'), reports: false }),
    ).rejects.toMatchObject({ code: 'E_CLOCK', message: expect.stringContaining('2026-03-05') });
    expect(job.dump()).toEqual(before);
    // On purpose it may.
    await job.nightly('2026-03-04', { now: Date.parse('2026-03-04T02:30:00Z'), reports: false });
    await job.nightly('2026-03-05', { fromClock: true, now: Date.parse('2026-03-05T02:30:00Z'), reports: false });
  });

  it('is not what a day of the future, given by hand, looks like', async () => {
    const job = start();
    await job.nightly('2027-01-01', { now: Date.parse('2026-03-05T02:30:00Z'), reports: false });
    const run = await job.nightly('2026-03-06', {
      fromClock: true,
      now: Date.parse('2026-03-06T02:30:00Z'),
      reports: false,
    });
    expect(run.outcome).toBe('ok');
  });
});

describe('the sentence about missed nights', () => {
  it.each([
    ['2026-03-03', '2026-03-03', 'The night of 3 March 2026 was missed and made up today.'],
    ['2026-03-30', '2026-04-02', 'The nights of 30 March to 2 April 2026 were missed and made up today.'],
    ['2025-12-31', '2026-01-01', 'The nights of 31 December 2025 to 1 January 2026 were missed and made up today.'],
  ])('%s to %s', (from, to, text) => {
    expect(missedText({ from: dayOf(from), to: dayOf(to) })).toBe(text);
  });
});
