import { expect, it } from 'vitest';
import { readTwice } from '../../bench/read-twice.ts';
import { findModel } from '../../src/model/artifact.ts';
import { sampledDays } from '../../src/model/evaluation/sampled-days.ts';
import { describeShared, sharedPath } from '../support/shared.ts';

describeShared('an accurate model beside the one that ships', () => {
  it('is right as often as its makers saw, and a sample by it tells its count', async () => {
    const read = await readTwice(sharedPath('data', 'tweets', 'dev.csv.gz'), 'social', findModel('social-accurate'));
    const [, accurate] = read.models;
    process.stdout.write(`${JSON.stringify(read.models)}\n`);
    expect(Math.abs((accurate?.macroRecall ?? 0) - 0.75)).toBeLessThan(0.003);

    const { signal } = new AbortController();
    const result = await sampledDays({ ...read, size: 500, sample: 100, days: 2_000, seed: 1, signal });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    expect(result.ofAccurate.sampled).toBeLessThan(0.7 * result.ofAccurate.sampleAlone);
    expect(result.coverage).toBeGreaterThan(0.85);
    expect(result.coverage).toBeLessThan(0.95);
  });
});
