import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { packingOf, readBytes, readPieces } from '../../src/ingest/bytes.ts';

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

it.each([
  ['nothing', [], 'none'],
  ['half a mark', [0x1f], 'none'],
  ['the mark of gzip', [0x1f, 0x8b], 'gzip'],
  ['three of the four bytes of zstd', [0x28, 0xb5, 0x2f], 'none'],
  ['the mark of zstd', [0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  ['text', [0x61, 0x1f, 0x8b], 'none'],
])('%s is packed as it should be: %j', async (_, bytes, packing) => {
  writeFileSync(path, Buffer.from(bytes));
  expect(await packingOf(path)).toBe(packing);
});

it('tells how much of the file was read, not of what it unpacks to', async () => {
  const packed = gzipSync(text);
  for (const [content, size, expected] of [
    [Buffer.from(text), undefined, text.length],
    [packed, undefined, packed.length],
    [packed, 20_000, 20_000],
  ] as const) {
    writeFileSync(path, content);
    const told: number[] = [];
    const pieces = readBytes(path, (bytes) => void told.push(bytes), size);
    await (async () => {
      for await (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(262_144);
    })().catch((thrown) => expect(thrown).toMatchObject({ code: 'E_INPUT' }));
    expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(expected);
    expect(Math.max(...told)).toBe(content === packed ? 16_384 : 262_144);
  }
});

it('says what is wrong with a file, where, and what to do', async () => {
  const first = (file: string) => readBytes(file, () => {}).next();
  const none = join(folder, 'none');
  await expect(first(none)).rejects.toMatchObject({
    ...{ code: 'E_FILE', message: "The file can't be read: there is no such file or folder", place: { file: none } },
    remedy: 'Check its path, and that this user may read it; then run the command again.',
  });
  await expect(first(folder)).rejects.toMatchObject({ message: "The file can't be read: it is a folder" });
  await expect(readPieces(none).next()).rejects.toMatchObject({ code: 'E_FILE', place: { file: none } });
  await expect(packingOf(none)).rejects.toMatchObject({ code: 'E_FILE', place: { file: none } });
  writeFileSync(path, gzipSync('x').subarray(0, 9));
  await expect(first(path)).rejects.toMatchObject({
    ...{
      code: 'E_INPUT',
      message: 'The gzip data is damaged or cut short: unexpected end of file',
      place: { file: path },
    },
    remedy: 'Export or copy the file again. The rows before the damage were kept.',
  });
});

it('reads no further than the piece with the damage', async () => {
  writeFileSync(path, Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(100_000, 1)]));
  const told: number[] = [];
  await expect(readBytes(path, (bytes) => void told.push(bytes)).next()).rejects.toMatchObject({ code: 'E_INPUT' });
  expect(told).toEqual([16_384]);
});

it.runIf(existsSync('/proc/self/fd'))('leaves no file open, whether it is read to its end or not', async () => {
  const opened = () => readdirSync('/proc/self/fd').length;
  writeFileSync(path, gzipSync(text));
  const before = opened();
  for (let time = 0; time < 20; time += 1) {
    await packingOf(path);
    const pieces = readBytes(path, () => {});
    await pieces.next();
    await pieces.return(undefined);
  }
  expect(opened()).toBeLessThan(before + 10);
});

it('reads no more of a file than it is told to', async () => {
  expect(await read(Buffer.from('abcdef'), 4)).toEqual({ text: 'abcd', error: '' });
  expect(await read(Buffer.from('abcdef'), 0)).toEqual({ text: '', error: '' });
});
