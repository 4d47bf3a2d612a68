/// <reference lib="es2025.float16" />
import type { Model } from '../artifact.ts';
import type { DeepSpec } from '../network-spec.ts';
import { type Applied, THREE_CLASSES, TWO_CLASSES } from '../spec.ts';
import type { ModelContent } from '../write-model.ts';
import type { Dataset } from './dataset.ts';
import type { Weights } from './initial-weights.ts';
import { type Recipe, recipeHash } from './recipe.ts';
import { type EpochLog, formatLog, LOG_FILE, type ValidationFigures } from './training-log.ts';

/** What a model directory is made of after a training. */
export interface TrainedParts {
  readonly recipe: Recipe;
  readonly data: Dataset;
  readonly split: { readonly training: number; readonly validation: number };
  readonly words: readonly string[];
  readonly weights: Weights;
  readonly log: readonly EpochLog[];
  /** What these weights reach on the rows held out; null without such rows. */
  readonly measured: ValidationFigures | null;
  /** What is applied to their probabilities. */
  readonly applied?: Partial<Omit<Applied, 'labels'>> | undefined;
  /** The model that the training went on from. What was applied to its probabilities belongs to its weights and is not taken over. */
  readonly init?: Model | undefined;
  /** Program version and what computed it. */
  readonly trainedWith: string;
}

/** The architecture that a recipe makes of a vocabulary. */
export function networkOf(recipe: Recipe, vocabulary: number): DeepSpec {
  return {
    ...recipe.network,
    vocabulary,
    outputs: recipe.classes === 2 && recipe.head !== 'softmax' ? 1 : recipe.classes,
  };
}

/** Weights as the file will hold them, each rounded to half precision. */
export function halfPrecision(weights: Weights): Weights {
  return new Map(
    [...weights].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(new Float16Array(data)) }]),
  );
}

/** The model directory: weights in half precision, and beside them the log of its training and a card to be filled in. */
export function modelContent(parts: TrainedParts): ModelContent {
  const { recipe, data, split, words, weights, log, measured, init, trainedWith } = parts;
  const about = {
    ...recipe.about,
    data: {
      files: data.files,
      ...(data.teachers ? { teachers: data.teachers } : {}),
      sha256: data.sha256,
      training_rows: split.training,
      validation_rows: split.validation,
    },
    ...(init ? { init: { name: init.spec.name, network_sha256: init.networkSha256 } } : {}),
    metrics: { validation: measured },
    recipe,
    recipe_sha256: recipeHash(recipe),
    trained_with: trainedWith,
  };
  return {
    spec: {
      name: recipe.name,
      title: recipe.title,
      network: networkOf(recipe, words.length),
      tokenizer: recipe.tokenizer,
      padding: recipe.padding,
      labels: recipe.classes === 2 ? [...TWO_CLASSES] : [...THREE_CLASSES],
      threshold: 0.5,
      ...parts.applied,
      about,
    },
    weights,
    precision: 'F16',
    vocabulary: words,
    extra: { [LOG_FILE]: formatLog(log), 'CARD.md': cardOf(parts) },
  };
}

/** A network in one sentence part, for people. */
function describeNetwork(network: Recipe['network']): string {
  const wide = network.wide
    ? `, beside it runs of up to ${network.wide.words} words in ${network.wide.buckets} hashed places`
    : '';
  if (network.kind === 'cnn')
    return `A convolutional network: embedding ${network.embedding}, ${network.filters} filters of each of the widths ${network.widths.join(', ')}${wide}`;
  const { kind, embedding, hidden, layers, bidirectional, pooling } = network;
  return `A ${bidirectional ? 'bidirectional ' : ''}${kind.toUpperCase()}: embedding ${embedding}, hidden ${hidden}, ${layers} layer(s), pooling ${pooling}${wide}`;
}

/** What is known of a model; the sections that only its maker can write come from the recipe. */
function cardOf({ recipe, data, split, words, log, measured: validation, init, trainedWith }: TrainedParts): string {
  const figures = validation
    ? `On ${split.validation} rows held out of the training data: macro recall ${validation.macro_recall.toFixed(4)}, accuracy ${validation.accuracy.toFixed(4)}, macro F1 ${validation.macro_f1.toFixed(4)}.`
    : 'No rows were held out, so nothing was measured.';
  const files = data.files.map(({ file, rows }) => `${file} (${rows} rows)`).join(', ');
  return `# ${recipe.name}

${recipe.title}.

**What.** ${describeNetwork(recipe.network)}; ${words.length} words, ${recipe.classes} classes; tokeniser ${recipe.tokenizer.name} ${recipe.tokenizer.version} on the ${recipe.tokenizer.reads} text, at most ${recipe.tokenizer.max_tokens} tokens.

**Trained on** ${files}; ${split.training} rows, ${log.length} epochs, with ${trainedWith}.${init ? ` It went on from ${init.spec.name} (network ${init.networkSha256.slice(0, 12)}).` : ''}

**Figures.** ${figures}

**Sources and their terms.** ${recipe.about.sources ?? 'Not given by the recipe.'} ${recipe.about.licence ?? ''}

**Not good for.** ${recipe.about.limits ?? 'Not given by the recipe. Expect little on texts unlike the training data.'}
`;
}
