import type { LinearSpec } from '../../network-spec.ts';
import type { Objective } from './minimise.ts';

/** Texts as the ids of their features, and the places of their classes. */
export interface LinearRows {
  readonly sequences: readonly Int32Array[];
  readonly labels: Int32Array;
  /** What each text's sum is multiplied by. */
  readonly scales: Float64Array;
}

export type LinearLoss = 'logistic' | 'squared_hinge';

/** Where the bias stands: behind all weights, which are features × outputs. */
export function biasAt({ vocabulary, outputs }: Pick<LinearSpec, 'vocabulary' | 'outputs'>): number {
  return vocabulary * outputs;
}

/**
 * The mean loss of the rows and half of `l2` times the weights' squares, the bias left out. Each weight is multiplied by its
 * factor; what is penalised are the weights before that.
 * Logistic: cross-entropy by sigmoid or softmax. Squared hinge: Σ max(0, 1 − y·m)², each class against the others.
 */
export function objectiveOf(
  network: LinearSpec,
  rows: LinearRows,
  loss: LinearLoss,
  l2: number,
  factors: Float64Array | undefined,
): Objective {
  const { outputs } = network;
  const bias = biasAt(network);
  const slopes = new Float64Array(outputs);
  return (point, gradient) => {
    const weights = effective(point, factors, bias);
    gradient.fill(0);
    let total = 0;
    for (const [row, ids] of rows.sequences.entries()) {
      const scale = rows.scales[row] ?? 1;
      const margins = marginsOf(weights, ids, scale, network, point);
      total += lossOf(loss, margins, rows.labels[row] ?? 0, slopes);
      for (let output = 0; output < outputs; output += 1) {
        const slope = slopes[output] ?? 0;
        if (slope === 0) continue;
        gradient[bias + output] = (gradient[bias + output] ?? 0) + slope;
        for (let place = 0; place < ids.length; place += 1) {
          const at = (ids[place] ?? 0) * outputs + output;
          gradient[at] = (gradient[at] ?? 0) + slope * scale;
        }
      }
    }
    const count = rows.sequences.length;
    let squares = 0;
    for (let at = 0; at < bias; at += 1) {
      const weight = point[at] ?? 0;
      squares += weight * weight;
      gradient[at] = ((gradient[at] ?? 0) * (factors?.[at] ?? 1)) / count + l2 * weight;
    }
    for (let at = bias; at < bias + outputs; at += 1) gradient[at] = (gradient[at] ?? 0) / count;
    return total / count + (l2 / 2) * squares;
  };
}

/** The weights that a text's features are summed by. */
export function effective(point: Float64Array, factors: Float64Array | undefined, bias: number): Float64Array {
  if (!factors) return point;
  const weights = new Float64Array(bias);
  for (let at = 0; at < bias; at += 1) weights[at] = (point[at] ?? 0) * (factors[at] ?? 0);
  return weights;
}

function marginsOf(
  weights: Float64Array,
  ids: Int32Array,
  scale: number,
  network: LinearSpec,
  point: Float64Array,
): number[] {
  const { outputs } = network;
  const bias = biasAt(network);
  return Array.from({ length: outputs }, (_, output) => {
    let sum = 0;
    for (let place = 0; place < ids.length; place += 1) sum += weights[(ids[place] ?? 0) * outputs + output] ?? 0;
    return sum * scale + (point[bias + output] ?? 0);
  });
}

/** All rows' margins one after the other: rows × outputs. */
export function logitsOf(
  network: LinearSpec,
  rows: LinearRows,
  weights: Float64Array,
  point: Float64Array,
): Float64Array {
  return Float64Array.from(
    rows.sequences.flatMap((ids, row) => marginsOf(weights, ids, rows.scales[row] ?? 1, network, point)),
  );
}

/** A row's loss, and into `slopes` its derivative by each margin. */
function lossOf(loss: LinearLoss, margins: readonly number[], label: number, slopes: Float64Array): number {
  if (loss === 'logistic' && margins.length > 1) {
    const largest = Math.max(...margins);
    const powers = margins.map((margin) => Math.exp(margin - largest));
    const sum = powers.reduce((all, power) => all + power, 0);
    for (const [output, power] of powers.entries()) slopes[output] = power / sum - (output === label ? 1 : 0);
    return Math.log(sum) + largest - (margins[label] ?? 0);
  }
  let total = 0;
  for (const [output, margin] of margins.entries()) {
    const side = (margins.length === 1 ? label === 1 : output === label) ? 1 : -1;
    if (loss === 'logistic') {
      const away = -side * margin;
      // log(1 + eˣ) in the form that never overflows.
      total += Math.max(away, 0) + Math.log1p(Math.exp(-Math.abs(away)));
      slopes[output] = -side / (1 + Math.exp(side * margin));
    } else {
      const missing = Math.max(0, 1 - side * margin);
      total += missing * missing;
      slopes[output] = -2 * side * missing;
    }
  }
  return total;
}
