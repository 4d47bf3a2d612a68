import type { LinearSpec } from '../../network-spec.ts';
import type { LinearRows } from './objective.ts';

/**
 * The square of each feature's part of a text: 1, or its inverse document frequency log((1 + n) / (1 + texts with it)) + 1.
 * `<pad>` and `<unk>` have 1.
 */
export function squaresOf({ scale, vocabulary }: LinearSpec, sequences: readonly Int32Array[]): Float64Array {
  const squares = new Float64Array(vocabulary).fill(1);
  if (scale !== 'idf') return squares;
  const texts = new Float64Array(vocabulary);
  for (const ids of sequences) for (const id of ids) texts[id] = (texts[id] ?? 0) + 1;
  for (let id = 2; id < vocabulary; id += 1)
    squares[id] = (Math.log((1 + sequences.length) / (1 + (texts[id] ?? 0))) + 1) ** 2;
  return squares;
}

/** What each text's sum is multiplied by: 1, or what makes its parts a vector of length 1. */
export function scalesOf({ scale }: LinearSpec, sequences: readonly Int32Array[], squares: Float64Array): Float64Array {
  return Float64Array.from(sequences, (ids) => {
    if (scale === 'none') return 1;
    let sum = 0;
    for (const id of ids) sum += squares[id] ?? 0;
    return 1 / Math.sqrt(sum);
  });
}

/** What each weight is multiplied by, features × outputs: the feature's part, and its naive Bayes ratio where that is wanted. */
export function factorsOf(
  network: LinearSpec,
  rows: Pick<LinearRows, 'sequences' | 'labels'>,
  squares: Float64Array,
  weighting: 'none' | 'naive_bayes',
): Float64Array | undefined {
  if (weighting === 'none' && network.scale !== 'idf') return undefined;
  const ratios = weighting === 'naive_bayes' ? naiveBayesRatios(network, rows) : undefined;
  return Float64Array.from(
    { length: network.vocabulary * network.outputs },
    (_, at) => (ratios?.[at] ?? 1) * Math.sqrt(squares[Math.floor(at / network.outputs)] ?? 1),
  );
}

/**
 * For each feature and output, how much likelier the feature is in the class than in the others, as a logarithm, with one
 * text more of each added to the counts: log((p / Σp) / (q / Σq)).
 */
function naiveBayesRatios(
  { vocabulary, outputs }: LinearSpec,
  rows: Pick<LinearRows, 'sequences' | 'labels'>,
): Float64Array {
  const inside = new Float64Array(vocabulary * outputs).fill(1);
  const outside = new Float64Array(vocabulary * outputs).fill(1);
  for (const [row, ids] of rows.sequences.entries())
    for (let output = 0; output < outputs; output += 1) {
      const label = rows.labels[row] ?? 0;
      const counts = (outputs === 1 ? label === 1 : label === output) ? inside : outside;
      for (const id of ids) counts[id * outputs + output] = (counts[id * outputs + output] ?? 0) + 1;
    }
  const sums = [inside, outside].map((counts) =>
    Array.from({ length: outputs }, (_, output) => {
      let sum = 0;
      for (let at = output; at < counts.length; at += outputs) sum += counts[at] ?? 0;
      return sum;
    }),
  );
  return inside.map((count, at) => {
    const output = at % outputs;
    return Math.log(count / (sums[0]?.[output] ?? 1) / ((outside[at] ?? 1) / (sums[1]?.[output] ?? 1)));
  });
}
