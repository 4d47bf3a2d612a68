/// <reference lib="es2025.float16" />
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MonitorError } from '../../src/errors.ts';
import { readSafetensors, writeSafetensors } from '../../src/model/safetensors.ts';

const tensors = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([rows, columns]) =>
    fc.record({
      shape: fc.constant([rows, columns]),
      data: fc.float32Array({ minLength: rows * columns, maxLength: rows * columns }),
    }),
  ),
  { noNullPrototype: true },
);

const read = (bytes: Uint8Array) => readSafetensors(bytes, 'weights.safetensors');

describe('safetensors', () => {
  it('gives single precision back to the bit', () => {
    fc.assert(
      fc.property(tensors, (written) => {
        const back = read(writeSafetensors(new Map(Object.entries(written)), 'F32'));
        expect([...back.keys()].sort()).toEqual(Object.keys(written).sort());
        for (const [name, { shape, data }] of Object.entries(written))
          expect(back.get(name)).toEqual({ type: 'F32', shape, data });
      }),
    );
  });

  it('rounds to half precision once, to the nearest', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -65_504, max: 65_504 }), (value) => {
        const once = writeSafetensors(new Map([['a', { shape: [1], data: Float32Array.of(value) }]]), 'F16');
        const half = read(once).get('a')?.data[0] ?? Number.NaN;
        // Half precision has 11 bits, and below 2^-14 steps of 2^-24.
        expect(Math.abs(half - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
        expect(writeSafetensors(read(once), 'F16')).toEqual(once);
      }),
    );
    const ties = read(
      writeSafetensors(new Map([['a', { shape: [3], data: Float32Array.of(2049, 2051, 65_520) }]]), 'F16'),
    );
    expect([...(ties.get('a')?.data ?? [])]).toEqual([2048, 2052, Number.POSITIVE_INFINITY]);
  });

  it('tells of a file that was cut short, wherever it was cut', () => {
    const whole = writeSafetensors(new Map([['a', { shape: [2, 3], data: new Float32Array(6) }]]), 'F32');
    for (let length = 0; length < whole.length; length += 1)
      expect(() => read(whole.subarray(0, length))).toThrow(MonitorError);
  });

  it.each([
    ['a PyTorch checkpoint', Buffer.from('PK\x03\x04 and so on'), /PyTorch checkpoint/],
    ['a header that is not JSON', file('{"a":', 0), /not JSON/],
    ['a type that is not read', file('{"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', 2), /BF16/],
    ['a shape that needs more bytes', file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4), /needs 8/],
    ['data that nothing describes', file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 9), /9 bytes/],
    ['a tensor without offsets', file('{"a":{"dtype":"F32","shape":[1]}}', 4), /tensor a/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });

  it('reads from the middle of a larger buffer, and passes over metadata', () => {
    const bytes = file('{"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[],"data_offsets":[0,2]}}', 2);
    const larger = Buffer.concat([Buffer.from('x'), bytes]);
    expect(read(larger.subarray(1)).get('a')).toEqual({ type: 'F16', shape: [], data: Float32Array.of(0) });
  });
});

function file(header: string, dataBytes: number): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]);
}
