import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { secondOpinionsOf } from '../../db/second-opinion.ts';
import { pinAccurateModel } from '../../jobs/accurate-model.ts';
import { pruneModels } from '../../jobs/model-prune.ts';
import { nightly } from '../../jobs/nightly.ts';
import type { FinishedRun } from '../../jobs/record.ts';
import { formatDay, parseDay } from '../../src/calendar.ts';
import { accurateModels } from '../../src/config/second-opinion.ts';
import { MonitorError } from '../../src/errors.ts';
import type { Pool } from '../../src/model/pool.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyClassifier } from '../support/tiny-classifier.ts';

/** Both know good and bad; the fast one takes the film "Badlands" for a bad word. */
const CLASSES = ['negative', 'neutral', 'positive'] as const;
const GOOD = [0, 0, 3];
const BAD = [3, 0, 0];
const NOTHING = [0, 3, 0];

const NOW = Date.parse('2026-03-20T06:00:00Z');
const FIRST = parseDay('2026-03-01') ?? 0;
const LAST = FIRST + 13;

describe('a second opinion', () => {
  let folder: string;
  let job: JobFolder;
  let startPool: () => Pool;

  async function setUp(sampled: boolean, rule: Record<string, unknown> = {}): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'monitor-'));
    const fast = await makeTinyClassifier(
      folder,
      { classes: CLASSES, words: { good: GOOD, bad: BAD, plain: NOTHING, badlands: BAD } },
      'fast',
    );
    const accurate = await makeTinyClassifier(
      folder,
      { classes: CLASSES, words: { good: GOOD, bad: BAD, plain: NOTHING, badlands: NOTHING } },
      'accurate',
    );
    const [fastPool, accuratePool] = [await inProcessPool(fast.directory), await inProcessPool(accurate.directory)];
    startPool = () => accuratePool;
    job = makeJobFolder(
      {
        model: { use: fast.directory },
        brands: {
          acme: {
            team: 'care',
            match: { any: ['acme'] },
            alerts: [
              { below: 0.45, min_posts: 30, second_opinion: { model: accurate.directory, sample: 60, ...rule } },
            ],
          },
        },
        teams: { care: { to: ['care@acme.example'] } },
        ...(sampled ? { sampled_rate: { model: accurate.directory, sample: 40 } } : {}),
      },
      fastPool,
    );
  }
  afterEach(() => {
    job.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Two weeks of 60 posts a day, half of them good; on the last three days something happens. */
  function drop(happening: string): void {
    const rows = ['created_at,text,user_id,id'];
    for (let day = FIRST; day <= LAST; day += 1)
      for (let post = 0; post < 60; post += 1) {
        const words = day > LAST - 3 && post % 3 > 0 ? happening : post % 2 === 0 ? 'good' : 'plain';
        rows.push(`${formatDay(day)}T12:00:00Z,acme ${words} ${post},u${post},${day}-${post}`);
      }
    job.drop('posts.csv', rows.join('\n'));
  }

  const night = (reports = false): Promise<FinishedRun> =>
    job.session((session) => nightly(session, LAST + 1, () => undefined, { reports, startPool }), { now: NOW });
  const mails = (): string[] => readdirSync(join(job.folder, 'data', 'outbox')).filter((name) => name.endsWith('.eml'));
  const mailText = (): string =>
    readFileSync(join(job.folder, 'data', 'outbox', mails()[0] ?? ''), 'utf8')
      .replace(/=\r?\n/g, '')
      .replace(/\s+/g, ' ');
  const opinions = () =>
    job.session(async ({ store }) => {
      const [rule] = (await store.read.db.selectFrom('alert_events').select('rule_id').execute()).map(
        (row) => row.rule_id,
      );
      return secondOpinionsOf(store.read, rule ?? '');
    });

  it('keeps back a mail about a dip that only the fast model sees, once and for all of that night', async () => {
    await setUp(false, { require: true });
    drop('badlands');
    const { notify } = await night();
    expect(notify).toMatchObject({ firing: 1, mails: 0, kept: [{ reason: 'second_opinion' }] });
    expect(existsSync(join(job.folder, 'data', 'outbox'))).toBe(false);
    const [kept] = await opinions();
    expect(JSON.parse(kept?.inputs ?? '')).toMatchObject({ verdict: 'disagrees', problem: null });
    const again = job.dump();
    expect((await night()).notify).toMatchObject({ mails: 0 });
    expect(job.dump()['second_opinions']).toEqual(again['second_opinions']);
  });

  it('lets a real dip through, and says what both models say', async () => {
    await setUp(false, { require: true });
    drop('bad');
    expect((await night()).notify).toMatchObject({ firing: 1, mails: 1, kept: [] });
    expect(mailText()).toMatch(
      /A more accurate model sees the fall too\. It read 60 posts of 12\S+14 March and 60 of the weeks before, up to 10 March; that took/,
    );
    expect((await night()).notify).toMatchObject({ mails: 0 });
    expect(await opinions()).toHaveLength(1);
  });

  it('only says so where its agreement is not required', async () => {
    await setUp(false);
    drop('badlands');
    expect((await night()).notify).toMatchObject({ mails: 1 });
    expect(mailText()).toContain('does not see this fall');
  });

  it('mails where the model can not be asked, and says so; the rest of the night goes on', async () => {
    await setUp(true, { require: true, model: './nowhere' });
    drop('badlands');
    rmSync(join(folder, 'accurate'), { recursive: true });
    const { notify, sample, outcome } = await night();
    expect({ notify, sample, outcome }).toMatchObject({
      notify: { mails: 1 },
      sample: { model: null, days: 0 },
      outcome: 'ok',
    });
    expect(mailText()).toContain('No more accurate model could be asked: it could not be loaded.');
  });

  it('mails and ends well where the model fails while it reads', async () => {
    await setUp(true, { require: true });
    drop('badlands');
    const failure = new MonitorError('E_WORKER', 'A scoring process died.', { remedy: 'Run again.' });
    startPool = () => ({ score: () => Promise.reject(failure), close: () => Promise.resolve() });
    const { notify, sample, outcome } = await night();
    expect({ notify, sample, outcome }).toMatchObject({
      notify: { mails: 1, opinions: [{ verdict: 'unknown', read: 0 }] },
      sample: { days: 0, read: 0, left: true },
      outcome: 'ok',
    });
    expect(mailText()).toContain('No more accurate model could be asked: it stopped with an error.');
  });

  it('mails when the time is up, and leaves the rest of the samples to the next night', async () => {
    await setUp(true, { require: true, minutes: 0.001 });
    drop('badlands');
    let now = NOW;
    const { notify, sample } = await job.session((session) => {
      const clock = () => {
        now += 400_000;
        return now;
      };
      return nightly({ ...session, clock }, LAST + 1, () => undefined, { reports: false, startPool });
    });
    expect(notify).toMatchObject({ mails: 1, opinions: [{ verdict: 'unknown' }] });
    expect(sample?.left).toBe(true);
    expect(mailText()).toContain('the time was up before enough posts were read');
    const rest = (await night()).sample;
    expect([(sample?.days ?? 0) > 0, (sample?.days ?? 0) + (rest?.days ?? 0)]).toEqual([true, 14]);
  });

  it('reads no text twice when it is stopped in the middle', async () => {
    await setUp(true);
    drop('badlands');
    const pool = startPool();
    const stop = new AbortController();
    const read: string[] = [];
    let calls = 0;
    startPool = () => ({
      ...pool,
      score: (texts, signal) => {
        read.push(...texts);
        calls += 1;
        if (calls === 3) stop.abort();
        return pool.score(texts, signal);
      },
    });
    await expect(
      job.session((session) => nightly(session, LAST + 1, () => undefined, { reports: false, startPool }), {
        ...{ now: NOW, signal: stop.signal },
      }),
    ).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    const before = read.length;
    expect((await night()).sample).toMatchObject({ left: false });
    const again = read.slice(before).filter((text) => read.slice(0, before).includes(text));
    expect(again.length).toBeLessThanOrEqual(64);
    expect(job.dump()['day_samples']).toHaveLength(14);
  });

  it('goes on with its own copy of the model, whatever becomes of the folder that the settings name', async () => {
    await setUp(true);
    drop('plain');
    const first = (await night()).sample;
    const late = (name: string) =>
      job.drop(name, `created_at,text,user_id,id\n${formatDay(LAST)}T13:00:00Z,acme good late,u99,${name}`);
    rmSync(join(folder, 'accurate'), { recursive: true });
    late('gone.csv');
    expect((await night()).sample).toMatchObject({ model: first?.model, days: 1 });
    const other = { classes: CLASSES, words: { good: BAD, bad: GOOD } };
    const { modelSha256 } = await makeTinyClassifier(folder, other, 'accurate');
    late('other.csv');
    expect((await night()).sample).toMatchObject({ model: first?.model, days: 1 });
    const [use = ''] = await job.session(async (session) => {
      const named = accurateModels(session.config);
      await pruneModels(session, { dryRun: false });
      for (const name of named) await pinAccurateModel(session, name);
      return named;
    });
    expect(use).toBe(join(folder, 'accurate'));
    expect((await night()).sample).toMatchObject({ model: `accurate@${modelSha256.slice(0, 8)}`, days: 14 });
  });

  it('gives every day a rate by a sample, again only where posts changed', async () => {
    await setUp(true);
    drop('badlands');
    const { sample } = await night(true);
    expect(sample).toMatchObject({ days: 14, posts: 14 * 40, left: false });
    const [header = '', ...lines] = readFileSync(
      join(job.folder, 'data', 'reports', formatDay(LAST), 'sentiment_daily_report.csv'),
      'utf8',
    )
      .trim()
      .split('\n');
    const cells = (line: string) =>
      Object.fromEntries(line.split(',').map((cell, place) => [header.split(',')[place], cell]));
    expect(lines).toHaveLength(14);
    for (const line of lines) {
      const { sampled_rate, sampled_low, sampled_high, sampled_posts, positives, total } = cells(line);
      expect(sampled_posts).toBe('40');
      // Both models agree about good, so that the fast one's count is the accurate one's.
      const count = Number(positives) / Number(total);
      expect(Number(sampled_low)).toBeLessThanOrEqual(count);
      expect(Number(sampled_high)).toBeGreaterThanOrEqual(count);
      expect(Math.abs(Number(sampled_rate) - count)).toBeLessThan(0.05);
    }
    expect((await night()).sample).toMatchObject({ days: 0 });
    const before = job.dump()['day_samples'] ?? [];
    job.drop('late.csv', `created_at,text,user_id,id\n${formatDay(LAST - 5)}T13:00:00Z,acme good late,u99,late`);
    expect((await night()).sample).toMatchObject({ days: 1 });
    expect(
      (job.dump()['day_samples'] ?? []).filter((row, place) => JSON.stringify(row) !== JSON.stringify(before[place])),
    ).toHaveLength(1);
  });
});
