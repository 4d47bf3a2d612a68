import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monitorInProcess } from '../support/cli-in-process.ts';

let folder: string;
const home = process.cwd();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-check-'));
  writeFileSync(join(folder, 'good.csv'), 'Date;Full Text;Author\n31/03/2026 9:05;It’s great;anna\n');
  writeFileSync(join(folder, 'asks.csv'), 'Date;Full Text;Author\n1/03/2026 9:05;It’s great;anna\n');
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

describe('monitor ingest --check', () => {
  it('needs no settings, tells how a file would be read, and writes nothing', async () => {
    const before = readdirSync(folder);
    const check = await monitorInProcess('ingest', '--check', 'good.csv');
    expect(check.code, check.stderr).toBe(0);
    expect(check.stdout).toMatch(
      /semicolon[\s\S]*text +"Full Text"[\s\S]*day before month[\s\S]*1 are posts[\s\S]*It’s great/,
    );
    expect(readdirSync(folder)).toEqual(before);
  });

  it('exits 3 with what is to be set when a file can not be read', async () => {
    const check = await monitorInProcess('ingest', '--check', 'asks.csv', '--source', 'acme', '--json');
    expect(check.code).toBe(3);
    expect(JSON.parse(check.stdout)).toMatchObject({
      problem: { code: 'R_DATE_ORDER', reason: expect.stringContaining('sources.acme.date_order') },
    });
  });

  it('is what --source goes with', async () => {
    const check = await monitorInProcess('ingest', '--source', 'acme');
    expect(check).toMatchObject({ code: 2, stderr: expect.stringContaining('--check') });
  });
});
