import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { nextTurn } from '../../next-turn.ts';
import { type BatchPlan, batchOf, planBatches } from '../batches.ts';
import type { TokenBatch } from '../engines/engine.ts';
import { forward } from '../network/forward.ts';
import type { TensorFlow } from '../network/tensorflow.ts';
import { probabilitiesOf } from '../probabilities.ts';
import type { ModelSpec } from '../spec.ts';
import type { Weights } from './initial-weights.ts';
import { rowLosses, weightedMean } from './loss.ts';
import { optimiserOf, type Trained } from './optimiser.ts';
import type { Recipe } from './recipe.ts';

/** Texts as word ids, and the places of their classes. */
export interface Rows {
  readonly sequences: readonly Int32Array[];
  readonly labels: Int32Array;
  /** Probabilities of each row's classes to train towards, where they are not just the labels. */
  readonly targets?: Float32Array;
  /** What each row's loss is multiplied by, where that is not the same for all; the mean over all rows is 1. */
  readonly weights?: Float32Array;
}

type Architecture = Pick<ModelSpec, 'network' | 'padding'>;

/** Which of a network's numbers a saved name means. */
const PREFIXES = { variable: '', first: 'first.', second: 'second.', average: 'average.' } as const;

const WORD_VECTORS = 'embedding.weight';

/** A network in training on a device: its parameters, the optimiser's sums and the averaged weights. */
export interface Trainer {
  /**
   * One step on these rows, and their mean loss. `progress` goes from 0 to 1 over the training; `frozen` keeps the word vectors.
   */
  step(plan: BatchPlan, rows: Rows, options: { step: number; learningRate: number; frozen: boolean }): number;
  /** The mean loss and each row's probabilities, with the weights that would be kept, or with given ones. */
  evaluate(rows: Rows, weights?: Weights): Promise<{ loss: number; probabilities: Float64Array }>;
  /** The weights that would be kept: averaged ones if the recipe says so. */
  weights(): Promise<Weights>;
  /** Everything that a checkpoint needs. */
  save(): Promise<{ tensors: Weights; steps: Record<string, number> }>;
  dispose(): void;
}

/** Padded tokens of a batch in evaluation, which keeps no states for gradients. */
const EVALUATION_TOKENS = 16_384;

export function trainerOf(
  tf: TensorFlow,
  architecture: Architecture,
  recipe: Recipe,
  classWeights: readonly number[],
  saved: { readonly tensors: Weights; readonly steps: Readonly<Record<string, number>> },
): Trainer {
  const names = [...saved.tensors.keys()].filter(
    (name) => !Object.values(PREFIXES).some((prefix) => prefix !== '' && name.startsWith(prefix)),
  );
  const variableOf = (name: string, fallback?: () => Tensor): Variable => {
    const found = saved.tensors.get(name);
    const start = found ? tf.tensor(found.data, [...found.shape], 'float32') : fallback?.();
    if (!start) throw new Error(`no tensor ${name}`);
    const variable = tf.variable(start);
    start.dispose();
    return variable;
  };
  const trained = new Map<string, Trained>();
  const averages = new Map<string, Variable>();
  for (const name of names) {
    const variable = variableOf(name);
    const zeros = () => tf.zerosLike(variable);
    trained.set(name, {
      variable,
      first: variableOf(PREFIXES.first + name, zeros),
      second: variableOf(PREFIXES.second + name, zeros),
      steps: saved.steps[name] ?? 0,
    });
    if (recipe.average_weights !== null)
      averages.set(
        name,
        variableOf(PREFIXES.average + name, () => tf.clone(variable)),
      );
  }
  const variables: ReadonlyMap<string, Variable> = new Map(
    [...trained].map(([name, { variable }]) => [name, variable]),
  );
  const kept = recipe.average_weights === null ? variables : averages;
  const inTraining = withThese(architecture, variables);
  const optimiser = optimiserOf(tf, trained, recipe);

  function gradientsOf(
    plan: BatchPlan,
    rows: Rows,
    step: number,
    frozen: boolean,
  ): { loss: number; gradients: Map<string, Tensor> } {
    const batch = batchOf(plan, rows.sequences);
    const labels = labelsOf(plan, rows);
    const learning = [...trained]
      .filter(([name]) => !(frozen && name === WORD_VECTORS))
      .map(([, { variable }]) => variable);
    const byVariableName = new Map([...trained].map(([name, { variable }]) => [variable.name, name]));
    const { value, grads } = tf.variableGrads(() => {
      const logits = forward(tf, inTraining, variables, batch, { ...recipe.dropout, seed: recipe.seed, step });
      const losses = rowLosses(tf, logits, labels, targetsOf(plan, rows));
      const weights = rows.weights && Float32Array.from(plan.rows, (row) => rows.weights?.[row] ?? 1);
      return weightedMean(tf, losses, labels, classWeights, weights) as Scalar;
    }, learning);
    const loss = value.dataSync()[0] ?? Number.NaN;
    value.dispose();
    const gradients = new Map(
      Object.entries(grads).map(([variable, gradient]) => [byVariableName.get(variable) ?? variable, gradient]),
    );
    const words = gradients.get(WORD_VECTORS);
    if (words && !architecture.padding.masked) gradients.set(WORD_VECTORS, withoutPadding(tf, words));
    return { loss, gradients };
  }

  /** Follows the weights at once in the beginning, and more and more slowly: min(decay, (1 + t) / (10 + t)). */
  function average(step: number, decay: number): void {
    const slow = Math.min(decay, (1 + step) / (10 + step));
    for (const [name, variable] of variables) {
      const mean = averages.get(name);
      tf.tidy(() => mean?.assign(tf.add(mean, tf.mul(tf.sub(variable, mean), 1 - slow))));
    }
  }

  return {
    step: (plan, rows, { step, learningRate, frozen }) => {
      const { loss, gradients } = gradientsOf(plan, rows, step, frozen);
      optimiser.step(gradients, learningRate);
      if (recipe.average_weights !== null) average(step, recipe.average_weights);
      return loss;
    },
    evaluate: async (rows, weights) => {
      const given = new Map([...(weights ?? [])].map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape])]));
      const lengths = rows.sequences.map((sequence) => sequence.length);
      const fixedWidth = architecture.padding.masked ? undefined : (architecture.padding.to ?? undefined);
      const evaluated = withThese(architecture, weights ?? kept);
      const probabilities = new Float64Array(2 * lengths.length);
      let loss = 0;
      for (const plan of planBatches(lengths, EVALUATION_TOKENS, fixedWidth)) {
        const batch: TokenBatch = batchOf(plan, rows.sequences);
        const [logits, losses] = tf.tidy(() => {
          const output = forward(tf, evaluated, weights ? given : kept, batch);
          return [
            output.dataSync<'float32'>(),
            rowLosses(tf, output, labelsOf(plan, rows)).dataSync<'float32'>(),
          ] as const;
        });
        const some = probabilitiesOf(Float32Array.from(logits), architecture.network.outputs);
        for (const [index, row] of plan.rows.entries())
          probabilities.set(some.subarray(2 * index, 2 * index + 2), 2 * row);
        loss += losses.reduce((sum, one) => sum + one, 0);
        await nextTurn();
      }
      for (const tensor of given.values()) tensor.dispose();
      return { loss: lengths.length === 0 ? 0 : loss / lengths.length, probabilities };
    },
    weights: () => download(kept, ''),
    save: async () => {
      const tensors = await download(variables, PREFIXES.variable);
      const part = async (of: ReadonlyMap<string, Variable>, prefix: string) => {
        for (const [name, tensor] of await download(of, prefix)) tensors.set(name, tensor);
      };
      await part(new Map([...trained].map(([name, { first }]) => [name, first])), PREFIXES.first);
      await part(new Map([...trained].map(([name, { second }]) => [name, second])), PREFIXES.second);
      await part(averages, PREFIXES.average);
      return { tensors, steps: Object.fromEntries([...trained].map(([name, { steps }]) => [name, steps])) };
    },
    dispose: () => {
      for (const { variable, first, second } of trained.values())
        for (const one of [variable, first, second]) one.dispose();
      for (const mean of averages.values()) mean.dispose();
    },
  };
}

/** The network that these weights are of: without its wide branch while that is not there yet. */
function withThese({ network, padding }: Architecture, weights: { has(name: string): boolean }): Architecture {
  if (network.kind === 'linear' || network.kind === 'onnx' || weights.has('wide.weight')) return { network, padding };
  const { wide: _, ...deep } = network;
  return { network: deep, padding };
}

function labelsOf(plan: BatchPlan, rows: Rows): Int32Array {
  return Int32Array.from(plan.rows, (row) => rows.labels[row] ?? 0);
}

function targetsOf(plan: BatchPlan, { targets, labels }: Rows): Float32Array | undefined {
  if (!targets) return undefined;
  const classes = targets.length / labels.length;
  const picked = new Float32Array(classes * plan.rows.length);
  for (const [index, row] of plan.rows.entries())
    picked.set(targets.subarray(classes * row, classes * (row + 1)), classes * index);
  return picked;
}

/** `<pad>` stays zero also where it is read, as in PyTorch with `padding_idx`. Disposes what it is given. */
function withoutPadding(tf: TensorFlow, gradient: Tensor): Tensor {
  const [, size = 0] = gradient.shape;
  const rest = tf.tidy(() => tf.concat([tf.zeros([1, size]), tf.slice(gradient, [1, 0])], 0));
  gradient.dispose();
  return rest;
}

async function download(variables: ReadonlyMap<string, Variable>, prefix: string): Promise<Weights> {
  const weights: Weights = new Map();
  // A copy: the plain-JavaScript backend hands out its own memory, which the next step changes.
  for (const [name, variable] of variables)
    weights.set(prefix + name, { shape: variable.shape, data: Float32Array.from(await variable.data<'float32'>()) });
  return weights;
}
