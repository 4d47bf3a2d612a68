import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginRun, enterStage } from '../../db/runs.ts';
import { runLines } from '../../jobs/run-lines.ts';
import { readStatus } from '../../jobs/status.ts';
import { runDetails, runTable } from '../../src/cli/run-record.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let models: string;
let tiny: string;
let job: JobFolder;
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  tiny = await makeTinyModel(models);
});
afterAll(() => rmSync(models, { recursive: true, force: true }));
beforeEach(() => {
  job = makeJobFolder({ model: { use: tiny, workers: 1 } });
});
afterEach(() => job.remove());

async function look(folder: JobFolder) {
  const found = await readStatus(loadConfig(folder.configFile), async () => undefined);
  if (!found) throw new Error('no database');
  const { status } = found;
  return { status, lines: runLines(status.runs, status.lockedBy !== null) };
}

const EXPORT = 'created_at,text,user_id,brand\n2026-10-01T12:00:00Z,a good day,a,acme\nnever,bad,b,acme\n';

describe('status', () => {
  it('is nothing before the first run', async () => {
    expect(await readStatus(loadConfig(job.configFile), async () => 1)).toBeUndefined();
  });

  it('tells freshness, what is due and what each stage of a run did', async () => {
    job.drop('a.csv', EXPORT);
    const now = Date.now() + 60_000;
    await job.nightly('2026-10-02', { now });
    const { status, lines } = await look(job);
    expect(status).toMatchObject({
      ...{ lockedBy: null, model: { name: 'tiny' }, due: { files: 0, texts: 0, days: 0 }, newestNightMs: now },
      sources: [{ source: 'inbox', files: 1, newestPostMs: Date.parse('2026-10-01T12:00:00Z'), lastFileMs: now }],
    });
    expect(lines).toMatchObject([
      {
        ...{ kind: 'nightly', as_of: '2026-10-02', outcome: 'rejected_input', stage: null, error_code: null },
        ...{ model: 'tiny', program: expect.any(String), process: process.pid, host: expect.any(String) },
        config_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        stages: expect.arrayContaining([
          { stage: 'ingest', seconds: 0, counts: expect.objectContaining({ rows: 2, stored: 1, rejected: 1 }) },
          { stage: 'score', seconds: 0, counts: { texts: 1 } },
        ]),
      },
    ]);
    const [line] = lines;
    expect(line && runDetails(line)).toMatch(/score +0\.0 +texts 1/);

    job.drop('b.csv', EXPORT.replace('good', 'bad'));
    expect((await look(job)).status.due.files).toBe(1);
  });

  it('can be asked while a run is at work, and knows a killed run from one at work', async () => {
    await job.session(async ({ store }) => {
      const run = await store.transaction((tx) => beginRun(tx, { kind: 'nightly', asOf: 20_000, startedMs: 1 }));
      await store.transaction((tx) => enterStage(tx, run, 'score'));
      const { status, lines } = await look(job);
      expect(status.lockedBy).toContain(`process ${process.pid}`);
      expect(lines).toMatchObject([{ outcome: 'running', stage: 'score' }]);
      // Also in the middle of a transaction.
      await store.transaction(async (tx) => {
        await enterStage(tx, run, 'aggregate');
        expect((await look(job)).lines).toMatchObject([{ outcome: 'running', stage: 'score' }]);
      });
    });
    const { lines } = await look(job);
    expect(lines).toMatchObject([{ outcome: 'killed', stage: 'aggregate', finished: null }]);
    expect(runTable(lines)).toContain('killed in aggregate');
    // The next one to take the lock writes it down.
    const outcomes = await job.session(({ store }) => store.read.db.selectFrom('runs').select('outcome').execute());
    expect(outcomes).toEqual([{ outcome: 'killed' }]);
  });

  it('keeps with a run that failed where and why', async () => {
    job.drop('a.csv', EXPORT);
    mkdirSync(join(job.folder, 'data'));
    writeFileSync(join(job.folder, 'data', 'reports'), 'in the way');
    await expect(job.nightly('2026-10-02')).rejects.toMatchObject({ code: 'E_FILE' });
    const { lines } = await look(job);
    expect(lines).toMatchObject([
      { outcome: 'failed', stage: 'report', error_code: 'E_FILE', error_message: expect.stringMatching('folder') },
    ]);
    expect(runTable(lines)).toContain('E_FILE in report');
  });
});
