import { MonitorError } from '../errors.ts';
import type { Tensor, Tensors } from './safetensors.ts';
import { featuresOf, GRU_GATES, misfits } from './shapes.ts';
import type { NetworkSpec, Pooling } from './spec.ts';

/**
 * The architecture that tensors belong to, read off their names and shapes. Pooling leaves hardly a trace there, so it is told.
 * Errors: E_MODEL_INVALID saying which tensor does not fit.
 */
export function inferNetwork(tensors: Tensors, pooling: Pooling, file: string): NetworkSpec {
  const refuse = (message: string) =>
    new MonitorError('E_MODEL_INVALID', message, {
      place: { file },
      remedy:
        'Save the state_dict of a network with an nn.Embedding "embedding", an nn.GRU "gru" (batch_first or not) and an nn.Linear "fc".',
    });
  const matrix = (name: string): readonly [number, number] => {
    const [rows, columns, ...more] = tensors.get(name)?.shape ?? [];
    if (rows === undefined || columns === undefined || more.length > 0)
      throw refuse(
        `The weights have no matrix ${name}. ${otherKind(tensors)}They have: ${[...tensors.keys()].join(', ')}.`,
      );
    return [rows, columns];
  };

  const [vocabulary, embedding] = matrix('embedding.weight');
  const [gates, hidden] = matrix('gru.weight_hh_l0');
  if (gates !== GRU_GATES * hidden)
    throw refuse(
      `gru.weight_hh_l0 has shape [${gates},${hidden}], so it is no GRU: its ${hidden} units need ${GRU_GATES * hidden} rows.`,
    );
  const [outputs, features] = matrix('fc.weight');
  if (outputs !== 1 && outputs !== 3)
    throw refuse(
      `fc.weight has ${outputs} outputs. Networks with 1 (negative, positive) or 3 (negative, neutral, positive) can be read.`,
    );
  let layers = 1;
  while (tensors.has(`gru.weight_hh_l${layers}`)) layers += 1;
  const bidirectional = tensors.has('gru.weight_hh_l0_reverse');

  const network: NetworkSpec = { kind: 'gru', layers, bidirectional, vocabulary, embedding, hidden, pooling, outputs };
  if (features !== featuresOf(network))
    throw refuse(
      `fc.weight takes ${features} numbers, but pooling "${pooling}" of this GRU gives ${featuresOf(network)}.`,
    );
  const problems = misfits(tensors, network);
  if (problems.length > 0) throw refuse(`The weights don't fit together: ${problems.slice(0, 5).join('; ')}.`);
  return network;
}

/** A word about a recurrent network of another kind or name, told by how many gates its matrices stack. */
function otherKind(tensors: Tensors): string {
  for (const [name, { shape }] of tensors) {
    const prefix = /^(.+)\.weight_hh_l0$/.exec(name)?.[1];
    if (prefix === undefined || prefix === 'gru') continue;
    const kind = kindOf(shape);
    return kind === 'GRU'
      ? `Its GRU is named "${prefix}" instead of "gru". `
      : `Its "${prefix}" is ${kind}; only GRUs can be read. `;
  }
  return '';
}

function kindOf([rows = 0, columns = 1]: Tensor['shape']): string {
  const kinds: Readonly<Record<number, string>> = { 1: 'a plain RNN', 3: 'GRU', 4: 'an LSTM' };
  return kinds[rows / columns] ?? 'of an unknown kind';
}
