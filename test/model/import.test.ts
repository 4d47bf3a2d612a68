import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importModel } from '../../src/model/import.ts';
import { readSafetensors, type Tensors, writeSafetensors } from '../../src/model/safetensors.ts';
import { REFERENCE_NAMES, reference, referenceWeights, smallImport, smallModel, WORDS } from './support.ts';

/** Imports the given tensors. */
async function importTensors(weights: Tensors, type: 'F16' | 'F32' = 'F32') {
  const options = await smallImport();
  const file = join(dirname(options.out), 'changed.safetensors');
  await writeFile(file, writeSafetensors(weights, type));
  return importModel({ ...options, weights: file });
}

const refusal = (message: RegExp) => ({ code: 'E_MODEL_INVALID', message: expect.stringMatching(message) as string });

describe('importModel', () => {
  it.each(REFERENCE_NAMES)('reads the architecture of %s off its tensors', async (name) => {
    const { layers, bidirectional, vocabulary, embedding, hidden, classes } = reference(name);
    const { spec } = await smallModel(name);
    expect(spec.network).toEqual({
      kind: 'gru',
      layers,
      bidirectional,
      vocabulary,
      embedding,
      hidden,
      pooling: 'last',
      outputs: classes,
    });
    expect(spec.labels).toHaveLength(classes === 1 ? 2 : 3);
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
      'two outputs',
      (weights) => weights.set('fc.weight', { type: 'F32', shape: [2, 10], data: new Float32Array(20) }),
      /2 outputs/,
    ],
  ])('refuses %s, and leaves nothing behind', async (_what, change, message) => {
    const weights = new Map(referenceWeights('gru_1layer_bi_3out'));
    change(weights);
    await expect(importTensors(weights)).rejects.toMatchObject(refusal(message));
  });

  it.each([
    [4, /"lstm" is an LSTM; only GRUs/],
    [3, /GRU is named "lstm"/],
    [1, /"lstm" is a plain RNN; only GRUs/],
  ])('names what it is when it is not such a GRU: %i gates', async (gates, message) => {
    const weights = new Map(
      [...referenceWeights('gru_1layer_uni_1out')].filter(([name]) => !name.startsWith('gru.')),
    ).set('lstm.weight_hh_l0', { type: 'F32', shape: [gates * 5, 5], data: new Float32Array(gates * 25) });
    await expect(importTensors(weights)).rejects.toMatchObject(refusal(message));
  });

  it('refuses a pooling that gives another number of features, and a vocabulary of another length', async () => {
    await expect(smallModel('gru_1layer_bi_3out', { pooling: 'mean_max' })).rejects.toMatchObject(refusal(/gives 20/));
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
