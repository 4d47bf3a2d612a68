import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../examples/world/random.ts';
import { packageRoot } from '../../src/package.ts';
import { startMonitor } from '../support/cli.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

const KILLS = 10;
const SAMPLE = join(packageRoot, 'examples', 'inbox');

describe('a job killed with SIGKILL', () => {
  let models: string;
  let undisturbed: JobFolder;
  let killed: JobFolder;

  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    const settings = {
      model: { use: await makeTinyModel(models), workers: 2 },
      brands: {
        'larkovia-air': {
          match: { any: ['larkovia'] },
          team: 'care',
          alerts: [{ below: 0.6, min_posts: 50 }],
        },
        brindlecup: { match: { any: ['brindlecup'] } },
        pellimo: { match: { any: ['pellimo'] } },
      },
      teams: { care: { to: ['care@acme.example'] } },
    };
    [undisturbed, killed] = [makeJobFolder(settings), makeJobFolder(settings)];
    for (const job of [undisturbed, killed])
      for (const name of readdirSync(SAMPLE)) copyFileSync(join(SAMPLE, name), join(job.folder, 'inbox', name));
  });
  afterAll(() => {
    undisturbed.remove();
    killed.remove();
    rmSync(models, { recursive: true, force: true });
  });

  const run = (job: JobFolder) => startMonitor(['run', '--as-of', '2026-10-01', '--config', job.configFile, '--json']);

  it(`at ${KILLS} random moments ends, when run again, where an undisturbed one ends`, {
    timeout: 240_000,
  }, async () => {
    const startedMs = performance.now();
    const plain = await run(undisturbed).ended;
    expect(plain.stderr).not.toContain('defect');
    expect(plain.code).toBe(3);
    const wholeMs = performance.now() - startedMs;

    const random = randomFrom(20_261_001);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, ended } = run(killed);
      // Starting the program takes about a third of a run of this size; kills there prove nothing.
      await wait(wholeMs * (0.3 + 0.6 * random.next()));
      child.kill('SIGKILL');
      await ended;
    }
    const last = await run(killed).ended;
    expect([0, 3]).toContain(last.code);
    expect(killed.dump()).toEqual(undisturbed.dump());
    expect(killed.files('reports')).toEqual(undisturbed.files('reports'));
    expect(Object.keys(killed.files('outbox'))).toEqual(Object.keys(undisturbed.files('outbox')));
    expect(Object.keys(killed.files('outbox'))).toHaveLength(1);
  });
});
