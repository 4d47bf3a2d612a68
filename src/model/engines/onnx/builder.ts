import { type AttributeValue, graphMessage, initializer, node } from './onnx-format.ts';
import type { Message } from './protobuf.ts';

/** A graph while it is put together: nodes in the order they run, and their constants. Values are known by their names. */
export class Builder {
  readonly nodes: Message[] = [];
  readonly initializers: Message[] = [];
  readonly #numbers = new Map<string, string>();

  /** Adds an operation with one output, and returns that output's name. */
  add(
    type: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    this.addMany(type, inputs, [output], attributes);
    return output;
  }

  /** Adds an operation with several outputs. */
  addMany(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    this.nodes.push(node(type, inputs, outputs, attributes));
  }

  floats(name: string, dims: readonly number[], data: Float32Array): string {
    this.initializers.push(initializer(name, dims, data));
    return name;
  }

  /** A list of whole numbers. The same ones are stored once. */
  integers(...values: number[]): string {
    return this.#constant(`integers_${values.join('_')}`, [values.length], BigInt64Array.from(values, BigInt));
  }

  /** One whole number, or one number. */
  integer(value: number): string {
    return this.#constant(`integer_${value}`, [], BigInt64Array.of(BigInt(value)));
  }

  float(value: number): string {
    return this.#constant(`float_${value}`, [], Float32Array.of(value));
  }

  /** What was added so far as the body of an operation. It sees the constants of the graph around it. */
  subgraph(inputs: readonly Message[], outputs: readonly Message[]): Message {
    return graphMessage({ nodes: this.nodes, initializers: this.initializers, inputs, outputs });
  }

  #constant(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): string {
    if (!this.#numbers.has(name)) this.initializers.push(initializer(name, dims, data));
    this.#numbers.set(name, name);
    return name;
  }
}
