import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Meter, meterOf, placeOf } from '../../../src/model/evaluation/meter.ts';
import { areasOf, precisionRecall, rankingOf } from '../../../src/model/evaluation/ranking.ts';
import { reliabilityOf } from '../../../src/model/evaluation/reliability.ts';
import { sampleFrom } from './sample-support.ts';

/** Rows with coarse probabilities, so that many are equal, and how often each counts. */
const row = fc
  .record({
    actual: fc.nat(2),
    parts: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    weight: fc.nat(3),
  })
  .map(({ actual, parts, weight }) => {
    const sum = parts.reduce((total, part) => total + part, 0);
    return { actual, probabilities: parts.map((part) => part / sum), weight };
  });
const rows = fc.array(row, { minLength: 1, maxLength: 40 });
const repeated = <Row extends { weight: number }>(list: readonly Row[]) =>
  list.flatMap((item) => Array.from({ length: item.weight }, () => item));
const once = (meter: Meter, count: number) => meter(new Uint16Array(count).fill(1));

describe('areasOf', () => {
  it('has Mann and Whitney’s count for ROC-AUC, and precision at every row of the class for average precision', () => {
    fc.assert(
      fc.property(rows, fc.nat(2), (list, place) => {
        const weights = Uint16Array.from(list, ({ weight }) => weight);
        const { rocAuc, averagePrecision } = areasOf(rankingOf(sampleFrom(list), place), weights);
        const all = repeated(list).map(({ actual, probabilities }) => ({
          hit: actual === place,
          score: probabilities[place] ?? 0,
        }));
        const hits = all.filter(({ hit }) => hit);
        const others = all.filter(({ hit }) => !hit);
        let wins = 0;
        for (const a of hits) for (const b of others) wins += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
        // The precision of all that are at least as probable as this one.
        const precisions = hits.map(({ score }) => {
          const above = all.filter((other) => other.score >= score);
          return above.filter(({ hit }) => hit).length / above.length;
        });
        const mean = precisions.reduce((sum, precision) => sum + precision, 0) / hits.length;
        if (hits.length * others.length === 0) expect(rocAuc).toBeNaN();
        else expect(rocAuc).toBeCloseTo(wins / hits.length / others.length, 10);
        if (hits.length === 0) expect(averagePrecision).toBeNaN();
        else expect(averagePrecision).toBeCloseTo(mean, 10);
      }),
    );
  });

  it('gives scikit-learn’s example', () => {
    const scores = [0.1, 0.4, 0.35, 0.8];
    const sample = sampleFrom(
      scores.map((score, index) => ({ actual: index < 2 ? 0 : 1, probabilities: [1 - score, score] })),
    );
    const areas = areasOf(rankingOf(sample, 1), new Uint16Array(4).fill(1));
    expect(areas.rocAuc).toBeCloseTo(0.75, 12);
    expect(areas.averagePrecision).toBeCloseTo(0.8333333333, 9);
    expect(precisionRecall(rankingOf(sample, 1))).toEqual([
      [0.5, 1],
      [1, 2 / 3],
    ]);
  });
});

describe('meterOf', () => {
  it('counts a row of weight 2 as two rows, and one of weight 0 not at all', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const copies = repeated(list);
        fc.pre(copies.length > 0);
        const weighted = meterOf(sampleFrom(list))(Uint16Array.from(list, ({ weight }) => weight));
        const plain = once(meterOf(sampleFrom(copies)), copies.length);
        for (const [place, value] of plain.entries())
          if (Number.isNaN(value)) expect(weighted[place]).toBeNaN();
          else expect(weighted[place]).toBeCloseTo(value, 10);
      }),
    );
  });

  it('has calibration error, Brier score and log loss as they are defined', () => {
    const sample = sampleFrom([
      { actual: 2, probabilities: [0.1, 0.2, 0.7] },
      { actual: 1, probabilities: [0.1, 0.2, 0.7] },
      { actual: 0, probabilities: [0.5, 0.3, 0.2] },
    ]);
    const figures = once(meterOf(sample), 3);
    // Bin of 0.7: sure 0.7, right 0.5, two of three rows; bin of 0.5: right 1.
    expect(figures[placeOf('ece')]).toBeCloseTo((2 / 3) * 0.2 + (1 / 3) * 0.5, 12);
    expect(figures[placeOf('brier')]).toBeCloseTo((0.14 + 1.14 + 0.38) / 3, 12);
    expect(figures[placeOf('log_loss')]).toBeCloseTo(-(Math.log(0.7) + Math.log(0.2) + Math.log(0.5)) / 3, 12);
    expect(reliabilityOf(sample).map(({ rows: count, accuracy }) => [count, accuracy])).toEqual([
      [1, 1],
      [2, 0.5],
    ]);
  });

  it('measures two classes by the positive one, and is finite for a model that is sure and wrong', () => {
    const sample = sampleFrom([
      { actual: 1, probabilities: [0.2, 0.8] },
      { actual: 0, probabilities: [0.4, 0.6] },
      { actual: 0, probabilities: [0, 1] },
    ]);
    const figures = once(meterOf(sample), 3);
    expect(figures[placeOf('roc_auc')]).toBeCloseTo(0.5, 12);
    expect(figures[placeOf('average_precision')]).toBeCloseTo(0.5, 12);
    expect(figures[placeOf('brier')]).toBeCloseTo((0.04 + 0.36 + 1) / 3, 12);
    expect(figures[placeOf('log_loss')]).toBeLessThan(20);
  });
});
