import type { TokenBatch } from '../../../src/model/engines/engine.ts';
import {
  type ConvolutionalSpec,
  type DeepSpec,
  type OwnNetworkSpec,
  RECURRENT_KINDS,
  type RecurrentSpec,
} from '../../../src/model/network-spec.ts';
import type { Tensors } from '../../../src/model/safetensors.ts';
import { expectedShapes } from '../../../src/model/shapes.ts';

export function smallNetwork(changes: Partial<RecurrentSpec> = {}): RecurrentSpec {
  const small: RecurrentSpec = {
    kind: 'gru',
    layers: 1,
    bidirectional: true,
    vocabulary: 12,
    embedding: 4,
    hidden: 3,
    pooling: 'last',
    outputs: 3,
  };
  return { ...small, ...changes };
}

export function smallConvolution(changes: Partial<ConvolutionalSpec> = {}): ConvolutionalSpec {
  const small: ConvolutionalSpec = {
    kind: 'cnn',
    vocabulary: 12,
    embedding: 4,
    widths: [2, 3, 4],
    filters: 3,
    outputs: 3,
  };
  return { ...small, ...changes };
}

/** Everything that a network can be made of, each at least once. */
export const ZOO: readonly (readonly [string, DeepSpec])[] = [
  ...RECURRENT_KINDS.flatMap((kind) => [
    [`${kind}, one direction`, smallNetwork({ kind, bidirectional: false })] as const,
    [`${kind}, two layers, mean and maximum`, smallNetwork({ kind, layers: 2, pooling: 'mean_max' })] as const,
  ]),
  ['lstm, last output, softmax of two', smallNetwork({ kind: 'lstm', outputs: 2, pooling: 'last_output' })],
  [
    'gru, attention, wide branch',
    smallNetwork({ pooling: 'attention', wide: { words: 3, buckets: 16, scale: 'unit' } }),
  ],
  ['rnn, all of the poolings, sigmoid', smallNetwork({ kind: 'rnn', outputs: 1, pooling: 'mean_max_attention' })],
  ['cnn', smallConvolution()],
  ['cnn, wide branch, sigmoid', smallConvolution({ widths: [2], wide: { words: 1, buckets: 16 }, outputs: 1 })],
];

/** Weights of a network, the same at every call. */
export function weightsOf(network: OwnNetworkSpec, scale = 0.8): Tensors {
  let phase = 0;
  return new Map(
    [...expectedShapes(network)].map(([name, shape]) => {
      const data = Float32Array.from({ length: shape.reduce((size, length) => size * length, 1) }, () => {
        phase += 1;
        return scale * Math.sin(phase * phase * 0.37);
      });
      return [name, { type: 'F32', shape, data }];
    }),
  );
}

export function batchOfTexts(texts: readonly (readonly number[])[], width: number): TokenBatch {
  const ids = new Int32Array(texts.length * width);
  for (const [row, text] of texts.entries()) ids.set(text, row * width);
  return { ids, lengths: Int32Array.from(texts, (text) => text.length), width };
}
