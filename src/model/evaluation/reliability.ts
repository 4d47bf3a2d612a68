import { wilsonInterval } from '../../aggregate/wilson.ts';
import type { Sample } from './sample.ts';

/** Equal parts of the confidences from 0 to 1. */
export const BINS = 15;

/** The confidence of each row (its largest probability), which part it lies in, and whether that class is right. */
export interface Confidences {
  readonly confidence: Float64Array;
  readonly bin: Uint8Array;
  readonly right: Uint8Array;
}

/** Of equal probabilities the more cautious class is the top one, as posts are classified: neutral before negative before positive. */
export function confidencesOf({ rows, classes, probabilities, actual }: Sample): Confidences {
  const confidence = new Float64Array(rows);
  const bin = new Uint8Array(rows);
  const right = new Uint8Array(rows);
  const size = classes.length;
  const cautious = size === 3 ? [1, 0, 2] : [0, 1];
  for (let row = 0; row < rows; row += 1) {
    let top = cautious[0] ?? 0;
    for (const place of cautious)
      if ((probabilities[size * row + place] ?? 0) > (probabilities[size * row + top] ?? 0)) top = place;
    const value = probabilities[size * row + top] ?? 0;
    confidence[row] = value;
    bin[row] = Math.min(BINS - 1, Math.floor(value * BINS));
    right[row] = actual[row] === top ? 1 : 0;
  }
  return { confidence, bin, right };
}

/** Rows of similar confidence: how sure the model was on average, and how often it was right. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly confidence: number;
  readonly accuracy: number;
  /** Wilson's 95 % interval of the accuracy. */
  readonly interval: readonly [low: number, high: number];
}

/** The bins that have rows, by growing confidence. */
export function reliabilityOf(sample: Sample): ReliabilityBin[] {
  const { confidence, bin, right } = confidencesOf(sample);
  const sums = Array.from({ length: BINS }, () => ({ rows: 0, confidence: 0, right: 0 }));
  for (const [row, value] of confidence.entries()) {
    const sum = sums[bin[row] ?? 0];
    if (sum === undefined) continue;
    sum.rows += 1;
    sum.confidence += value;
    sum.right += right[row] ?? 0;
  }
  return sums.flatMap(({ rows, confidence: total, right: hits }, index) =>
    rows === 0
      ? []
      : [
          {
            from: index / BINS,
            to: (index + 1) / BINS,
            rows,
            confidence: total / rows,
            accuracy: hits / rows,
            interval: wilsonInterval(hits / rows, rows),
          },
        ],
  );
}
