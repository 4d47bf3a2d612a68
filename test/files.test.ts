import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../src/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monitor-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writeFileAtomic', () => {
  it('writes text and bytes, over an old file too, and leaves nothing else', async () => {
    const path = join(folder, 'report.csv');
    await writeFile(path, 'old');
    await writeFileAtomic(path, 'new ü\n');
    expect(await readFile(path, 'utf8')).toBe('new ü\n');
    await writeFileAtomic(path, Uint8Array.of(0, 255));
    expect([...(await readFile(path))]).toEqual([0, 255]);
    expect(await readdir(folder)).toEqual(['report.csv']);
  });

  it('writes over what a killed write left behind', async () => {
    const path = join(folder, 'report.csv');
    await writeFile(join(folder, '.report.csv.tmp'), 'half of');
    await writeFileAtomic(path, 'whole');
    expect(await readFile(path, 'utf8')).toBe('whole');
    expect(await readdir(folder)).toEqual(['report.csv']);
  });

  it('keeps the old state and cleans up when it fails', async () => {
    await mkdir(join(folder, 'taken'));
    const failure = { code: 'E_FILE', place: { file: join(folder, 'taken') } };
    await expect(writeFileAtomic(join(folder, 'taken'), 'text')).rejects.toMatchObject(failure);
    expect(await readdir(folder)).toEqual(['taken']);
    await expect(writeFileAtomic(join(folder, 'missing', 'x'), 'text')).rejects.toMatchObject({ code: 'E_FILE' });
  });
});
