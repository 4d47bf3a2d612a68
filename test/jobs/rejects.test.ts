import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { monitorInProcess } from '../support/cli-in-process.ts';
import { type JobFolder, makeJobFolder } from '../support/job.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

let models: string;
let model: string;
let job: JobFolder;
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  model = await makeTinyModel(models);
});
afterAll(() => rmSync(models, { recursive: true, force: true }));
beforeEach(() => {
  job = makeJobFolder({
    model: { use: model, workers: 1 },
    brands: { acme: { match: { any: ['acme'] } } },
    owner: ['owner@acme.example'],
    reject_limit: 0.4,
  });
});
afterEach(() => job.remove());

const HEADER = 'created_at,text,user_id\n';
const good = '2026-10-30T08:00:00Z,acme is good,anna\n';

describe('too many rejects', () => {
  it('mark the run and mail the owner once for the same files', async () => {
    job.drop('a.csv', `${HEADER}${good}never,acme,=1+1\n`);
    const run = await job.nightly('2026-10-31');
    expect(run).toMatchObject({
      outcome: 'rejected_input',
      rejects: { sources: [{ source: 'inbox', rows: 2, rejected: 1, failed: 0, files: [{ name: 'a.csv' }] }] },
      deliver: { sent: [{ to: ['owner@acme.example'], subject: "[monitor] inbox: rows that can't be used" }] },
    });
    const again = await job.nightly('2026-11-01');
    expect(again).toMatchObject({ outcome: 'ok', rejects: { sources: [] }, deliver: { sent: [] } });
    job.drop('b.csv', `${HEADER}${good.repeat(3)}never,acme,carl\n`);
    expect(await job.nightly('2026-11-01')).toMatchObject({ rejects: { sources: [] }, deliver: { sent: [] } });
    job.drop('c.csv', 'when,what\n');
    expect(await job.nightly('2026-11-01')).toMatchObject({ rejects: { sources: [{ failed: 1 }] } });
  });

  it('can be listed, exported without live formulas, and read again', async () => {
    job.drop('a.csv', `${HEADER}${good}${good.replace('2026', '2027').replace('acme', '=cmd|acme')}=x,acme,\n`);
    job.drop('b.csv', 'when,what\n2026-10-30,acme\n');
    await job.nightly('2026-10-31');
    const config = ['--config', job.configFile];
    const listed = await monitorInProcess('rejects', 'list', ...config, '--code', 'R_DATE', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([{ file: 'a.csv', row: 3, line: 4, raw: '=x,acme,' }]);
    expect((await monitorInProcess('rejects', 'list', ...config)).stdout).toMatch(
      /source +file +row +line +code +reason/,
    );
    const file = join(job.folder, 'rejects.csv');
    expect((await monitorInProcess('rejects', 'export', file, ...config)).stdout).toContain('3 rejected rows');
    const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
    expect(rows.map(({ code, raw }) => [code, raw])).toContainEqual(['R_DATE', "'=x,acme,"]);

    // What is wrong today may be right another day; here it is the clock that went on.
    const retried = await job.retry({ now: Date.parse('2027-11-01T00:00:00Z') });
    expect(retried).toEqual({ rows: 2, stored: 1, duplicates: 0, rejected: 1, withoutContent: 0, reopened: 1 });
    const { files, rejects } = job.dump();
    expect(files).toMatchObject([
      { rows: 3, stored: 2, rejected: 1, state: 'read' },
      { rows: 0, state: 'reading' },
    ]);
    expect(rejects).toMatchObject([{ row: 3 }]);
    expect(await job.retry({ now: Date.parse('2027-11-01T00:00:00Z') })).toMatchObject({ rows: 1, stored: 0 });
    expect(await job.nightly('2026-11-01')).toMatchObject({ ingest: { failed: 1 }, score: { texts: 1 } });
  });
});
