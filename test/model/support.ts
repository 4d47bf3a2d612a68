import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Model } from '../../src/model/artifact.ts';
import { type ImportOptions, importModel } from '../../src/model/import.ts';
import type { NetworkSpec, Pooling, RecurrentKind, RecurrentSpec } from '../../src/model/network-spec.ts';
import { readSafetensors, type Tensors } from '../../src/model/safetensors.ts';
import { type ModelSpec, modelSpecSchema } from '../../src/model/spec.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/gru_reference');

export const REFERENCE_NAMES = ['rnn', 'lstm', 'gru'].flatMap((kind) =>
  ['1layer_uni', '1layer_bi', '2layer_uni', '2layer_bi'].flatMap((name) =>
    [1, 3].map((outputs) => `${kind}_${name}_${outputs}out`),
  ),
);

/** What PyTorch computed for one network. */
interface Reference {
  kind: RecurrentKind;
  layers: number;
  bidirectional: boolean;
  classes: 1 | 3;
  vocabulary: number;
  embedding: number;
  hidden: number;
  cases: { ids: number[]; last_hidden: number[]; mean_pool: number[]; max_pool: number[]; logits: number[] }[];
}

export function reference(name: string): Reference {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Reference;
}

/** The network that a reference is of. */
export function referenceNetwork(name: string, pooling: Pooling = 'last'): RecurrentSpec {
  const { kind, layers, bidirectional, vocabulary, embedding, hidden, classes } = reference(name);
  return { kind, layers, bidirectional, vocabulary, embedding, hidden, pooling, outputs: classes };
}

function referenceFile(name: string): string {
  return join(FIXTURES, `${name}.safetensors`);
}

export function referenceWeights(name: string): Tensors {
  return readSafetensors(readFileSync(referenceFile(name)), name);
}

/** A model.json around a network, with masked padding unless told otherwise. */
export function specOf(network: NetworkSpec, padding: ModelSpec['padding'] = { to: null, masked: true }): ModelSpec {
  return modelSpecSchema.parse({
    format: 1,
    name: 'small',
    title: 'A small network',
    network,
    tokenizer: { name: 'words', version: 1, reads: 'cleaned', max_tokens: padding.to ?? 200 },
    padding,
    labels: network.outputs === 3 ? ['negative', 'neutral', 'positive'] : ['negative', 'positive'],
    weights_sha256: '0'.repeat(64),
    vocabulary_sha256: '0'.repeat(64),
  });
}

/** The words that the small models know; each reference network has 40. */
export const WORDS = ['<pad>', '<unk>', ...Array.from({ length: 38 }, (_, index) => `w${index + 2}`)];

export function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'monitor-model-'));
}

/** Options that import a reference network into a new folder. */
export async function smallImport(
  name = 'gru_1layer_bi_3out',
  changes: Partial<ImportOptions> = {},
): Promise<ImportOptions> {
  const directory = await temporaryDirectory();
  const vocabulary = join(directory, 'words.json');
  await writeFile(vocabulary, JSON.stringify({ itos: WORDS, made_by: 'a test' }));
  return {
    weights: referenceFile(name),
    vocabulary,
    out: join(directory, 'small'),
    name: 'small',
    title: 'A small network',
    reads: 'cleaned',
    maxTokens: 200,
    padTo: null,
    masked: true,
    pooling: 'last',
    ...changes,
  };
}

/** A model directory made of a reference network, loaded. */
export async function smallModel(name?: string, changes?: Partial<ImportOptions>): Promise<Model> {
  return importModel(await smallImport(name, changes));
}
