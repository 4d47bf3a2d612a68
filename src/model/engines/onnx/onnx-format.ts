import { bytes, integer, type Message, message } from './protobuf.ts';

/** The parts of onnx.proto3 that our graphs are made of; the numbers are that file's. */
const DATA_TYPE = { float: 1, int32: 6, int64: 7 } as const;
const ATTRIBUTE = { int: 2, string: 3, graph: 5, ints: 7 } as const;
const IR_VERSION = 8;
/** The first operator set whose ReduceMean, ReduceMax and ReduceSum all take their axes as an input. */
const OPERATOR_SET = 18;

export type DataType = keyof typeof DATA_TYPE;
/** A graph is given as a message of `graphMessage`. */
export type AttributeValue = number | string | readonly number[] | Message;

/** A constant of the graph. */
export function initializer(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): Message {
  return message(
    ...dims.map((dim) => integer(1, dim)),
    integer(2, data instanceof Float32Array ? DATA_TYPE.float : DATA_TYPE.int64),
    bytes(8, name),
    // Raw tensor data is little-endian, as every machine that ONNX Runtime runs on.
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}

/** One operation. Its type says what it does with its inputs. */
export function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): Message {
  return message(
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, type),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  );
}

function attribute(name: string, value: AttributeValue): Message {
  if (typeof value === 'number') return message(bytes(1, name), integer(3, value), integer(20, ATTRIBUTE.int));
  if (typeof value === 'string') return message(bytes(1, name), bytes(4, value), integer(20, ATTRIBUTE.string));
  if (value instanceof Uint8Array) return message(bytes(1, name), bytes(6, value), integer(20, ATTRIBUTE.graph));
  return message(bytes(1, name), ...value.map((item) => integer(8, item)), integer(20, ATTRIBUTE.ints));
}

/** An input or output of the graph; a named dimension may have any length. */
export function valueInfo(name: string, type: DataType, dims: readonly (number | string)[]): Message {
  const shape = message(...dims.map((dim) => bytes(1, typeof dim === 'number' ? integer(1, dim) : bytes(2, dim))));
  return message(bytes(1, name), bytes(2, bytes(1, message(integer(1, DATA_TYPE[type]), bytes(2, shape)))));
}

interface Graph {
  readonly nodes: readonly Message[];
  readonly initializers: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
}

/** A graph, of a file or inside an operation that runs it again and again. */
export function graphMessage({ nodes, initializers, inputs, outputs }: Graph): Message {
  return message(
    ...nodes.map((part) => bytes(1, part)),
    bytes(2, 'network'),
    ...initializers.map((part) => bytes(5, part)),
    ...inputs.map((part) => bytes(11, part)),
    ...outputs.map((part) => bytes(12, part)),
  );
}

/** A whole ONNX file. `metadata` is what the file says of itself, by key. */
export function onnxFile(graph: Graph & { metadata: Readonly<Record<string, string>> }): Uint8Array {
  return message(
    integer(1, IR_VERSION),
    bytes(7, graphMessage(graph)),
    bytes(8, message(bytes(1, ''), integer(2, OPERATOR_SET))),
    ...Object.entries(graph.metadata).map(([key, value]) => bytes(14, message(bytes(1, key), bytes(2, value)))),
  );
}
