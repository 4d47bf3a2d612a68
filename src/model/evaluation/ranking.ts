import type { Sample } from './sample.ts';

/** The rows of a sample from the most to the least probable of one class. */
export interface Ranking {
  readonly order: Uint32Array;
  /** By place in the order: whether the row is of the class, and whether the next row is less probable. */
  readonly flags: Uint8Array;
}

const IS_OF_CLASS = 1;
const ENDS_TIE = 2;

export function rankingOf(sample: Sample, place: number): Ranking {
  const { rows, classes, probabilities, actual } = sample;
  const scores = Float64Array.from({ length: rows }, (_, row) => probabilities[classes.length * row + place] ?? 0);
  const order = Uint32Array.from(scores.keys()).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const flags = new Uint8Array(rows);
  for (let at = 0; at < rows; at += 1) {
    const row = order[at] ?? 0;
    const next = at + 1 < rows ? scores[order[at + 1] ?? 0] : undefined;
    flags[at] = (actual[row] === place ? IS_OF_CLASS : 0) + (next === scores[row] ? 0 : ENDS_TIE);
  }
  return { order, flags };
}

/** Areas of a ranking; NaN where there are no rows of the class, or (rocAuc) no others. */
interface Areas {
  /** The chance that a row of the class ranks above one of another class, ties counting half (Hanley and McNeil, Radiology 143, 1982). */
  readonly rocAuc: number;
  /** Mean precision over the rows of the class, without interpolation: Σ (R_k − R_{k−1}) · P_k over the distinct probabilities. */
  readonly averagePrecision: number;
}

/** One pass over the ranking, each row counting as often as its weight says. */
export function areasOf({ order, flags }: Ranking, weights: Uint16Array): Areas {
  let hits = 0;
  let others = 0;
  let hitsBefore = 0;
  let othersBefore = 0;
  let area = 0;
  let precision = 0;
  for (let at = 0; at < order.length; at += 1) {
    const weight = weights[order[at] as number] as number;
    const flag = flags[at] as number;
    if ((flag & IS_OF_CLASS) !== 0) hits += weight;
    else others += weight;
    if ((flag & ENDS_TIE) === 0) continue;
    area += ((others - othersBefore) * (hits + hitsBefore)) / 2;
    if (hits > hitsBefore) precision += ((hits - hitsBefore) * hits) / (hits + others);
    hitsBefore = hits;
    othersBefore = others;
  }
  return { rocAuc: area / (hits * others), averagePrecision: precision / hits };
}

/** Steps of recall at which a curve is drawn. */
const CURVE_STEPS = 100;

/**
 * Precision and recall as the threshold on the probability falls, at each hundredth of recall that is reached: at most 101
 * pairs, by growing recall. Empty without rows of the class.
 */
export function precisionRecall({ order, flags }: Ranking): (readonly [recall: number, precision: number])[] {
  let total = 0;
  for (const flag of flags) total += flag & IS_OF_CLASS;
  const points: (readonly [number, number])[] = [];
  let hits = 0;
  let step = 0;
  for (let at = 0; at < order.length && total > 0; at += 1) {
    const flag = flags[at] ?? 0;
    hits += flag & IS_OF_CLASS;
    if ((flag & ENDS_TIE) === 0 || hits * CURVE_STEPS < step * total) continue;
    points.push([hits / total, hits / (at + 1)]);
    step = Math.floor((hits * CURVE_STEPS) / total) + 1;
    if (step > CURVE_STEPS) break;
  }
  return points;
}
