import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { studentQuantile } from '../../src/aggregate/student.ts';
import { NORMAL_95, wilsonInterval } from '../../src/aggregate/wilson.ts';

describe('Wilson’s interval', () => {
  it('ends where the share seen is as far off as the quantile says', () => {
    const inner = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(inner, fc.double({ min: 1, max: 1e5, noNaN: true }), (share, size) => {
        for (const quantile of [NORMAL_95, 1.2])
          for (const end of wilsonInterval(share, size, quantile))
            expect((end - share) ** 2).toBeCloseTo((quantile ** 2 * end * (1 - end)) / size, 9);
        const [low, high] = wilsonInterval(share, size);
        expect(low).toBeLessThan(share);
        expect(high).toBeGreaterThan(share);
      }),
    );
    expect(wilsonInterval(0, 10)[0]).toBe(0);
    expect(wilsonInterval(1, 10)[1]).toBe(1);
  });
});

describe('Student’s quantile', () => {
  /** P(|T| ≤ t) by Simpson's rule on cos^(ν − 1), which the substitution t = √ν · tan θ makes of the density. */
  function within(t: number, degrees: number): number {
    const area = (end: number) => {
      const steps = 4000;
      let sum = 0;
      for (let step = 0; step <= steps; step += 1)
        sum += (step % steps === 0 ? 1 : 2 + 2 * (step % 2)) * Math.cos((end * step) / steps) ** (degrees - 1);
      return (end * sum) / steps / 3;
    };
    return area(Math.atan(t / Math.sqrt(degrees))) / area(Math.PI / 2);
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 30, 199, 200, 201, 202, 3_000])('of %i degrees holds what it says', (degrees) => {
    for (const probability of [0.6, 0.9, 0.95, 0.975, 0.995])
      expect(within(studentQuantile(probability, degrees), degrees)).toBeCloseTo(2 * probability - 1, 9);
  });
});
