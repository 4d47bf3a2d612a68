import type { Sample } from '../../../src/model/evaluation/sample.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../../../src/model/spec.ts';

/** A sample from rows of true class and probabilities; the most probable class is the predicted one. */
export function sampleFrom(rows: readonly { actual: number; probabilities: readonly number[] }[]): Sample {
  const classes = rows[0]?.probabilities.length === 2 ? TWO_CLASSES : THREE_CLASSES;
  return {
    classes,
    rows: rows.length,
    actual: Uint8Array.from(rows, ({ actual }) => actual),
    predicted: Uint8Array.from(rows, ({ probabilities }) => probabilities.indexOf(Math.max(...probabilities))),
    probabilities: Float64Array.from(rows.flatMap(({ probabilities }) => probabilities)),
  };
}
