import { describe, expect, it } from 'vitest';
import { type ScoredPost, statsOf } from '../../src/aggregate/day-stats.ts';
import { estimateMean, estimatePositiveRate } from '../../src/aggregate/estimate.ts';
import { artificialPrevalence } from '../../src/model/evaluation/artificial-prevalence.ts';
import { sampledDays } from '../../src/model/evaluation/sampled-days.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../../src/model/spec.ts';
import { randomOf } from '../../src/model/training/random.ts';
import { ratesOf, simulated } from './simulated.ts';

const post = (pPositive: number, userId: string): ScoredPost => ({
  ...{ userId, pPositive, pNegative: 1 - pPositive, predicted: pPositive >= 0.5 ? 'positive' : 'negative' },
});

// Many days are drawn and looked at, which takes seconds.
describe('intervals hold the truth as often as they say', () => {
  it('covers the true mean of clustered posts about 95 times in 100', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const rounds = 600;
    let covered = 0;
    let rateCovered = 0;
    for (let round = 0; round < rounds; round += 1) {
      const list: ScoredPost[] = [];
      // Users have a mood of their own around 0.45 and write one to six posts.
      for (let user = 0; user < 60; user += 1) {
        const mood = 0.45 + 0.5 * (random() - 0.5);
        const count = 1 + Math.floor(random() * 6);
        for (let index = 0; index < count; index += 1) list.push(post(random() < mood ? 0.9 : 0.1, `user ${user}`));
      }
      const mean = estimateMean(statsOf(list));
      const rate = estimatePositiveRate(statsOf(list));
      const truth = 0.1 + 0.8 * 0.45;
      if (mean.low !== null && mean.high !== null && mean.low <= truth && truth <= mean.high) covered += 1;
      if (rate.low !== null && rate.high !== null && rate.low <= 0.45 && 0.45 <= rate.high) rateCovered += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.925);
    expect(covered / rounds).toBeLessThan(0.975);
    expect(rateCovered / rounds).toBeGreaterThan(0.925);
    expect(rateCovered / rounds).toBeLessThan(0.98);
  });

  it.each([2, 3] as const)(
    'a corrected rate of %i classes is near the truth, and its interval holds it about nine times in ten',
    async (classes) => {
      const rates = ratesOf(simulated(1_500, classes, 1), classes);
      const posts = simulated(1_500, classes, 2);
      const labels = classes === 2 ? [...TWO_CLASSES] : [...THREE_CLASSES];
      const { signal } = new AbortController();
      const result = await artificialPrevalence({
        ...{ posts, labels: labels as never, rates, size: 100, samples: 200, seed: 3, confidence: 0.9, signal },
      });
      expect(result.corrected.mae).toBeLessThan(0.6 * result.counted.mae);
      expect(result.coverage).toBeGreaterThan(0.85);
      expect(result.coverage).toBeLessThanOrEqual(0.97);
      expect(result.coverageOfSource).toBeGreaterThan(0.8);
      expect(result.coverageOfSource).toBeLessThanOrEqual(0.95);
    },
  );

  it('a sampled rate is nearer than the sample alone, and its interval holds as often as it says, where the models mostly agree', async () => {
    const random = randomOf(7, 0);
    const posts = Array.from({ length: 3_000 }, (_, index) => {
      const label = index % 2 === 0 ? 'positive' : 'negative';
      const lean = label === 'positive' ? 0.75 : 0.25;
      const pPositive = Math.min(1, Math.max(0, lean + (random() - 0.5) * 0.7));
      const accurate = random() < 0.02 ? pPositive < 0.5 : pPositive >= 0.5;
      const predicted = pPositive >= 0.5 ? ('positive' as const) : ('negative' as const);
      return { userId: null, pPositive, pNegative: 1 - pPositive, predicted, label, accurate };
    });
    const rates = {
      ...{
        counts: [1500, 1500],
        means: [
          [0.75, 0.25],
          [0.25, 0.75],
        ] as [number, number][],
      },
      variances: [
        [0.04, -0.04, 0.04],
        [0.04, -0.04, 0.04],
      ] as [number, number, number][],
    };
    const signal = new AbortController().signal;
    const labels = ['negative', 'positive'];
    const result = await sampledDays({ posts, labels, rates, size: 500, sample: 100, days: 300, seed: 1, signal });
    expect(result.ofAccurate.sampled).toBeLessThan(0.7 * result.ofAccurate.sampleAlone);
    expect(result.coverage).toBeGreaterThan(0.85);
    expect(result.coverage).toBeLessThan(0.95);
  });
});
