import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

/** The morning on which the world's nights are done. */
export const MORNING = '2026-10-04';

/** What a run leaves behind that must not depend on what went wrong before. */
interface Outcome {
  tables: Record<string, unknown[]>;
  reports: Record<string, string>;
  outbox: string[];
}

export interface TroubleWorld {
  /** A fresh folder with one export of three days in its inbox, and a brand whose rule fires. */
  start(settings?: Record<string, unknown>): JobFolder;
  outcome(job: JobFolder): Outcome;
  /** The outcome where nothing goes wrong. */
  undisturbed(): Outcome;
  /** Expects that one more night leaves what it leaves where nothing went wrong. */
  recovers(job: JobFolder): Promise<void>;
  model(): string;
}

export function databaseOf(job: JobFolder): string {
  return join(job.folder, 'data', 'monitor.db');
}

/** Jobs that are cleaned up after each test, and what an undisturbed one comes to. */
export function troubleWorld(): TroubleWorld {
  let models: string;
  let tiny: string;
  let expected: Outcome;
  const jobs: JobFolder[] = [];
  const start = (settings: Record<string, unknown> = {}): JobFolder => {
    const job = makeJobFolder({
      model: { use: tiny, workers: 1 },
      brands: { acme: { name: 'Acme Air', team: 'care', alerts: [{ below: 1, min_posts: 10 }] } },
      teams: { care: { to: ['care@acme.example'] } },
      ...settings,
    });
    jobs.push(job);
    job.drop('posts.csv', exportText());
    return job;
  };
  const outcome = (job: JobFolder): Outcome => {
    const { deliveries, files, ...tables } = job.dump();
    const told = { deliveries: (deliveries ?? []).map(withoutAttempts), files: (files ?? []).map(withoutDay) };
    return { tables: { ...tables, ...told }, ...filesOf(job) };
  };
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    tiny = await makeTinyModel(models);
    // Some runs are those of another user.
    chmodSync(models, 0o755);
    const job = start();
    await job.nightly(MORNING);
    expected = outcome(job);
  });
  afterEach(() => {
    for (const job of jobs.splice(0)) job.remove();
  });
  afterAll(() => rmSync(models, { recursive: true, force: true }));
  const recovers = async (job: JobFolder): Promise<void> => {
    expect((await job.nightly(MORNING)).outcome).toBe('ok');
    expect(outcome(job)).toEqual(expected);
  };
  return { start, outcome, recovers, undisturbed: () => expected, model: () => tiny };
}

function filesOf(job: JobFolder): Pick<Outcome, 'reports' | 'outbox'> {
  return { reports: job.files('reports'), outbox: Object.keys(job.files('outbox')) };
}

/** A run of another process goes by the real clock. */
function withoutDay(row: unknown): unknown {
  return { ...(row as object), begun_day: 0 };
}

function withoutAttempts(row: unknown): unknown {
  return { ...(row as object), attempts: 0 };
}

/** Long texts, so that a database of a few hundred posts fills more than a few pages. */
function exportText(): string {
  const rows = ['2026-10-01', '2026-10-02', '2026-10-03'].flatMap((day) =>
    Array.from(
      { length: 200 },
      (_, index) =>
        `${day}T1${index % 10}:00:00Z,${`my flight is late ${day} ${index} `.repeat(12).trim()},user ${index},acme`,
    ),
  );
  return `created_at,text,user_id,brand\n${rows.join('\n')}\n`;
}
