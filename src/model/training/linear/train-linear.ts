import type { Progress } from '../../../context.ts';
import { throwIfAborted } from '../../../errors.ts';
import { packageVersion } from '../../../package.ts';
import type { Model } from '../../artifact.ts';
import type { LinearSpec } from '../../network-spec.ts';
import { probabilitiesOf } from '../../probabilities.ts';
import { THREE_CLASSES, TWO_CLASSES } from '../../spec.ts';
import { tokenizerOf } from '../../tokenizer.ts';
import { refuseExisting, writeModel } from '../../write-model.ts';
import { buildVocabulary } from '../build-vocabulary.ts';
import { readDataset } from '../dataset.ts';
import type { Weights } from '../initial-weights.ts';
import { recipeHash } from '../recipe.ts';
import { splitOfDataset } from '../split.ts';
import type { ValidationFigures } from '../training-log.ts';
import { figuresOfProbabilities } from '../validation.ts';
import { fitLinear } from './fit-linear.ts';
import type { LinearRecipe } from './linear-recipe.ts';
import { biasAt, effective, type LinearRows, logitsOf } from './objective.ts';
import { crossEntropy, temperatureOf } from './temperature.ts';
import { factorsOf, scalesOf, squaresOf } from './weighting.ts';

export interface TrainLinearOptions {
  readonly data: readonly string[];
  readonly recipe: LinearRecipe;
  /** The model directory to make. It must not exist. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

export interface TrainLinearResult {
  readonly model: Model;
  readonly iterations: number;
  /** Null without validation rows. */
  readonly validation: ValidationFigures | null;
}

/**
 * Trains a linear model and writes its model directory. It takes minutes at most, so a stopped one starts over. Where rows are
 * held out, they give the temperature that makes its probabilities fit (Guo et al. 2017), folded into the weights.
 * Errors: E_USAGE when `out` exists; E_INPUT for the data; E_INTERRUPTED on the signal.
 */
export async function trainLinear(options: TrainLinearOptions): Promise<TrainLinearResult> {
  const { recipe, signal, progress } = options;
  refuseExisting(options.out);
  const data = await readDataset(options.data, recipe, signal);
  const split = splitOfDataset(data, recipe.split);
  const textOf = (row: number) => data.examples[row]?.text ?? '';
  const words = buildVocabulary(split.training.map(textOf), recipe);
  throwIfAborted(signal);
  const tokenize = tokenizerOf({ tokenizer: recipe.tokenizer, padding: { to: null, masked: true } }, words);

  const { loss, weighting, scale, l2, iterations: most } = recipe.linear;
  const network: LinearSpec = {
    kind: 'linear',
    scale,
    vocabulary: words.length,
    outputs: recipe.classes === 2 ? 1 : 3,
  };
  const idsOf = (rows: readonly number[]) => rows.map((row) => tokenize(textOf(row)));
  const trainingIds = idsOf(split.training);
  const squares = squaresOf(network, trainingIds);
  const rowsOf = (rows: readonly number[], sequences: readonly Int32Array[]): LinearRows => ({
    sequences,
    labels: Int32Array.from(rows, (row) => data.examples[row]?.label ?? 0),
    scales: scalesOf(network, sequences, squares),
  });
  const training = rowsOf(split.training, trainingIds);
  const held = rowsOf(split.validation, idsOf(split.validation));
  const factors = factorsOf(network, training, squares, weighting);
  const bias = biasAt(network);
  const { point, iterations } = await fitLinear(network, training, {
    ...{ loss, l2, iterations: most, factors, name: 'train', signal, progress },
  });

  const weights = effective(point, factors, bias);
  const heldLogits = logitsOf(network, held, weights, point);
  const temperature = held.labels.length > 0 ? temperatureOf(heldLogits, held.labels, network.outputs) : 1;
  const sharpened = heldLogits.map((logit) => logit / temperature);
  const validation =
    held.labels.length === 0
      ? null
      : {
          loss: crossEntropy(sharpened, held.labels, network.outputs, 1),
          ...figuresOfProbabilities(
            probabilitiesOf(Float32Array.from(sharpened), network.outputs),
            held.labels,
            recipe.classes,
          ),
        };
  const cooled = (numbers: Float64Array) => Float32Array.from(numbers, (number) => number / temperature);
  const tensors: Weights = new Map([
    ['linear.weight', { shape: [network.vocabulary, network.outputs], data: cooled(weights.subarray(0, bias)) }],
    ['linear.bias', { shape: [network.outputs], data: cooled(point.subarray(bias)) }],
  ]);
  if (scale === 'idf')
    tensors.set('linear.squares', { shape: [network.vocabulary, 1], data: Float32Array.from(squares) });
  const model = await writeModel(options.out, {
    spec: {
      name: recipe.name,
      title: recipe.title,
      network,
      tokenizer: recipe.tokenizer,
      padding: { to: null, masked: true },
      labels: recipe.classes === 2 ? [...TWO_CLASSES] : [...THREE_CLASSES],
      threshold: 0.5,
      about: {
        ...recipe.about,
        data: {
          files: data.files,
          sha256: data.sha256,
          training_rows: split.training.length,
          validation_rows: split.validation.length,
        },
        metrics: { validation },
        temperature,
        recipe,
        recipe_sha256: recipeHash(recipe),
        trained_with: `sentiment-monitor ${packageVersion}, ${iterations} iterations`,
      },
    },
    weights: tensors,
    precision: 'F16',
    vocabulary: words,
  });
  return { model, iterations, validation };
}
