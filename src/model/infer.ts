import { MonitorError } from '../errors.ts';
import type { DeepSpec, Outputs, Pooling, RecurrentKind } from './network-spec.ts';
import type { Tensor, Tensors } from './safetensors.ts';
import { attends, featuresOf, GATES, misfits } from './shapes.ts';

/** Names that people give to the embedding. */
const EMBEDDINGS = ['embedding', 'emb', 'embeddings'];

/** A network read off a state_dict, and the same tensors under the names that a model directory has. */
export interface Inferred {
  readonly network: DeepSpec;
  readonly tensors: Tensors;
}

/**
 * The architecture that tensors belong to, read off their names and shapes: a recurrent module of any name, by how many gates
 * it stacks, or convolutions `convs.0`, `convs.1` … Pooling leaves hardly a trace there, so it is told.
 * Errors: E_MODEL_INVALID saying which tensor does not fit.
 */
export function inferNetwork(given: Tensors, pooling: Pooling, file: string): Inferred {
  const refuse = (message: string) =>
    new MonitorError('E_MODEL_INVALID', message, {
      place: { file },
      remedy:
        'Save the state_dict of a network with an nn.Embedding "embedding" or "emb", one nn.RNN, nn.LSTM or nn.GRU (or an nn.ModuleList "convs" of nn.Conv1d), and an nn.Linear "fc".',
    });
  const recurrent = recurrentModule(given, refuse);
  const tensors = renamed(given, recurrent);
  const shapeOf = (name: string, dimensions: number): readonly number[] => {
    const shape = tensors.get(name)?.shape;
    if (shape?.length === dimensions) return shape;
    throw refuse(
      `The weights have no ${dimensions === 2 ? 'matrix' : 'filters'} ${name}. They have: ${[...given.keys()].join(', ')}.`,
    );
  };
  const [vocabulary = 0, embedding = 0] = shapeOf('embedding.weight', 2);
  const [rows = 0, features = 0] = shapeOf('fc.weight', 2);
  if (!isOutputs(rows))
    throw refuse(
      `fc.weight has ${rows} outputs. Networks with 1 or 2 (negative, positive) or 3 (negative, neutral, positive) can be read.`,
    );
  const sizes = { vocabulary, embedding, outputs: rows };
  const network: DeepSpec = recurrent
    ? {
        ...sizes,
        kind: recurrent.kind,
        layers: countOf((layer) => tensors.has(`${recurrent.kind}.weight_hh_l${layer}`)),
        bidirectional: tensors.has(`${recurrent.kind}.weight_hh_l0_reverse`),
        hidden: shapeOf(`${recurrent.kind}.weight_hh_l0`, 2)[1] ?? 0,
        pooling,
      }
    : {
        ...sizes,
        kind: 'cnn',
        filters: shapeOf('convs.0.weight', 3)[0] ?? 0,
        widths: Array.from(
          { length: countOf((index) => tensors.has(`convs.${index}.weight`)) },
          (_, index) => shapeOf(`convs.${index}.weight`, 3)[2] ?? 0,
        ),
      };
  if (network.kind !== 'cnn' && attends(network.pooling) && !tensors.has('attention.weight'))
    throw refuse(`Pooling "${pooling}" needs an nn.Linear(…, 1) "attention", and the weights have none.`);
  if (features !== featuresOf(network))
    throw refuse(
      `fc.weight takes ${features} numbers, but ${network.kind === 'cnn' ? 'these convolutions give' : `pooling "${pooling}" of this ${network.kind.toUpperCase()} gives`} ${featuresOf(network)}.`,
    );
  const problems = misfits(tensors, network);
  if (problems.length > 0) throw refuse(`The weights don't fit together: ${problems.slice(0, 5).join('; ')}.`);
  return { network, tensors };
}

interface RecurrentModule {
  readonly prefix: string;
  readonly kind: RecurrentKind;
}

/** The one recurrent module: its name in the state_dict, and its kind, told by how many gates its matrices stack. */
function recurrentModule(tensors: Tensors, refuse: (message: string) => MonitorError): RecurrentModule | undefined {
  const found = [...tensors].flatMap(([name, { shape }]) => {
    const prefix = /^(.+)\.weight_hh_l0$/.exec(name)?.[1];
    return prefix === undefined ? [] : [{ prefix, shape }];
  });
  const [first, second] = found;
  if (!first) return undefined;
  if (second)
    throw refuse(
      `The weights have ${found.length} recurrent modules (${found.map(({ prefix }) => prefix).join(', ')}); one can be read.`,
    );
  const [rows = 0, columns = 0] = first.shape;
  const kind = (Object.keys(GATES) as RecurrentKind[]).find((name) => rows === GATES[name] * columns && columns > 0);
  if (kind) return { prefix: first.prefix, kind };
  throw refuse(
    `${first.prefix}.weight_hh_l0 has shape [${first.shape}], so it is no RNN, LSTM or GRU: of ${columns} units these have ${columns}, ${4 * columns} or ${3 * columns} rows.`,
  );
}

/** The tensors under our names. A bias of the attention is left out: a softmax over steps takes no notice of it. */
function renamed(given: Tensors, recurrent: RecurrentModule | undefined): Tensors {
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of given) {
    if (name === 'attention.bias') continue;
    const dot = name.lastIndexOf('.');
    const prefix = name.slice(0, dot);
    const rest = name.slice(dot);
    const isRecurrent = recurrent !== undefined && prefix === recurrent.prefix;
    const module = isRecurrent ? recurrent.kind : EMBEDDINGS.includes(prefix) ? 'embedding' : prefix;
    const known = module + rest;
    // Beside a tensor of the proper name another keeps its own, and is told to be no part of such a network.
    tensors.set(given.has(known) ? name : known, tensor);
  }
  return tensors;
}

function countOf(exists: (index: number) => boolean): number {
  let count = 0;
  while (exists(count)) count += 1;
  return count;
}

function isOutputs(count: number): count is Outputs {
  return count === 1 || count === 2 || count === 3;
}
