import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decisionWeights,
  fitCalibration,
  type LabelledProbabilities,
  thresholdOfBestF1,
} from '../../src/model/fit-calibration.ts';
import { calibrate, classify, probabilitiesOf } from '../../src/model/probabilities.ts';
import { type Applied, identityOf, modelSpecSchema, THREE_CLASSES, TWO_CLASSES } from '../../src/model/spec.ts';
import { randomOf } from '../../src/model/training/random.ts';
import { referenceNetwork, specOf } from './support.ts';

const three = (calibration?: Applied['calibration']) => ({
  spec: { labels: [...THREE_CLASSES] as Applied['labels'], ...(calibration && { calibration }) },
});
const two = (calibration: NonNullable<Applied['calibration']>) => ({
  spec: { labels: [...TWO_CLASSES] as Applied['labels'], calibration },
});
const logit = fc.double({ min: -20, max: 20, noNaN: true });

/** Texts whose classes are drawn by softmax(truth(logits)). */
function fold(classes: 2 | 3, rows: number, truth: (logits: number[]) => number[]): LabelledProbabilities {
  const random = randomOf(5);
  const logits = new Float32Array(rows * classes);
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const own = Array.from({ length: classes }, () => 4 * (random() + random() - 1));
    logits.set(own, row * classes);
    const weights = truth(own).map(Math.exp);
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
    return weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
  });
  return { probabilities: probabilitiesOf(logits, classes), labels, classes };
}

describe('calibrate', () => {
  it('changes nothing without a calibration, and nothing but the last digits with scale 1 and bias 0', () => {
    fc.assert(
      fc.property(logit, logit, logit, (a, b, c) => {
        const raw = probabilitiesOf(Float32Array.of(a, b, c), 3);
        expect(calibrate(three(), raw)).toBe(raw);
        const same = calibrate(three({ method: 'vector', scale: [1, 1, 1], bias: [0, 0, 0] }), raw);
        for (const [index, probability] of raw.entries()) expect(same[index]).toBeCloseTo(probability, 9);
      }),
    );
  });

  it('keeps the order of two-class probabilities, and keeps to [0, 1] at the ends', () => {
    const model = two({ method: 'vector', scale: [1.7, 1.7], bias: [0, -0.4] });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const [, low = 0] = calibrate(model, Float64Array.of(1 - Math.min(a, b), Math.min(a, b)));
        const [, high = 0] = calibrate(model, Float64Array.of(1 - Math.max(a, b), Math.max(a, b)));
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('fitCalibration', () => {
  it('finds the temperature and the vector that labels were drawn by', async () => {
    const sharp = fold(3, 8_000, (logits) => logits.map((own) => own / 2));
    const { scale } = await fitCalibration(sharp, 'temperature');
    expect(scale[0]).toBeCloseTo(0.5, 1);
    const vector = await fitCalibration(
      fold(3, 8_000, ([a = 0, b = 0, c = 0]) => [0.6 * a, b + 0.5, 0.8 * c]),
      'vector',
    );
    // Only differences of logits count, so the scales are known up to what log p subtracts of each.
    expect((vector.bias[1] ?? 0) - (vector.bias[0] ?? 0)).toBeGreaterThan(0.2);
    const platt = await fitCalibration(
      fold(2, 8_000, ([a = 0, b = 0]) => [0, 0.7 * (b - a) + 0.4]),
      'vector',
    );
    expect(platt.scale[0]).toBe(platt.scale[1]);
    expect(platt.scale[0]).toBeCloseTo(0.7, 1);
    expect((platt.bias[1] ?? 0) - (platt.bias[0] ?? 0)).toBeCloseTo(0.4, 1);
  });

  it('stays finite for a model without mistakes, and positive for one that is always wrong', async () => {
    const right: LabelledProbabilities = {
      probabilities: Float64Array.from({ length: 200 }, (_, at) => ((at >> 1) % 2 === at % 2 ? 0.9 : 0.1)),
      labels: Int32Array.from({ length: 100 }, (_, row) => row % 2),
      classes: 2,
    };
    for (const labels of [right.labels, right.labels.map((label) => 1 - label)]) {
      const { scale, bias } = await fitCalibration({ ...right, labels }, 'vector');
      for (const number of scale) expect(number).toBeGreaterThan(0);
      for (const number of [...scale, ...bias]) expect(Math.abs(number)).toBeLessThan(100);
    }
  });
});

describe('decisions', () => {
  it('take the threshold with the highest F1', () => {
    const positives = [0.1, 0.2, 0.3, 0.4, 0.8];
    const probabilities = Float64Array.from(positives.flatMap((positive) => [1 - positive, positive]));
    // Above 0.25 all three positives are found, with none wrong.
    expect(thresholdOfBestF1({ probabilities, labels: Int32Array.of(0, 0, 1, 1, 1), classes: 2 })).toBeCloseTo(0.25, 9);
  });

  it('weigh the classes for macro recall', async () => {
    const rare = fold(3, 3_000, ([a = 0, b = 0, c = 0]) => [a - 2, b, c]);
    const honest = calibrate(three(await fitCalibration(rare, 'vector')), rare.probabilities);
    const weights = decisionWeights(rare);
    const recall = (decision_weights?: number[]) => {
      const spec = { ...three().spec, threshold: 0.5, ...(decision_weights && { decision_weights }) };
      const [hits, all] = [
        [0, 0, 0],
        [0, 0, 0],
      ];
      for (const [row, label] of rare.labels.entries()) {
        const own = classify({ spec }, honest[2 * row] ?? 0, honest[2 * row + 1] ?? 0);
        all[label] = (all[label] ?? 0) + 1;
        if (own === THREE_CLASSES[label]) hits[label] = (hits[label] ?? 0) + 1;
      }
      return hits.reduce((sum, hit, index) => sum + hit / (all[index] ?? 1), 0) / 3;
    };
    expect(recall(weights)).toBeGreaterThan(recall() + 0.02);
  });
});

describe('a model’s name', () => {
  const spec = specOf(referenceNetwork('gru_1layer_bi_3out'));
  it('changes with its calibration, its network’s does not, and both stay without one', () => {
    const plain = identityOf(spec);
    expect(plain.modelSpec).toBe(`{"network_sha256":"${plain.networkSha256}","threshold":0.5}`);
    const calibrated = identityOf({ ...spec, calibration: { method: 'vector', scale: [1, 1, 1], bias: [0, 0, 0] } });
    expect(calibrated.networkSha256).toBe(plain.networkSha256);
    expect(calibrated.modelSha256).not.toBe(plain.modelSha256);
  });

  it('is not given to a calibration of other classes', () => {
    const calibration = { method: 'vector', scale: [1, 1], bias: [0, 0] };
    expect(modelSpecSchema.safeParse({ ...spec, calibration }).success).toBe(false);
    expect(modelSpecSchema.safeParse({ ...spec, calibration: { ...calibration, scale: [1, 0, 1] } }).success).toBe(
      false,
    );
  });
});
