import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dayOf } from '../alerts/days.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { simulateNights } from '../support/nights.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

it('nights around both clock changes, with a summer in which the machine was off, end where one backfill ends', async () => {
  const models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
  const model = await makeTinyModel(models);
  const summer = { from: dayOf('2025-04-02'), to: dayOf('2025-10-21') };
  const done = await simulateNights({
    ...{ zone: 'Europe/Berlin', model, pool: await inProcessPool(model) },
    ...{ from: dayOf('2025-03-26'), to: dayOf('2025-10-29') },
    off: (day) => day > summer.from && day < summer.to,
  });
  expect(done.nights).toBe(17);
  expect(done.firing).toBeGreaterThan(5);
  expect(done.firing).toBeLessThan(done.events - 5);
  rmSync(models, { recursive: true, force: true });
});
