import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { randomFrom } from '../../examples/world/random.ts';
import type { FinishedRun } from '../../jobs/record.ts';
import { loadModel } from '../../src/model/artifact.ts';
import { classify } from '../../src/model/probabilities.ts';
import { dayOf } from '../alerts/days.ts';
import { startMonitor } from '../support/cli.ts';
import { makeJobFolder } from '../support/job.ts';
import { startSeriesReader } from '../support/series-reader.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

/** A year of posts. With MODEL=social the shipped model scores them, which takes longer by far. */
const POSTS = Number(process.env['BACKFILL_POSTS'] ?? 1_000_000);
const MODEL = process.env['BACKFILL_MODEL'] ?? 'tiny';
const DAYS = 365;
const FIRST = '2025-01-01';
const LAST = '2025-12-31';
const BRANDS = ['acme', 'larkovia', 'pellimo', 'umber'];
const WORDS =
  'the a to and is it i you not no good great love best bad worst late broken why app phone flight coffee'.split(' ');

it(`a backfill of ${POSTS} posts that is killed twice ends right, in the time that was told before; so does a switch of models`, async () => {
  const models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  const use = MODEL === 'tiny' ? await makeTinyModel(models) : MODEL;
  const job = makeJobFolder({
    model: { use },
    brands: Object.fromEntries(BRANDS.map((slug) => [slug, { alerts: [{ below: 0.5 }] }])),
  });
  const say = (text: string) => process.stdout.write(`${text}\n`);
  await job.session(async () => undefined);
  const path = join(job.folder, 'data', 'monitor.db');
  fill(path);
  const common = ['backfill', '--from', FIRST, '--to', LAST, '--config', job.configFile, '--json'];

  const dry = await startMonitor([...common, '--dry-run']).ended;
  expect(dry.code, dry.stderr).toBe(0);
  const plan = JSON.parse(dry.stdout) as { texts: number; days: number; posts: number; seconds: number };
  expect(plan).toMatchObject({ texts: POSTS, days: DAYS, posts: POSTS });
  say(`dry run: ${plan.seconds.toFixed(0)} s; ${JSON.stringify(plan)}`);

  const db = new Sqlite(path, { readonly: true });
  const scored = () => db.prepare('select count(*) from scores').pluck().get() as number;
  let seconds = 0;
  for (const share of [1 / 3, 2 / 3]) {
    const startedMs = performance.now();
    const { child, ended } = startMonitor(common);
    while (scored() < POSTS * share && child.exitCode === null) await wait(500);
    child.kill('SIGKILL');
    await ended;
    seconds += (performance.now() - startedMs) / 1000;
    say(`killed with ${scored()} texts scored, after ${seconds.toFixed(0)} s`);
  }
  const startedMs = performance.now();
  const { child, ended } = startMonitor(common);
  let peakKb = 0;
  const watch = setInterval(() => {
    peakKb = Math.max(peakKb, peakOf(child.pid));
  }, 500);
  const last = await ended;
  clearInterval(watch);
  expect(last.code, last.stderr).toBe(0);
  seconds += (performance.now() - startedMs) / 1000;
  const run = JSON.parse(last.stdout) as FinishedRun;
  say(
    `done in ${seconds.toFixed(0)} s, ${(POSTS / seconds).toFixed(0)} posts/s; told ${(plan.seconds / seconds).toFixed(2)} of that; ` +
      `at most ${(peakKb / 1024).toFixed(0)} MB; stages of the last part ${JSON.stringify(run.seconds)}`,
  );
  expect(run.backfill).toMatchObject({ days: DAYS, posts: POSTS, figures: { added: DAYS * BRANDS.length } });
  await expectRight(db, use === 'social' ? join(import.meta.dirname, '../../models/social') : use);
  expect(peakKb).toBeLessThan(800 * 1024);
  expect(plan.seconds / seconds).toBeGreaterThan(0.7);
  expect(plan.seconds / seconds).toBeLessThan(1.3);

  // A reader that never stops sees the old series, then the new one, and nothing between.
  const other = await makeTinyModel(models, 'other', 777);
  const reader = await startSeriesReader(job.configFile, dayOf(LAST));
  const switched = await startMonitor(['model', 'use', other, '--config', job.configFile, '--json']).ended;
  const seen = await reader.stop();
  say(`switched to another model while it was read ${seen.reads} times: ${seen.states.length} series seen`);
  expect(switched.code, switched.stderr).toBe(0);
  expect(seen.states).toHaveLength(2);
  await expectRight(db, other, 2);
  db.close();
  job.remove();
  rmSync(models, { recursive: true, force: true });
});

/** Posts put into the database as reading a file would, but for the reading. */
function fill(path: string): void {
  const db = new Sqlite(path);
  const random = randomFrom(1);
  const text = db.prepare('insert into texts (text_id, hash16, body, original) values (?, ?, ?, null)');
  const post = db.prepare(
    'insert into posts (post_id, source_id, key, text_id, at_ms, day, user_id) values (?, 1, ?, ?, ?, ?, ?)',
  );
  const brand = db.prepare('insert into post_brands (brand_id, day, post_id) values (?, ?, ?)');
  const numbers = db.prepare(`select brand_id from brands order by slug`).pluck().all();
  const [first, all] = [dayOf(FIRST), Array.from({ length: POSTS }, (_, index) => index)];
  db.prepare("insert into sources (source_id, name) values (1, 'seeded')").run();
  for (let start = 0; start < POSTS; start += 20_000)
    db.transaction(() => {
      for (const index of all.slice(start, start + 20_000)) {
        const words = Array.from(
          { length: 6 + Math.floor(random.next() * 14) },
          () => WORDS[Math.floor(random.next() * WORDS.length)],
        );
        const body = `${words.join(' ')} ${index}`;
        const day = first + Math.floor((index * DAYS) / POSTS);
        text.run(index + 1, createHash('sha256').update(body).digest().subarray(0, 16), body);
        post.run(
          index + 1,
          `k${index}`,
          index + 1,
          day * 86_400_000 + (index % 86_400) * 1000,
          day,
          `u${index % 5_003}`,
        );
        brand.run(numbers[index % numbers.length], day, index + 1);
      }
    })();
  db.close();
}

/** Recomputes every brand's day from the scores, by other code than the program's. */
async function expectRight(db: Sqlite.Database, directory: string, networks = 1): Promise<void> {
  const model = await loadModel(directory);
  const days = new Map<string, { n: number; n_positive: number; sum_score: number }>();
  const rows = db
    .prepare(
      `select pb.brand_id, pb.day, s.p_negative, s.p_positive
       from post_brands pb join posts p using (post_id) join scores s using (text_id)
       where s.network_id = (select network_id from models m join settings a on a.key = 'active_model' and a.value = m.sha256)`,
    )
    .iterate() as Iterable<{ brand_id: number; day: number; p_negative: number; p_positive: number }>;
  for (const { brand_id, day, p_negative, p_positive } of rows) {
    const key = `${brand_id}/${day}`;
    const sums = days.get(key) ?? { n: 0, n_positive: 0, sum_score: 0 };
    days.set(key, sums);
    sums.n += 1;
    sums.sum_score += Math.round((p_positive + 0.5 * (1 - p_positive - p_negative)) * 1e6);
    if (classify(model, p_negative, p_positive) === 'positive') sums.n_positive += 1;
  }
  const stats = db.prepare('select brand_id, day, n, n_positive, sum_score from series_stats').all() as {
    brand_id: number;
    day: number;
    n: number;
  }[];
  expect(stats).toHaveLength(DAYS * BRANDS.length);
  for (const { brand_id, day, ...row } of stats) expect(row).toEqual(days.get(`${brand_id}/${day}`));
  const count = (what: string) => db.prepare(`select count(*) from ${what}`).pluck().get();
  expect(count('scores')).toBe(POSTS * networks);
  expect([count('dirty_days'), count('notifications')]).toEqual([0, 0]);
  expect(count('(select distinct rule_id, day from alert_events)')).toBe(DAYS * BRANDS.length);
  expect(count("settings where key like 'backfill%'")).toBe(0);
}

/** The most memory that a process ever held, in KB. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
