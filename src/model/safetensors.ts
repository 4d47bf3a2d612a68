/// <reference lib="es2025.float16" />
import { MonitorError, messageOf } from '../errors.ts';

export type TensorType = 'F16' | 'F32';

/** A tensor in row-major order. `type` is how it was stored; `data` is always single precision. */
export interface Tensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type Tensors = ReadonlyMap<string, Tensor>;

const BYTES = { F16: 2, F32: 4 } as const;
const HEADER_LENGTH_BYTES = 8;

/**
 * Reads a safetensors file: eight bytes of header length (little-endian), a JSON header, then the data.
 * Only F16 and F32 are read. Errors: E_MODEL_INVALID saying what is wrong with the file.
 */
export function readSafetensors(bytes: Uint8Array, file: string): Tensors {
  const damaged = (what: string, cause?: unknown) =>
    new MonitorError('E_MODEL_INVALID', `The weights file ${what}.`, {
      place: { file },
      remedy: 'Copy the model again from where it was made, or save the weights again as safetensors.',
      cause,
    });
  if (bytes.length >= 2 && bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw damaged('is a PyTorch checkpoint (a zip archive), not safetensors; save state_dict() with safetensors.torch');
  if (bytes.length < HEADER_LENGTH_BYTES) throw damaged(`has ${bytes.length} bytes, too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  const dataStart = HEADER_LENGTH_BYTES + Number(headerLength);
  if (dataStart > bytes.length) throw damaged(`ends inside its header (${bytes.length} bytes of ${dataStart})`);

  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch (cause) {
    throw damaged(`has a header that is not JSON: ${messageOf(cause)}`, cause);
  }
  if (!isRecord(header)) throw damaged('has a header that is not a JSON object');

  const tensors = new Map<string, Tensor>();
  let dataBytes = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isEntry(entry)) throw damaged(`describes the tensor ${name} in a way that can't be read`);
    const { dtype, shape, data_offsets } = entry;
    if (dtype !== 'F16' && dtype !== 'F32')
      throw damaged(`stores the tensor ${name} as ${dtype}; F16 and F32 can be read`);
    const [start, end] = data_offsets;
    const size = shape.reduce((product, length) => product * length, 1);
    if (end - start !== size * BYTES[dtype])
      throw damaged(
        `gives the tensor ${name} ${end - start} bytes, but its shape [${shape}] needs ${size * BYTES[dtype]}`,
      );
    if (dataStart + end > bytes.length)
      throw damaged(`ends inside the tensor ${name} (${bytes.length} bytes of ${dataStart + end})`);
    // A copy, because typed arrays need aligned memory and the file promises none.
    const raw = Uint8Array.from(bytes.subarray(dataStart + start, dataStart + end)).buffer;
    tensors.set(name, {
      type: dtype,
      shape,
      data: dtype === 'F16' ? Float32Array.from(new Float16Array(raw)) : new Float32Array(raw),
    });
    dataBytes += end - start;
  }
  if (dataStart + dataBytes !== bytes.length)
    throw damaged(`holds ${bytes.length - dataStart} bytes of data, but its tensors take ${dataBytes}`);
  return tensors;
}

/** Writes tensors as a safetensors file, all in one precision. F16 rounds to the nearest, ties to even. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Pick<Tensor, 'shape' | 'data'>>,
  type: TensorType,
): Uint8Array {
  const header: Record<string, unknown> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  // Sorted by name, so that the same weights always make the same bytes.
  for (const [name, { shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const stored = type === 'F16' ? new Float16Array(data) : new Float32Array(data);
    const part = new Uint8Array(stored.buffer);
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + part.length] };
    parts.push(part);
    offset += part.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padding = (8 - (json.length % 8)) % 8;
  const bytes = new Uint8Array(HEADER_LENGTH_BYTES + json.length + padding + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length + padding), true);
  bytes.set(json, HEADER_LENGTH_BYTES);
  bytes.fill(0x20, HEADER_LENGTH_BYTES + json.length, HEADER_LENGTH_BYTES + json.length + padding);
  let position = HEADER_LENGTH_BYTES + json.length + padding;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is { dtype: string; shape: number[]; data_offsets: [number, number] } {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets: offsets } = value;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every(isLength) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(isLength) &&
    Number(offsets[0]) <= Number(offsets[1])
  );
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
