import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../examples/world/random.ts';
import {
  addDays,
  compareDay,
  DRIFT_SIGNS,
  driftText,
  type InputDay,
  stabilityIndex,
  usualPosts,
} from '../../src/aggregate/drift.ts';
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

/** A day of so many posts in one twentieth of the score each, with words in all. */
const plain = (n: number, change: Partial<InputDay> = {}): InputDay => ({
  ...{ n, histogram: new Array<number>(20).fill(n / 20), texts: 10, tokens: 100, unknown: 10 },
  ...change,
});

describe('a day against the weeks before', () => {
  const limits = { ...LIMITS, min_posts: 100, psi: 0.25, unknown_words: 0.125, length: 2, volume: 4 };
  const before = new Array<InputDay>(14).fill(plain(100));
  const signs = (day: InputDay, days = before) => compareDay(day, days, limits)?.signs;

  it('is measured in full', () => {
    const tokens = { texts: 10, tokens: 150, unknown: 30 };
    expect(compareDay(plain(100, tokens), before, limits)).toEqual({
      measures: {
        ...{ posts: 100, usual_posts: 100, psi: 0, unknown_words: 0.2, usual_unknown_words: 0.1 },
        ...{ length: 15, usual_length: 10 },
      },
      signs: [],
    });
    expect(signs(plain(100), before.slice(1))).toBeUndefined();
  });

  it('is unusual beyond its limits, not at them', () => {
    expect(signs(plain(400))).toEqual([]);
    expect(signs(plain(401))).toEqual(['volume']);
    expect(signs(plain(25))).toEqual([]);
    expect(signs(plain(24))).toEqual(['volume']);
    const words = [plain(100, { tokens: 1000, unknown: 0, texts: 100 })];
    const none = new Array<InputDay>(14).fill(words[0] ?? plain(100));
    expect(signs(plain(100, { tokens: 1000, texts: 100, unknown: 125 }), none)).toEqual([]);
    expect(signs(plain(100, { tokens: 1000, texts: 100, unknown: 126 }), none)).toEqual(['unknown_words']);
    expect(signs(plain(100, { tokens: 200, unknown: 20 }))).toEqual([]);
    expect(signs(plain(100, { tokens: 201, unknown: 20 }))).toEqual(['length']);
    expect(signs(plain(100, { tokens: 49, unknown: 5 }))).toEqual(['length']);
  });

  it('by its scores, where they are as far off as the limit, not further', () => {
    const half = plain(100, { histogram: [100, ...new Array<number>(19).fill(0)] });
    const psi = stabilityIndex(half.histogram, new Array<number>(20).fill(70));
    expect(compareDay(half, before, { ...limits, psi })?.signs).toEqual([]);
    expect(compareDay(half, before, { ...limits, psi: psi - 1e-9 })?.signs).toEqual(['scores']);
  });

  it('is measured by its posts alone where there are few, or no words', () => {
    const unknown = { unknown_words: null, usual_unknown_words: null, length: null, usual_length: null };
    const { measures, signs: few } = compareDay(plain(99), before, limits) ?? expect.fail();
    expect(measures).toEqual({ posts: 99, usual_posts: 100, psi: null, ...unknown });
    expect(few).toEqual([]);
    const wordless = { texts: 0, tokens: 0, unknown: 0 };
    expect(compareDay(plain(100, wordless), before, limits)).toMatchObject({ measures: unknown, signs: [] });
    const weeksWithout = new Array<InputDay>(14).fill(plain(100, wordless));
    expect(compareDay(plain(100), weeksWithout, limits)).toMatchObject({ measures: unknown, signs: [] });
  });

  it('usually has the posts of the middle day', () => {
    const counts = [9, 100, 20, 1000];
    expect(usualPosts(counts.map((n) => plain(n)))).toBe(100);
    expect(usualPosts([])).toBe(0);
    expect(addDays([plain(20), plain(40)])).toEqual(plain(60, { texts: 20, tokens: 200, unknown: 20 }));
  });

  it('is told in words', () => {
    const measures = {
      ...{ posts: 2310, usual_posts: 400.5, psi: 0.314, unknown_words: 0.31, usual_unknown_words: 0.08 },
      ...{ length: 30.04, usual_length: 12 },
    };
    expect(driftText([...DRIFT_SIGNS], measures)).toBe(
      'scores spread otherwise than usual (PSI 0.31), unknown words 31\u00a0% (usually 8\u00a0%), words in a post 30.0 (usually 12.0), posts 2,310 (usually 400.5)',
    );
  });
});

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
    const three = [
      [0.5, 0.2],
      [0.3, 0.3],
      [0.2, 0.5],
    ].map(([a = 0, b = 0]) => [(100 * a + 0.5) / 101.5, (200 * b + 0.5) / 201.5]);
    const sum = three.reduce((total, [a = 0, b = 0]) => total + (a - b) * Math.log(a / b), 0);
    expect(stabilityIndex([50, 30, 20], [40, 60, 100])).toBeCloseTo(sum - 2 * (1 / 100 + 1 / 200), 12);
    const [a, b] = [(80 + 0.5) / 101, (50 + 0.5) / 101];
    const formula = (a - b) * Math.log(a / b) + (b - a) * Math.log((1 - a) / (1 - b));
    expect(stabilityIndex([80, 20], [50, 50])).toBeCloseTo(formula - 0.02, 12);
  });

  it('is not unusual by chance, whatever its number of posts', () => {
    for (const n of [200, 500, 5_000])
      for (let trial = 0; trial < 20; trial += 1) expect(compareDay(dayOf(n), weeks(n), LIMITS)?.signs).toEqual([]);
  });
});
