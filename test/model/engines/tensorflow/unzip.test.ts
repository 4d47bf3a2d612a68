import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openZip } from '../../../../src/model/engines/tensorflow/unzip.ts';
import { type ZipFile, zipOf } from './wheel.ts';

const never = new AbortController().signal;
const damaged = { code: 'E_ENGINE_INSTALL', message: expect.stringMatching(/damaged/) as string };
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-unzip-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function unpackAll(zip: Buffer): Promise<ZipFile[]> {
  const file = join(folder, 'archive.zip');
  writeFileSync(file, zip);
  const archive = await openZip(file);
  try {
    const files: ZipFile[] = [];
    for (const entry of archive.entries) {
      await archive.unpack(entry, join(folder, 'out'), () => undefined, never);
      files.push({ name: entry.name, content: readFileSync(join(folder, 'out')), deflated: entry.method === 8 });
    }
    return files;
  } finally {
    await archive.close();
  }
}

describe('openZip', () => {
  it('gives back what any archive was made of', async () => {
    const file = fc.record({
      name: fc.string({ minLength: 1, unit: 'grapheme' }),
      content: fc.uint8Array({ maxLength: 4_000 }).map((bytes) => Buffer.from(bytes)),
      deflated: fc.boolean(),
    });
    const archives = fc.tuple(fc.array(file, { maxLength: 5 }), fc.stringMatching(/^[a-z]{0,40}$/));
    await fc.assert(
      fc.asyncProperty(archives, async ([files, comment]) => {
        expect(await unpackAll(zipOf(files, comment))).toEqual(files);
      }),
      { numRuns: 50 },
    );
  });

  it('reads an entry that is longer than a piece', async () => {
    const content = Buffer.from(
      Int32Array.from({ length: 700_000 }, (_, index) => Math.imul(index, 2_654_435_761)).buffer,
    );
    for (const deflated of [true, false])
      expect((await unpackAll(zipOf([{ name: 'long', content, deflated }])))[0]?.content.equals(content)).toBe(true);
  });

  it('refuses what is no zip file, or not all of one', async () => {
    const whole = zipOf([{ name: 'a', content: Buffer.from('text'), deflated: true }]);
    for (const bytes of [Buffer.alloc(0), Buffer.from('not a zip file'), whole.subarray(0, -10), whole.subarray(20)])
      await expect(unpackAll(bytes)).rejects.toMatchObject(damaged);
  });

  it('refuses changed content', async () => {
    const content = Buffer.alloc(10_000, 'some text ');
    for (const deflated of [true, false]) {
      const zip = zipOf([{ name: 'a', content, deflated }]);
      zip.writeUInt8(zip.readUInt8(50) ^ 0xff, 50);
      await expect(unpackAll(zip)).rejects.toMatchObject(damaged);
    }
  });
});
