import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dailyFigures, loadConfig, MonitorError, openPredictor, version } from '../src/index.ts';
import { type JobFolder, makeJobFolder } from './support/job.ts';
import { makeTinyModel } from './support/tiny-model.ts';

let folder: string;
let model: string;
let job: JobFolder;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-library-'));
  model = await makeTinyModel(folder);
  job = makeJobFolder({
    model: { use: model },
    brands: { acme: { alerts: [{ below: 1, min_posts: 1 }] }, bolt: { alerts: [] } },
  });
});
afterAll(() => {
  job.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('what other programs import', () => {
  it('gives the daily figures of a database, brand by brand', async () => {
    const config = loadConfig(job.configFile);
    await expect(dailyFigures(config)).rejects.toMatchObject({ code: 'E_USAGE', message: 'There is no database yet.' });
    job.drop(
      'posts.csv',
      'id,created_at,text,user_id,brand\n1,2026-03-01T12:00:00Z,good app,a,bolt\n2,2026-03-01T12:00:00Z,bad app,b,acme\n3,2026-03-02T12:00:00Z,late,c,acme\n',
    );
    await job.nightly('2026-03-03', { reports: false });

    const all = await dailyFigures(config);
    expect(all.map(({ brand, day, total, users, firing }) => [brand, day, total, users, firing])).toEqual([
      ['acme', '2026-03-01', 1, 1, true],
      ['acme', '2026-03-02', 1, 1, true],
      ['bolt', '2026-03-01', 1, 1, null],
    ]);
    expect(all[1]?.average?.value).toBeCloseTo(((all[0]?.meanPos.value ?? 0) + (all[1]?.meanPos.value ?? 0)) / 2, 6);
    expect(await dailyFigures(config, { brand: 'acme', from: '2026-03-02', to: '2026-03-02' })).toEqual([all[1]]);
    await expect(dailyFigures(config, { from: 'soon' })).rejects.toBeInstanceOf(MonitorError);
  });

  it('lets a model read texts', async () => {
    const predictor = await openPredictor(model);
    const [first, second] = await predictor.predict(['the great app', 'worst coffee']);
    await predictor.close();
    expect(predictor.model).toBe('tiny');
    expect(first?.score).toBeGreaterThan(0);
    expect(first?.score).not.toBe(second?.score);
    await expect(openPredictor('nobody')).rejects.toMatchObject({ code: 'E_MODEL_MISSING' });
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });
});
