import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { packingOf, readBytes } from '../../src/ingest/bytes.ts';

const folder = mkdtempSync(join(tmpdir(), 'monitor-bytes-'));
const path = join(folder, 'file');
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: Uint8Array, size?: number): Promise<{ text: string; error: string }> {
  writeFileSync(path, content);
  const pieces: Uint8Array[] = [];
  let error = '';
  try {
    for await (const piece of readBytes(path, () => {}, size)) pieces.push(piece);
  } catch (thrown) {
    error = (thrown as { code: string }).code;
  }
  return { text: Buffer.concat(pieces).toString(), error };
}

// Numbers that don't repeat, so that packed they still are several pieces.
const text = Array.from({ length: 20_000 }, (_, n) => `${n} ${Math.sin(n)}\n`).join('');
const parts = [text.slice(0, 99_999), text.slice(99_999, 100_000), text.slice(100_000)];

describe.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)('%s', (packing, pack) => {
  const whole = { text, error: '' };

  it('is known by its first bytes', async () => {
    writeFileSync(path, pack('x'));
    expect(await packingOf(path)).toBe(packing);
  });

  it('is unpacked, of one part or several, padded or not', async () => {
    expect(await read(pack(text))).toEqual(whole);
    expect(await read(Buffer.concat(parts.map((part) => pack(part))))).toEqual(whole);
    for (const zeros of [1, 40_000]) {
      expect(await read(Buffer.concat([pack(text), Buffer.alloc(zeros)]))).toEqual(whole);
      expect(await read(Buffer.concat(parts.flatMap((part) => [pack(part), Buffer.alloc(zeros)])))).toEqual(whole);
    }
    expect(await read(pack(''))).toEqual({ text: '', error: '' });
  });

  it('that is damaged or cut gives what came before, every time the same', async () => {
    const packed = pack(text);
    for (const content of [
      packed.subarray(0, -9),
      packed.subarray(0, 9),
      Buffer.concat([packed, Buffer.from('rubbish')]),
    ]) {
      const once = await read(content);
      expect(once.error).toBe('E_INPUT');
      expect(text.startsWith(once.text)).toBe(true);
      expect(await read(content)).toEqual(once);
    }
  });
});

it('reads no more of a file than it is told to', async () => {
  expect(await read(Buffer.from('abcdef'), 4)).toEqual({ text: 'abcd', error: '' });
  expect(await read(Buffer.from('abcdef'), 0)).toEqual({ text: '', error: '' });
});
