import type { Progress } from '../../context.ts';
import { classProbabilities } from '../fit-calibration.ts';
import { classesOf, type LinearSpec, type Outputs } from '../network-spec.ts';
import { bucketsOf, ngramsIn } from '../ngrams.ts';
import type { Weights } from './initial-weights.ts';
import { fitLinear } from './linear/fit-linear.ts';
import { minimise } from './linear/minimise.ts';
import { biasAt, effective, type LinearRows, logitsOf } from './linear/objective.ts';
import { factorsOf, squaresOf } from './linear/weighting.ts';
import type { Recipe } from './recipe.ts';
import type { Rows, Trainer } from './trainer.ts';

interface WideBranch {
  /** Buckets × outputs. */
  readonly weight: Float64Array;
  readonly bias: Float64Array;
  /** The branch's logits of texts as word ids, rows × outputs. */
  readonly logits: (sequences: readonly Int32Array[]) => Float64Array;
}

/**
 * The wide branch as a linear model of its own, on the word ids that the network reads: trained together with a recurrent network
 * it learns the training texts by heart and leaves the network nothing to learn, fitted alone it errs in other places.
 */
export async function wideBranchOf(
  { network: { wide }, wide_branch: fit }: Pick<Recipe, 'network' | 'wide_branch'>,
  rows: Pick<Rows, 'sequences' | 'labels'>,
  outputs: Outputs,
  signal: AbortSignal,
  progress: Progress,
): Promise<WideBranch | undefined> {
  if (!wide || !fit) return undefined;
  const network: LinearSpec = { kind: 'linear', scale: 'none', vocabulary: wide.buckets, outputs };
  const linearRows = (sequences: readonly Int32Array[], labels: Int32Array): LinearRows => ({
    sequences: sequences.map((ids) => placesOf(ids, wide)),
    labels,
    scales: Float64Array.from(sequences, ({ length }) =>
      wide.scale === 'unit' ? 1 / Math.sqrt(ngramsIn(length, wide.words)) : 1,
    ),
  });
  const training = linearRows(rows.sequences, rows.labels);
  const factors = factorsOf(network, training, squaresOf(network, training.sequences), fit.weighting);
  const { l2, iterations } = fit;
  const { point } = await fitLinear(network, training, {
    ...{ loss: 'logistic', l2, iterations, factors, name: 'wide', signal, progress },
  });
  const size = biasAt(network);
  const weight = effective(point, factors, size).slice(0, size);
  return {
    weight,
    bias: point.slice(size),
    logits: (sequences) => logitsOf(network, linearRows(sequences, new Int32Array()), weight, point),
  };
}

/** The places of all n-grams of a text, each as often as it occurs: what the network's wide branch adds up. */
function placesOf(
  ids: Int32Array,
  { words, buckets }: { readonly words: number; readonly buckets: number },
): Int32Array {
  const runs = Array.from({ length: words }, (_, run) =>
    bucketsOf(ids, run + 1, buckets).filter((place) => place >= 0),
  );
  return Int32Array.from(runs.flatMap((places) => [...places]));
}

/** How much each branch's logits count, and what is added to each output. */
interface Mixture {
  readonly deep: number;
  readonly wide: number;
  readonly bias: readonly number[];
}

/**
 * How the two branches' logits are best added up, by the cross-entropy of held-out rows (stacking: Wolpert 1992). It also
 * brings the probabilities to what they should be. `deep` and `wide` are rows × outputs.
 */
async function mixtureOf(
  deep: Float64Array,
  wide: Float64Array,
  labels: Int32Array,
  outputs: Outputs,
): Promise<Mixture> {
  const { point } = await minimise(
    (at, gradient) => {
      const [scaleDeep = 0, scaleWide = 0] = at;
      gradient.fill(0);
      let total = 0;
      for (const [row, label] of labels.entries()) {
        const logits = Array.from(
          { length: outputs },
          (_, output) =>
            scaleDeep * (deep[row * outputs + output] ?? 0) +
            scaleWide * (wide[row * outputs + output] ?? 0) +
            (at[2 + output] ?? 0),
        );
        // One logit is the positive class's; the negative one's is 0.
        const all = outputs === 1 ? [0, ...logits] : logits;
        const largest = Math.max(...all);
        const powers = all.map((logit) => Math.exp(logit - largest));
        const sum = powers.reduce((so, power) => so + power, 0);
        total += largest + Math.log(sum) - (all[label] ?? 0);
        for (let output = 0; output < outputs; output += 1) {
          const place = outputs === 1 ? 1 : output;
          const slope = (powers[place] ?? 0) / sum - (label === place ? 1 : 0);
          gradient[0] = (gradient[0] ?? 0) + slope * (deep[row * outputs + output] ?? 0);
          gradient[1] = (gradient[1] ?? 0) + slope * (wide[row * outputs + output] ?? 0);
          gradient[2 + output] = (gradient[2 + output] ?? 0) + slope;
        }
      }
      for (const [place, slope] of gradient.entries()) gradient[place] = slope / labels.length;
      return total / labels.length;
    },
    2 + outputs,
    { iterations: 200, tolerance: 1e-6, onStep: async () => undefined },
  );
  return { deep: point[0] ?? 0, wide: point[1] ?? 0, bias: [...point.slice(2)] };
}

/** A trained network's weights and the wide branch beside them, added up as suits the held-out rows best. */
export async function joined(
  trainer: Pick<Trainer, 'evaluate'>,
  trained: Weights,
  branch: WideBranch,
  validation: Rows,
): Promise<Weights> {
  const outputs = branch.bias.length as Outputs;
  const { probabilities } = await trainer.evaluate(validation, trained);
  const deepLogits = logitsBehind(probabilities, outputs);
  const { deep, wide, bias } = await mixtureOf(
    deepLogits,
    branch.logits(validation.sequences),
    validation.labels,
    outputs,
  );
  const scaled = (name: string) => (trained.get(name)?.data ?? new Float32Array()).map((own) => own * deep);
  const shifted = scaled('fc.bias').map((own, output) => own + wide * (branch.bias[output] ?? 0) + (bias[output] ?? 0));
  return new Map([
    ...trained,
    ['fc.weight', { shape: trained.get('fc.weight')?.shape ?? [], data: scaled('fc.weight') }],
    ['fc.bias', { shape: [outputs], data: shifted }],
    [
      'wide.weight',
      {
        shape: [branch.weight.length / outputs, outputs],
        data: Float32Array.from(branch.weight, (own) => own * wide),
      },
    ],
  ]);
}

/** Logits that give these probabilities (p_negative and p_positive in turn); all outputs of a row share what is unknown of them. */
function logitsBehind(probabilities: Float64Array, outputs: Outputs): Float64Array {
  const classes = classesOf(outputs);
  const logits = Array.from({ length: probabilities.length / 2 }, (_, row) => {
    const logarithms = classProbabilities({ probabilities, classes }, row).map((p) =>
      Math.log(Math.max(p, Number.MIN_VALUE)),
    );
    return outputs === 1 ? [(logarithms[1] ?? 0) - (logarithms[0] ?? 0)] : logarithms;
  });
  return Float64Array.from(logits.flat());
}
