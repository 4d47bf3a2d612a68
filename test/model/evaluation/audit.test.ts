import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDraw } from '../../../src/audit/draw.ts';
import {
  type AuditedPost,
  auditFigures,
  comparePaired,
  positiveRates,
  ratesOfBrand,
  wilson,
} from '../../../src/model/evaluation/audit.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../../../src/model/spec.ts';
import { randomOf } from '../../../src/model/training/random.ts';

const options = { resamples: 200, seed: 1, signal: new AbortController().signal };
const CLASSES = ['negative', 'neutral', 'positive'] as const;

/** A post whose model is right in 7 of 10 cases, and sure of itself. */
function postOf(random: () => number): AuditedPost {
  const label = CLASSES[Math.floor(random() ** 1.5 * 3)] ?? 'negative';
  const predicted = random() < 0.7 ? label : (CLASSES[Math.floor(random() * 3)] ?? 'neutral');
  const p = { negative: [0.8, 0.05], neutral: [0.15, 0.15], positive: [0.05, 0.8] }[predicted] as [number, number];
  return { label, predicted, pNegative: p[0], pPositive: p[1] };
}

it('draws every post equally often, and the smaller sample as the first of the larger', () => {
  const often = new Array<number>(20).fill(0);
  for (let seed = 0; seed < 2_000; seed += 1) {
    const [five, nine] = [createDraw(5, seed), createDraw(9, seed)];
    for (let postId = 0; postId < 20; postId += 1) for (const draw of [five, nine]) draw.add(postId + 1);
    const { postIds, population } = five.end();
    expect(population).toBe(20);
    expect(nine.end().postIds.slice(0, 5)).toEqual(postIds);
    for (const postId of postIds) often[postId - 1] = (often[postId - 1] ?? 0) + 1;
  }
  // 500 expected each; the chi-square of 19 degrees stays below 43.8 in all but a thousandth of cases.
  expect(often.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0)).toBeLessThan(43.8);
});

it('gives Wilson intervals, narrower as the sample nears all there is', () => {
  // Wilson 1927: 8 of 10.
  expect(wilson(8, 10).interval?.map((end) => end.toFixed(4))).toEqual(['0.4902', '0.9433']);
  expect(wilson(8, 10, 10)).toEqual({ value: 0.8, interval: [0.8, 0.8] });
  expect(wilson(0, 0)).toEqual({ value: 0, interval: null });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), fc.nat(5_000), (n, hits, more) => {
      const { value, interval } = wilson(Math.min(hits, n), n, n + more);
      const [low, high] = interval ?? [Number.NaN, Number.NaN];
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(high).toBeLessThanOrEqual(1);
    }),
  );
});

it('covers the true rate as often as it says, and the model narrows the interval', () => {
  let [covered, byLabels, width, widthOfLabels] = [0, 0, 0, 0];
  for (let trial = 0; trial < 400; trial += 1) {
    const random = randomOf(9, trial);
    const all = Array.from({ length: 1_000 }, () => postOf(random));
    const truth = all.filter(({ label }) => label === 'positive').length / all.length;
    const population = {
      posts: all.length,
      positives: all.filter(({ predicted }) => predicted === 'positive').length,
      meanPPositive: all.reduce((sum, { pPositive }) => sum + pPositive, 0) / all.length,
    };
    const rates = positiveRates(all.slice(0, 150), population, all.length);
    const inside = (interval: readonly [number, number] | null | undefined) =>
      interval ? interval[0] <= truth && truth <= interval[1] : false;
    if (inside(rates.corrected?.interval)) covered += 1;
    if (inside(rates.labelled.interval)) byLabels += 1;
    width += (rates.corrected?.interval?.[1] ?? 1) - (rates.corrected?.interval?.[0] ?? 0);
    widthOfLabels += (rates.labelled.interval?.[1] ?? 1) - (rates.labelled.interval?.[0] ?? 0);
  }
  for (const often of [covered, byLabels]) {
    expect(often / 400).toBeGreaterThan(0.92);
    expect(often / 400).toBeLessThan(0.985);
  }
  expect(width).toBeLessThan(0.85 * widthOfLabels);
});

it('measures, compares and gives what corrects a rate', async () => {
  const random = randomOf(4);
  const posts = Array.from({ length: 300 }, () => postOf(random));
  const figures = await auditFigures(THREE_CLASSES, posts, 10_000, options);
  const right = posts.filter(({ label, predicted }) => label === predicted).length;
  expect(figures).toMatchObject({ rows: 300, accuracy: { value: right / 300 } });
  const [low = 1, high = 0] = figures.macro_recall.interval ?? [];
  expect([low < figures.macro_recall.value, high > figures.macro_recall.value, high - low < 0.15]).toEqual([
    ...[true, true, true],
  ]);

  const perfect = posts.map((post) => ({ ...post, predicted: post.label }));
  const paired = await comparePaired(
    THREE_CLASSES,
    posts.map((post, index) => [post, perfect[index] ?? post] as const),
    options,
  );
  expect(paired).toMatchObject({ rows: 300, only: [0, 300 - right], accuracy: [right / 300, 1] });
  expect(paired.p).toBeLessThan(1e-9);
  expect(paired.macro_recall_gain.value).toBeCloseTo(1 - figures.macro_recall.value, 12);
  // A model of three classes against one of two: what it calls neutral is a miss.
  const missed = posts.slice(0, 1).map((post) => ({ ...post, label: 'positive', predicted: 'neutral' }) as const);
  const hit = missed.map((post) => ({ ...post, predicted: 'positive' }) as const);
  const unlike = await comparePaired(
    TWO_CLASSES,
    missed.map((post, index) => [post, hit[index] ?? post] as const),
    options,
  );
  expect([unlike.only, unlike.macro_recall_gain.value]).toEqual([[0, 1], 1]);
  const same = await comparePaired(THREE_CLASSES, [], options);
  expect([same.p, same.rows, same.macro_recall_gain.interval]).toEqual([1, 0, null]);

  const rates = ratesOfBrand(THREE_CLASSES, posts);
  const positives = posts.filter(({ label }) => label === 'positive');
  expect(rates?.counts[2]).toBe(positives.length);
  expect(rates?.means[2]?.[1]).toBeCloseTo(
    positives.reduce((sum, { pPositive }) => sum + pPositive, 0) / positives.length,
    12,
  );
  expect(rates?.variances.every(([a, b, c]) => a > 0 && c > 0 && b ** 2 <= a * c)).toBe(true);
  expect(ratesOfBrand(THREE_CLASSES, positives)).toBeNull();

  // A model of two classes can't be asked about neutral posts, but they count in the rate.
  const polar = posts.map((post) => ({ ...post, predicted: post.pPositive >= 0.5 ? 'positive' : 'negative' }) as const);
  const two = await auditFigures(TWO_CLASSES, polar, 10_000, options);
  expect(two.rows).toBe(posts.filter(({ label }) => label !== 'neutral').length);
  expect(positiveRates(polar, null, 10_000)).toMatchObject({
    ...{ labelled: { value: positives.length / 300 }, corrected: null, counted: null },
  });
  expect((await auditFigures(THREE_CLASSES, [], 0, options)).accuracy).toEqual({ value: 0, interval: null });
});
