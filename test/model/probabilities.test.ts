import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify, neutralOf, probabilitiesOf } from '../../src/model/probabilities.ts';

const logit = fc.float({ noNaN: true, noDefaultInfinity: true });

describe('probabilitiesOf', () => {
  it('is the sigmoid of one output', () => {
    const [negative, positive, ...more] = probabilitiesOf(Float32Array.of(0, Math.log(3), -100), 1);
    expect([negative, positive]).toEqual([0.5, 0.5]);
    expect(more[1]).toBeCloseTo(0.75, 7);
    expect(more[3]).toBeCloseTo(Math.exp(-100), 50);
  });

  it('is the softmax of three outputs', () => {
    const [negative, positive] = probabilitiesOf(Float32Array.of(Math.log(1), Math.log(2), Math.log(5)), 3);
    expect(negative).toBeCloseTo(1 / 8, 7);
    expect(positive).toBeCloseTo(5 / 8, 7);
  });

  it('never leaves [0, 1], and two classes leave exactly nothing for neutral', () => {
    fc.assert(
      fc.property(logit, logit, logit, (a, b, c) => {
        const two = probabilitiesOf(Float32Array.of(a), 1);
        const three = probabilitiesOf(Float32Array.of(a, b, c), 3);
        for (const p of [...two, ...three]) expect(p >= 0 && p <= 1).toBe(true);
        expect(neutralOf(two[0] ?? 1, two[1] ?? 1)).toBe(0);
        expect((three[0] ?? 1) + (three[1] ?? 1)).toBeLessThanOrEqual(1 + 1e-15);
      }),
    );
  });
});

describe('classify', () => {
  it('compares with the threshold where there are two classes', () => {
    const model = { spec: { labels: ['negative', 'positive'] as ['negative', 'positive'], threshold: 0.6 } };
    expect(classify(model, 0.41, 0.59)).toBe('negative');
    expect(classify(model, 0.4, 0.6)).toBe('positive');
  });

  it('takes the most probable of three, and neutral when in doubt', () => {
    const model = {
      spec: { labels: ['negative', 'neutral', 'positive'] as ['negative', 'neutral', 'positive'], threshold: 0.5 },
    };
    expect(classify(model, 0.5, 0.2)).toBe('negative');
    expect(classify(model, 0.2, 0.5)).toBe('positive');
    expect(classify(model, 0.2, 0.3)).toBe('neutral');
    expect(classify(model, 0.5, 0)).toBe('neutral');
    expect(classify(model, 0.5, 0.5)).toBe('negative');
  });
});
