/**
 * Just enough of protocol buffers to write an ONNX file. A message is a list of encoded fields; a field is its number and
 * wire type in one varint, then its value (https://protobuf.dev/programming-guides/encoding).
 */
export type Message = Uint8Array;

const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;
const encoder = new TextEncoder();

/** Fields of one message, one after the other. */
export function message(...fields: readonly Message[]): Message {
  return Buffer.concat(fields);
}

/** An integer field, from 0 to 2^53. */
export function integer(field: number, value: number): Message {
  return Buffer.concat([varint(field * 8 + WIRE_VARINT), varint(value)]);
}

/** A field of bytes, a string or a nested message. */
export function bytes(field: number, value: Uint8Array | string): Message {
  const content = typeof value === 'string' ? encoder.encode(value) : value;
  return Buffer.concat([varint(field * 8 + WIRE_LENGTH), varint(content.length), content]);
}

function varint(value: number): Uint8Array {
  const septets: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) septets.push((rest % 128) + 128);
  septets.push(rest);
  return Uint8Array.from(septets);
}
