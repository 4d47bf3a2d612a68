import { z } from 'zod';
import { MonitorError } from '../../errors.ts';
import type { Model } from '../artifact.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isPiece } from '../tokenizers/pieces.ts';
import type { Weights } from './initial-weights.ts';
import { networkOf } from './model-files.ts';
import type { Recipe } from './recipe.ts';

/**
 * A recipe's content for going on from a model: what the recipe leaves open is as in the model; words and word vectors are the
 * model's in any case. `notes` say what was given for nothing.
 */
export function contentFrom(content: unknown, model: Model): { content: unknown; notes: string[] } {
  const given = z.record(z.string(), z.unknown()).safeParse(content);
  // Not a mapping: the schema says so better.
  if (!given.success) return { content, notes: [] };
  const { network, tokenizer, padding, labels, name, about } = model.spec;
  const { vocabulary: _words, outputs, ...architecture } = network;
  const text = (key: string) => (typeof about[key] === 'string' ? { [key]: about[key] } : {});
  const notes = (['vocabulary', 'vectors'] as const)
    .filter((key) => given.data[key] !== undefined && given.data[key] !== null)
    .map((key) => `The recipe's ${key} is not used: the words and their vectors are those of the model ${name}.`);
  return {
    content: {
      classes: labels.length,
      network: architecture,
      tokenizer,
      padding,
      ...(outputs === 2 ? { head: 'softmax' } : {}),
      about: {
        ...text('licence'),
        ...text('limits'),
        sources: `Began as the model ${name}. ${about['sources'] ?? ''}`.trim(),
      },
      ...given.data,
      vocabulary: vocabularyOf(model),
      vectors: null,
    },
    notes,
  };
}

/** The sizes of a model's vocabulary, as a recipe gives them. */
function vocabularyOf({ spec: { tokenizer }, vocabulary }: Model): Recipe['vocabulary'] {
  const size = { size: vocabulary.length, min_count: 1 };
  if (tokenizer.name !== 'social' || tokenizer.version === 1) return size;
  return { ...size, pieces: Math.max(1, vocabulary.filter(isPiece).length) };
}

/** Errors: E_CONFIG when the recipe describes another network than the model's, E_USAGE when the model is none that training can go on from. */
export function refuseOther(recipe: Recipe, { spec, vocabulary, directory }: Model): void {
  if (spec.network.kind === 'linear' || spec.network.kind === 'onnx')
    throw new MonitorError(
      'E_USAGE',
      `${spec.name} is ${spec.network.kind === 'linear' ? 'a linear model, which is always trained from the start' : 'an imported classifier, which is not trained here'}.`,
      {
        place: { file: directory },
        remedy: 'Name a network with --init.',
      },
    );
  const pairs: [string, unknown, unknown][] = [
    ['classes', recipe.classes, spec.labels.length],
    ['network', networkOf(recipe, vocabulary.length), spec.network],
    ['tokenizer', recipe.tokenizer, spec.tokenizer],
    ['padding', recipe.padding, spec.padding],
  ];
  const other = pairs.filter(([, asked, has]) => canonicalJson(asked) !== canonicalJson(has)).map(([key]) => key);
  if (other.length > 0)
    throw new MonitorError('E_CONFIG', `The recipe and the model ${spec.name} differ in: ${other.join(', ')}.`, {
      place: { file: directory },
      remedy: 'Leave these keys out of the recipe: they are then as in the model.',
    });
}

/** A model's weights, to begin a training with. */
export function weightsOf({ weights }: Model): Weights {
  return new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
}
