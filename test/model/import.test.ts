import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ImportOptions, importModel } from '../../src/model/import.ts';
import { readSafetensors, type Tensor, type Tensors, writeSafetensors } from '../../src/model/safetensors.ts';
import { attends } from '../../src/model/shapes.ts';
import { weightsOf, ZOO } from './network/support.ts';
import {
  REFERENCE_NAMES,
  reference,
  referenceNetwork,
  referenceWeights,
  smallImport,
  smallModel,
  WORDS,
} from './support.ts';

/** Imports the given tensors. */
async function importTensors(weights: Tensors, type: 'F16' | 'F32' = 'F32', changes: Partial<ImportOptions> = {}) {
  const options = await smallImport(undefined, changes);
  const file = join(dirname(options.out), 'changed.safetensors');
  await writeFile(file, writeSafetensors(weights, type));
  return importModel({ ...options, weights: file });
}

const tensorOf = (...shape: number[]): Tensor => ({
  type: 'F32',
  shape,
  data: new Float32Array(shape.reduce((size, length) => size * length, 1)),
});

const refusal = (message: RegExp) => ({ code: 'E_MODEL_INVALID', message: expect.stringMatching(message) as string });

describe('importModel', () => {
  it.each(REFERENCE_NAMES)('reads the architecture of %s off its tensors', async (name) => {
    const { spec } = await smallModel(name);
    expect(spec.network).toEqual(referenceNetwork(name));
    expect(spec.labels).toHaveLength(reference(name).classes === 1 ? 2 : 3);
  });

  it('keeps half precision, and only the words of the vocabulary', async () => {
    const model = await importTensors(referenceWeights('gru_1layer_bi_3out'), 'F16');
    const written = readSafetensors(await readFile(join(model.directory, 'weights.safetensors')), 'weights');
    expect([...written.values()].every((tensor) => tensor.type === 'F16')).toBe(true);
    expect(JSON.parse(await readFile(join(model.directory, 'vocab.json'), 'utf8'))).toEqual({ itos: WORDS });
    expect(await readdir(dirname(model.directory))).not.toContain('small.part');
  });

  it('does not write over a folder', async () => {
    const model = await smallModel();
    await expect(importModel({ ...(await smallImport()), out: model.directory })).rejects.toMatchObject({
      code: 'E_USAGE',
    });
  });

  it.each<[string, (weights: Map<string, NonNullable<ReturnType<Tensors['get']>>>) => void, RegExp]>([
    ['a network without an embedding', (weights) => weights.delete('embedding.weight'), /no matrix embedding\.weight/],
    ['a GRU without biases', (weights) => weights.delete('gru.bias_hh_l0'), /gru\.bias_hh_l0 is missing/],
    [
      'a tensor too many',
      (weights) => weights.set('attention.weight', { type: 'F32', shape: [1], data: new Float32Array(1) }),
      /attention/,
    ],
    [
      'four outputs',
      (weights) => weights.set('fc.weight', { type: 'F32', shape: [4, 10], data: new Float32Array(40) }),
      /4 outputs/,
    ],
  ])('refuses %s, and leaves nothing behind', async (_what, change, message) => {
    const weights = new Map(referenceWeights('gru_1layer_bi_3out'));
    change(weights);
    await expect(importTensors(weights)).rejects.toMatchObject(refusal(message));
  });

  it.each([
    ['rnn', 'emb'],
    ['rnn', 'embeddings'],
    ['encoder.rnn', 'embedding'],
    ['lstm', 'emb'],
  ])('reads an LSTM that is named %s, with an embedding %s', async (module, embedding) => {
    const weights = referenceWeights('lstm_2layer_bi_3out');
    const { spec, weights: written } = await importTensors(
      new Map(
        [...weights].map(([name, tensor]) => [
          name.replace(/^lstm\./, `${module}.`).replace(/^embedding\./, `${embedding}.`),
          tensor,
        ]),
      ),
    );
    expect(spec.network).toEqual(referenceNetwork('lstm_2layer_bi_3out'));
    expect([...written.keys()].sort()).toEqual([...weights.keys()].sort());
  });

  it.each(ZOO.filter(([, { wide }]) => wide === undefined))(
    'reads a network of its own kinds: %s',
    async (_name, small) => {
      const network = { ...small, vocabulary: 40 };
      const weights = new Map(weightsOf(network));
      // PyTorch's layer has a bias, of which a softmax takes no notice.
      if (network.kind !== 'cnn' && attends(network.pooling)) weights.set('attention.bias', tensorOf(1));
      const pooling = network.kind === 'cnn' ? {} : { pooling: network.pooling };
      expect((await importTensors(weights, 'F32', pooling)).spec.network).toEqual(network);
    },
  );

  it.each<[string, (weights: Map<string, Tensor>) => void, RegExp]>([
    ['gates that no kind has', (weights) => weights.set('gru.weight_hh_l0', tensorOf(10, 5)), /no RNN, LSTM or GRU/],
    ['two recurrent modules', (weights) => weights.set('lstm.weight_hh_l0', tensorOf(20, 5)), /2 recurrent modules/],
    ['two embeddings', (weights) => weights.set('emb.weight', tensorOf(40, 6)), /emb\.weight is not a part/],
    ['an attention that nothing reads', (weights) => weights.set('attention.weight', tensorOf(1, 10)), /attention/],
    ['a matrix without columns', (weights) => weights.set('gru.weight_hh_l0', tensorOf(0, 0)), /no RNN, LSTM or GRU/],
  ])('refuses %s', async (_what, change, message) => {
    const weights = new Map(referenceWeights('gru_1layer_bi_3out'));
    change(weights);
    await expect(importTensors(weights)).rejects.toMatchObject(refusal(message));
  });

  it('refuses a pooling that gives another number of features, and a vocabulary of another length', async () => {
    await expect(smallModel('gru_1layer_bi_3out', { pooling: 'mean_max' })).rejects.toMatchObject(refusal(/gives 20/));
    await expect(smallModel('gru_1layer_bi_3out', { pooling: 'attention' })).rejects.toMatchObject(refusal(/needs an/));
    const options = await smallImport();
    await writeFile(options.vocabulary, JSON.stringify({ itos: WORDS.slice(0, 39) }));
    await expect(importModel(options)).rejects.toMatchObject(refusal(/39 words, but the network 40/));
    expect(existsSync(options.out)).toBe(false);
  });

  it.each([
    [['<unk>', '<pad>', 'a'], /begins with/],
    [['<pad>', '<unk>', 'a', 'a'], /twice/],
    ['a, b', /"itos"/],
  ])('refuses the vocabulary %j', async (itos, message) => {
    const options = await smallImport();
    await writeFile(options.vocabulary, JSON.stringify({ itos }));
    await expect(importModel(options)).rejects.toMatchObject(refusal(message));
  });

  it('says which file can not be read', async () => {
    const options = await smallImport(undefined, { weights: '/nowhere/weights.safetensors' });
    await expect(importModel(options)).rejects.toMatchObject({
      code: 'E_INPUT',
      place: { file: '/nowhere/weights.safetensors' },
    });
  });
});
