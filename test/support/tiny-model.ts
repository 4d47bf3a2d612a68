import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importModel } from '../../src/model/import.ts';
import { type Tensor, writeSafetensors } from '../../src/model/safetensors.ts';

/** Words that the tiny model knows; it makes something of each, though nothing sensible. */
export const WORDS =
  'the a to and is it i you not no good great love best bad worst late broken why app phone flight coffee my your'.split(
    ' ',
  );

/** Makes a one-direction GRU of a few hundred weights: as real as any to every stage, and quick. Another seed is another network. */
export async function makeTinyModel(folder: string, name = 'tiny', seed = 12_345): Promise<string> {
  const vocabulary = ['<pad>', '<unk>', ...WORDS];
  const [embedding, hidden] = [4, 3];
  let state = seed;
  const tensor = (...shape: number[]): Tensor => ({
    type: 'F32',
    shape,
    data: Float32Array.from({ length: shape.reduce((size, length) => size * length, 1) }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state / 2_147_483_647 - 0.5) * 2;
    }),
  });
  const weights = new Map<string, Tensor>([
    ['embedding.weight', tensor(vocabulary.length, embedding)],
    ['gru.weight_ih_l0', tensor(3 * hidden, embedding)],
    ['gru.weight_hh_l0', tensor(3 * hidden, hidden)],
    ['gru.bias_ih_l0', tensor(3 * hidden)],
    ['gru.bias_hh_l0', tensor(3 * hidden)],
    ['fc.weight', tensor(1, hidden)],
    ['fc.bias', tensor(1)],
  ]);
  const files = { weights: join(folder, `${name}.safetensors`), vocabulary: join(folder, `${name}.vocab.json`) };
  writeFileSync(files.weights, writeSafetensors(weights, 'F32'));
  writeFileSync(files.vocabulary, JSON.stringify({ itos: vocabulary }));
  const model = await importModel({
    ...files,
    out: join(folder, name),
    name,
    title: 'Tiny test model',
    reads: 'cleaned',
    maxTokens: 60,
    padTo: null,
    masked: true,
    pooling: 'last',
  });
  return model.directory;
}
