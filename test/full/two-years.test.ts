import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pool } from '../../src/model/pool.ts';
import { dayOf } from '../alerts/days.ts';
import { inProcessPool } from '../support/in-process-pool.ts';
import { simulateNights } from '../support/nights.ts';
import { makeTinyModel } from '../support/tiny-model.ts';

/** A zone's nights may take so long, of this machine's processor. */
const MOST_SECONDS = 120;

describe('two years of nights', () => {
  let models: string;
  let model: string;
  let pool: Pool;
  beforeAll(async () => {
    models = mkdtempSync(join(tmpdir(), 'monitor-model-'));
    model = await makeTinyModel(models);
    pool = await inProcessPool(model);
  });
  afterAll(() => rmSync(models, { recursive: true, force: true }));

  // An hour on Sunday morning, the same on other Sundays, and half an hour in the other half of the year.
  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])('in %s', async (zone) => {
    const before = process.cpuUsage();
    const startedMs = performance.now();
    const done = await simulateNights({ zone, model, pool, from: dayOf('2024-01-01'), to: dayOf('2025-12-31') });
    const { user, system } = process.cpuUsage(before);
    const cpuSeconds = (user + system) / 1e6;
    process.stdout.write(
      `${zone}: ${done.nights} nights, ${(done.secondsPerNight * 1000).toFixed(0)} ms a night, ${((performance.now() - startedMs) / 1000).toFixed(0)} s in all, ${cpuSeconds.toFixed(0)} s of processor; ${done.firing} of ${done.events} decisions firing\n`,
    );
    expect(done.nights).toBe(731);
    expect(cpuSeconds).toBeLessThan(MOST_SECONDS);
  });
});
