import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../examples/world/random.ts';
import { compareDay, driftText, type InputDay, stabilityIndex } from '../../src/aggregate/drift.ts';
import { configSchema } from '../../src/config/schema.ts';

const LIMITS = configSchema.parse({}).drift;
const random = randomFrom(7);

/** A day of posts whose scores lean to one end by a power, with words of which a share is unknown. */
function dayOf(n: number, change: { lean?: number; unknown?: number; length?: number } = {}): InputDay {
  const { lean = 1, unknown = 0.08, length = 12 } = change;
  const histogram = new Array<number>(20).fill(0);
  for (let post = 0; post < n; post += 1) {
    const bin = Math.min(19, Math.floor(20 * random.next() ** lean));
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  const texts = Math.min(200, n);
  return { n, histogram, texts, tokens: texts * length, unknown: Math.round(texts * length * unknown) };
}

const weeks = (n: number) => Array.from({ length: 28 }, () => dayOf(n));

describe('a day’s input', () => {
  it.each([
    ['scores', { lean: 2.5 }],
    ['unknown_words', { unknown: 0.3 }],
    ['length', { length: 30 }],
  ] as const)('is unusual by its %s', (sign, change) => {
    const compared = compareDay(dayOf(400, change), weeks(400), LIMITS);
    expect(compared?.signs).toEqual([sign]);
    expect(compared && driftText(compared.signs, compared.measures)).toMatch(/usual/);
  });

  it('is unusual by its volume, also when nothing came', () => {
    expect(compareDay(dayOf(2_400), weeks(400), LIMITS)?.signs).toEqual(['volume']);
    expect(compareDay(dayOf(30), weeks(400), LIMITS)?.signs).toEqual(['volume']);
    const nothing = compareDay(dayOf(0), weeks(400), LIMITS);
    expect(nothing?.signs).toEqual(['volume']);
    expect(driftText(['volume'], nothing?.measures ?? expect.fail())).toBe('posts 0 (usually 400)');
  });

  it('is never unusual on a small brand, or before there are two weeks', () => {
    expect(compareDay(dayOf(60, { lean: 4 }), weeks(60), LIMITS)).toBeUndefined();
    expect(compareDay(dayOf(400, { lean: 4 }), weeks(400).slice(0, 13), LIMITS)).toBeUndefined();
  });

  it('has an index of nought against itself, and the formula’s value against another', () => {
    expect(stabilityIndex([50, 50], [50, 50])).toBe(0);
    const [a, b] = [(80 + 0.5) / 101, (50 + 0.5) / 101];
    const formula = (a - b) * Math.log(a / b) + (b - a) * Math.log((1 - a) / (1 - b));
    expect(stabilityIndex([80, 20], [50, 50])).toBeCloseTo(formula - 0.02, 12);
  });

  it('is not unusual by chance, whatever its number of posts', () => {
    for (const n of [200, 500, 5_000])
      for (let trial = 0; trial < 20; trial += 1) expect(compareDay(dayOf(n), weeks(n), LIMITS)?.signs).toEqual([]);
  });
});
