import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

  it('counts a large export to its end, though it looks only through the first rows', async () => {
    const row = (n: number) => `${n},2026-0${n < 50_500 ? 1 : 2}-01T12:00:00Z,so good ${n % 50},acme`;
    writeFileSync('large.csv', `id,date,text,brand\n${Array.from({ length: 51_000 }, (_, n) => row(n)).join('\n')}\n`);
    const { code, stdout, stderr } = await monitorInProcess('init', 'large.csv', '--yes');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('51000 posts from 2026-01-01 to 2026-02-01');
    expect(stdout).toContain('monitor backfill --from 2026-01-01 --to 2026-02-01');
  });
});
