import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { packageRoot } from '../../src/package.ts';
import { monitorInProcess } from '../support/cli-in-process.ts';

const SAMPLE = join(packageRoot, 'examples', 'inbox', 'posts_2026-09-01_2026-09-11.csv');

let home: string;
let folder: string;
beforeEach(() => {
  home = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'monitor-init-full-'));
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

describe('monitor init', () => {
  it('makes of the sample settings with which the first run works', async () => {
    const init = await monitorInProcess('init', SAMPLE, '--yes', '--time-zone', 'Europe/Berlin', '--json');
    expect(init.code, init.stderr).toBe(0);
    const made = JSON.parse(init.stdout) as {
      brands: { brand: string; posts: number; below: number }[];
      next: string[];
    };
    expect(made.brands.map(({ brand }) => brand)).toEqual(['pellimo', 'brindlecup', 'larkovia-air']);
    for (const { posts, below } of made.brands) {
      expect(posts).toBeGreaterThan(300);
      expect(below).toBeGreaterThan(0.4);
    }
    expect(made.next[0]).toBe('monitor backfill --from 2026-09-01 --to 2026-09-11');
    expect(loadConfig('monitor.yaml').brands['larkovia-air']?.alerts).toMatchObject([{ metric: 'mean_pos' }]);
    expect(readdirSync('inbox')).toEqual(['posts_2026-09-01_2026-09-11.csv']);

    const run = await monitorInProcess('run', '--as-of', '2026-09-12', '--json');
    expect(run.code, run.stderr).toBe(3);
    const { brands } = JSON.parse(run.stdout) as { brands: { brand: string; state: string }[] };
    expect(brands.map(({ state }) => state)).toEqual(['inactive', 'inactive', 'inactive']);
  });
});
