import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { NetworkSpec, RecurrentSpec } from '../../network-spec.ts';
import type { Tensors } from '../../safetensors.ts';
import { directionsOf, statesOf } from '../../shapes.ts';
import { Builder } from './builder.ts';
import { onnxFile, valueInfo } from './onnx-format.ts';
import { parameter } from './parameters.ts';
import { OPTIONS } from './session.ts';
import type { Steps } from './steps.ts';

/** A GRU's gates as PyTorch stacks them: reset, update, new. */
const GATES = ['reset', 'update', 'new'] as const;

/**
 * What padding says to the gates: reset closed, update fully open. A state then stays what it was, exactly, and one that is
 * zero stays zero: so no step needs a mask.
 */
const PADDING: Readonly<Record<(typeof GATES)[number], number>> = { reset: -100, update: 100, new: 0 };

/** Bytes that the tables of a network may take in each process; above, words are multiplied at each step instead. */
const LARGEST = 256 * 2 ** 20;

/** Whether a network's first layer is run from tables: a GRU whose tables fit. */
export function isFolded(network: NetworkSpec): network is RecurrentSpec & { kind: 'gru' } {
  if (network.kind !== 'gru') return false;
  return 4 * 3 * statesOf(network) * (network.vocabulary + 1) <= LARGEST;
}

function tableName(gate: string, direction: number): string {
  return `table_${gate}_${direction}`;
}

function namesOf(network: RecurrentSpec): { gate: (typeof GATES)[number]; direction: number; name: string }[] {
  return directionsOf(network, 0).flatMap((_, direction) =>
    GATES.map((gate) => ({ gate, direction, name: tableName(gate, direction) })),
  );
}

/** The tables as inputs of a graph: vocabulary + 1 rows of `hidden` numbers. They are inputs, so that there is one copy of them. */
export function tableInputs(network: RecurrentSpec) {
  return namesOf(network).map(({ name }) => valueInfo(name, 'float', [network.vocabulary + 1, network.hidden]));
}

/**
 * The first layer's input product of every word, with the biases that belong to it: a table for each gate and direction, a
 * row a word and a last one for padding. Reading a row is what a multiplication of the word's vector was.
 */
export async function foldedTables(
  network: RecurrentSpec,
  weights: Tensors,
): Promise<InferenceSession.OnnxValueMapType> {
  const { vocabulary, embedding, hidden } = network;
  const graph = new Builder();
  for (const [direction, suffix] of directionsOf(network, 0).entries()) {
    const [w, inputBias, recurrentBias] = ['weight_ih', 'bias_ih', 'bias_hh'].map((name) =>
      parameter(weights, `gru.${name}${suffix}`),
    ) as [Float32Array, Float32Array, Float32Array];
    for (const [place, gate] of GATES.entries()) {
      const name = tableName(gate, direction);
      const from = place * hidden;
      // The new gate's recurrent bias is multiplied by the reset gate, so it can't be added here.
      const bias = inputBias
        .slice(from, from + hidden)
        .map((value, unit) => (gate === 'new' ? value : value + (recurrentBias[from + unit] ?? 0)));
      graph.floats(`w_${name}`, [hidden, embedding], w.slice(from * embedding, (from + hidden) * embedding));
      graph.floats(`b_${name}`, [hidden], bias);
      graph.add('Gemm', ['embedding', `w_${name}`, `b_${name}`], name, { transB: 1 });
    }
  }
  const file = onnxFile({
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [valueInfo('embedding', 'float', [vocabulary + 1, embedding])],
    outputs: tableInputs(network),
    metadata: {},
  });
  const session = await InferenceSession.create(file, OPTIONS);
  try {
    // One row more, whose products give way to the padding's: so the tables are never copied.
    const vectors = new Float32Array((vocabulary + 1) * embedding);
    vectors.set(parameter(weights, 'embedding.weight'));
    const tables = await session.run({ embedding: new Tensor('float32', vectors, [vocabulary + 1, embedding]) });
    for (const { name, gate } of namesOf(network)) {
      const data = tables[name]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`the folded network gave no ${name}`);
      data.fill(PADDING[gate], vocabulary * hidden);
    }
    return tables;
  } finally {
    await session.release();
  }
}

/**
 * The first layer of a GRU, all its directions in one loop over time (Scan). PyTorch's equations:
 * r = σ(x_r + h·R_r), u = σ(x_u + h·R_u), n = tanh(x_n + r·(h·R_n + b_n)), h' = n + u·(h − n), where the x are rows of the tables.
 * Rows are read inside the loop, where the next product finds them in the processor's cache.
 * Gives the states, time × batch × (directions · hidden), or nothing where only the final ones are read; these, directions ×
 * batch × hidden, are `final_0`.
 */
export function addFoldedLayer(
  graph: Builder,
  network: RecurrentSpec,
  weights: Tensors,
  ids: string,
  { mask }: Steps,
  readsStates: boolean,
): string {
  const { hidden, vocabulary } = network;
  const rows = graph.add('Cast', [ids], 'ids_of_rows', { to: 7 });
  const read = mask === undefined ? rows : addPaddingRow(graph, mask, rows, vocabulary);
  const step = new Builder();
  const directions = directionsOf(network, 0);
  for (const [direction, suffix] of directions.entries()) {
    const named = (name: string) => `${name}_${direction}`;
    const recurrent = parameter(weights, `gru.weight_hh${suffix}`);
    for (const [place, gate] of GATES.entries()) {
      const part = recurrent.subarray(place * hidden * hidden, (place + 1) * hidden * hidden);
      graph.floats(named(`r_${gate}`), [hidden, hidden], transposed(part, hidden));
      step.add('Gather', [tableName(gate, direction), named('ids')], named(`x_${gate}`), { axis: 0 });
    }
    const bias = parameter(weights, `gru.bias_hh${suffix}`).slice(2 * hidden);
    graph.floats(named('bias_new'), [hidden], bias);
    for (const gate of ['reset', 'update']) {
      const sum = step.add('Gemm', [named('h'), named(`r_${gate}`), named(`x_${gate}`)], named(`${gate}_sum`));
      step.add('Sigmoid', [sum], named(gate));
    }
    const product = step.add('Gemm', [named('h'), named('r_new'), named('bias_new')], named('new_product'));
    const kept = step.add('Mul', [named('reset'), product], named('new_kept'));
    const fresh = step.add('Tanh', [step.add('Add', [named('x_new'), kept], named('new_sum'))], named('new'));
    const distance = step.add('Sub', [named('h'), fresh], named('distance'));
    const stay = step.add('Mul', [named('update'), distance], named('stay'));
    step.add('Add', [fresh, stay], named('next'));
    if (readsStates) step.add('Identity', [named('next')], named('state'));
  }
  const batch = graph.add('Shape', [ids], 'batch', { start: 1, end: 2 });
  const shape = graph.add('Concat', [batch, graph.integers(hidden)], 'zero_shape', { axis: 0 });
  const zero = graph.add('ConstantOfShape', [shape], 'zero_state');
  const each = (name: string) => directions.map((_, direction) => `${name}_${direction}`);
  const backwards = directions.map((_, direction) => direction);
  const kept = readsStates ? each('state') : [];
  const all = kept.map((name) => `all_${name}`);
  graph.addMany('Scan', [...each('h').map(() => zero), ...each('ids').map(() => read)], [...each('last'), ...all], {
    body: step.subgraph(
      [
        ...each('h').map((name) => valueInfo(name, 'float', ['batch', hidden])),
        ...each('ids').map((name) => valueInfo(name, 'int64', ['batch'])),
      ],
      [...each('next'), ...kept].map((name) => valueInfo(name, 'float', ['batch', hidden])),
    ),
    num_scan_inputs: directions.length,
    scan_input_directions: backwards,
    ...(readsStates ? { scan_output_directions: backwards } : {}),
  });
  const apart = each('last').map((name) => graph.add('Unsqueeze', [name, graph.integers(0)], `${name}_apart`));
  graph.add('Concat', apart, 'final_0', { axis: 0 });
  return readsStates ? graph.add('Concat', all, 'states_0', { axis: 2 }) : '';
}

/** The ids with the padding's row in the place of whatever is behind a text's end. */
function addPaddingRow(graph: Builder, mask: string, rows: string, vocabulary: number): string {
  const inside = graph.add('Squeeze', [mask, graph.integers(2)], 'inside_rows');
  return graph.add('Where', [inside, rows, graph.integer(vocabulary)], 'rows_or_padding');
}

function transposed(square: Float32Array, size: number): Float32Array {
  return square.map((_, index) => square[(index % size) * size + Math.floor(index / size)] ?? 0);
}
