import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { databaseSettings } from '../support/own-database.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let folder: string;
let settings: string;
const alerts = (...args: string[]) => monitorInProcess('alerts', ...args, '--config', settings);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-alerts-cli-'));
  settings = join(folder, 'monitor.yaml');
  const [inbox, use] = [join(folder, 'inbox'), await makeTinyModel(folder)];
  const rule = { below: 1, min_posts: 2 };
  const brands = { acme: { team: 'care', match: { any: ['acme'] }, alerts: [rule] } };
  const teams = { care: { to: ['care@acme.example'] } };
  const data_dir = join(folder, 'data');
  const own = { data_dir, ...databaseSettings(data_dir), model: { use, workers: 1 } };
  writeFileSync(settings, stringify({ inbox, brands, teams, ...own }));
  mkdirSync(inbox);
  const rows = Array.from(
    { length: 12 },
    (_, index) => `2026-03-0${1 + (index % 3)}T23:5${index % 10}:00Z,acme is late,u${index}`,
  );
  writeFileSync(join(inbox, 'posts.csv'), ['created_at,text,user_id', ...rows, ''].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('monitor alerts', () => {
  it('says before the first run that there is nothing to look at', async () => {
    expect(await alerts('list')).toMatchObject({ code: 2, text: expect.stringContaining('There is no database yet') });
    expect(await alerts('deliver')).toMatchObject({ code: 0, text: expect.stringContaining('Nothing is due') });
  });

  it('lists, explains, takes an answer and sends a sample after one', { timeout: 60_000 }, async () => {
    const run = await monitorInProcess('run', '--as-of', '2026-03-04', '--config', settings);
    expect(run).toMatchObject({ code: 0, text: expect.stringContaining('.eml') });
    expect((await alerts('list')).text).toMatch(/acme\s+firing.*told/);
    expect((await alerts('explain', 'acme')).text).toContain('sent: the alert is new');
    expect((await alerts('explain', 'nobody')).code).toBe(2);
    expect(await alerts('feedback', '1', 'useful')).toMatchObject({ code: 0, text: expect.stringContaining('useful') });
    expect((await alerts('feedback', '99', 'useful')).code).toBe(2);
    expect((await alerts('precision')).text).toContain('100\u00a0%');
    expect((await alerts('simulate', '--brand', 'acme', '--from', '2026-03-01')).code).toBe(0);
    expect((await alerts('test', '--brand', 'acme')).text).toContain('[SAMPLE]');
  });

  it('takes a silence and ends it', async () => {
    const silence = ['silence', 'acme', '--until', '3d', '--comment', 'known'];
    expect((await alerts(...silence)).code).toBe(0);
    expect((await alerts('silences')).text).toContain('known');
    expect((await alerts('silences', '--end', '1')).code).toBe(0);
  });
});
