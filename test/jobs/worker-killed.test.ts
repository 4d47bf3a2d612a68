import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aggregateSeries, scoreSeries } from '../../jobs/series.ts';
import type { Progress } from '../../src/context.ts';
import { ingest } from '../../src/ingest/stage.ts';
import { TEXTS_PER_PAGE } from '../../src/model/pages.ts';
import { makeJobFolder } from '../support/job.ts';
import { workers } from '../support/processes.ts';
import { silentProgress } from '../support/silent.ts';
import { makeTinyModel, WORDS } from '../support/tiny-model.ts';

/** Three pages, the last a short one. The worker has the second one when the first is saved. */
const POSTS = 2 * TEXTS_PER_PAGE + 300;

const folder = mkdtempSync(join(tmpdir(), 'monitor-worker-killed-'));
let model: string;
beforeAll(async () => {
  model = await makeTinyModel(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function csv(): string {
  const rows = Array.from({ length: POSTS }, (_, n) => {
    const words = Array.from({ length: 1 + (n % 40) }, (_word, at) => WORDS[(n * 7 + at * at) % WORDS.length]);
    return `${n},2026-10-${String(1 + (n % 5)).padStart(2, '0')}T12:00:00Z,acme ${words.join(' ')} ${n},u${n % 300}`;
  });
  return `id,created_at,text,user_id\n${rows.join('\n')}\n`;
}

/** Every table after the stages up to the daily figures, and the scoring processes there were at the end. */
async function databaseAfter(progress: Progress): Promise<{ tables: Record<string, unknown[]>; atEnd: number[] }> {
  const settings = {
    time_zone: 'Europe/Berlin',
    model: { use: model, workers: 1, engine: 'onnx' },
    brands: { acme: { match: { any: ['acme'] } } },
  };
  const job = makeJobFolder(settings, 'in processes');
  try {
    job.drop('posts.csv', csv());
    const atEnd = await job.session(async (session) => {
      await ingest(session);
      expect(await scoreSeries({ ...session, progress })).toEqual({ texts: POSTS });
      const scoring = workers();
      await aggregateSeries(session);
      return scoring;
    });
    return { tables: job.dump(), atEnd };
  } finally {
    job.remove();
  }
}

it.runIf(existsSync('/proc/self/stat'))(
  'a scoring process that is killed in the middle leaves the database of an undisturbed run',
  { timeout: 300_000 },
  async () => {
    const undisturbed = await databaseAfter(silentProgress);
    const killed: number[] = [];
    const disturbed = await databaseAfter({
      ...silentProgress,
      advance: () => {
        if (killed.length > 0) return;
        killed.push(...workers());
        for (const pid of killed) process.kill(pid, 'SIGKILL');
      },
    });
    expect(killed).toHaveLength(1);
    // Work was left over, and another process did it.
    expect(disturbed.atEnd).toHaveLength(1);
    expect(disturbed.atEnd).not.toEqual(killed);
    expect(undisturbed.tables['scores']).toHaveLength(POSTS);
    expect(undisturbed.tables['day_stats']?.length).toBeGreaterThan(0);
    expect(disturbed.tables).toEqual(undisturbed.tables);
  },
);
