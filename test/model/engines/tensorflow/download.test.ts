import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedWheel, checkWheel, downloadWheel, findPip } from '../../../../src/model/engines/tensorflow/download.ts';
import { serveWheel } from './server.ts';
import { quietSurroundings } from './surroundings.ts';
import { WHEEL_FILES, wheelFor, zipOf } from './wheel.ts';

let folder: string;
let cache: string;
const zip = zipOf(WHEEL_FILES);
const wheel = wheelFor(zip);
const PIP = ['pip'] as const;

/**
 * A program named pip that does to the folder after `--dest` what the shell line says. Asked for the index, it names the
 * address, or fails as an old pip does.
 */
function makePip(line: string, { name = 'pip', address = '' } = {}): void {
  const file = join(folder, 'bin', name);
  const found = `Found link ${address} (from an index) (requires-python:>=3.8), version: 1.0`;
  const index = address === '' ? 'exit 1' : `echo '  ${found}'; exit 0`;
  const rest = 'while [ $# -gt 1 ]; do [ "$1" = --dest ] && dest="$2"; shift; done';
  writeFileSync(file, `#!/bin/sh\nif [ "$1" = index ]; then ${index}; fi\n${rest}\n${line}\n`);
  chmodSync(file, 0o755);
}

const around = (signal?: AbortSignal) =>
  quietSurroundings({ PATH: `${join(folder, 'bin')}:/usr/bin:/bin` }, signal).surroundings;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-wheel-'));
  cache = join(folder, 'cache');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'served.whl'), zip);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('downloadWheel', () => {
  it('keeps what pip fetched, if it is the right file', async () => {
    makePip(`cp '${folder}/served.whl' "$dest/${wheel.file}"`);
    const file = await downloadWheel(wheel, cache, PIP, around());
    expect(readFileSync(file).equals(zip)).toBe(true);
    expect(readdirSync(cache)).toEqual([wheel.file]);
    expect(await cachedWheel(wheel, cache, around())).toBe(file);
  });

  it('refuses another file, and keeps nothing of it', async () => {
    makePip(`echo something else > "$dest/${wheel.file}"`);
    await expect(downloadWheel(wheel, cache, PIP, around())).rejects.toMatchObject({
      code: 'E_ENGINE_INSTALL',
      message: expect.stringMatching(/SHA-256/) as string,
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('shows what pip said when it fails', async () => {
    makePip('echo "ERROR: no such host" >&2; exit 1');
    await expect(downloadWheel(wheel, cache, PIP, around())).rejects.toMatchObject({
      code: 'E_ENGINE_INSTALL',
      message: expect.stringMatching(/ended with code 1:\nERROR: no such host$/) as string,
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('ends pip when it is stopped', async () => {
    const controller = new AbortController();
    makePip(`touch '${folder}/started'; exec sleep 600`);
    const download = downloadWheel(wheel, cache, PIP, around(controller.signal));
    const stopped = expect(download).rejects.toMatchObject({ code: 'E_INTERRUPTED' });
    await expect.poll(() => existsSync(join(folder, 'started'))).toBe(true);
    controller.abort();
    await stopped;
  });
});

describe('downloadWheel from the address that pip names', () => {
  const PIP_MUST_NOT = 'echo "pip was asked to download" >&2; exit 1';

  it('fetches it itself', async () => {
    await using server = await serveWheel(zip, wheel.file);
    makePip(PIP_MUST_NOT, { address: `${server.address}#sha256=${wheel.sha256}` });
    const file = await downloadWheel(wheel, cache, PIP, around());
    expect(readFileSync(file).equals(zip)).toBe(true);
    expect(readdirSync(cache)).toEqual([wheel.file]);
  });

  it('deletes what has another checksum, and says so', async () => {
    const other = Buffer.alloc(zip.length, 'x');
    await using server = await serveWheel(other, wheel.file);
    makePip(PIP_MUST_NOT, { address: server.address });
    await expect(downloadWheel(wheel, cache, PIP, around())).rejects.toMatchObject({
      code: 'E_ENGINE_INSTALL',
      message: expect.stringMatching(/SHA-256/) as string,
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('has pip download it where the address asks for a password', async () => {
    await using server = await serveWheel(zip, wheel.file, { status: 401 });
    makePip(`cp '${folder}/served.whl' "$dest/${wheel.file}"`, { address: server.address });
    const file = await downloadWheel(wheel, cache, PIP, around());
    expect(readFileSync(file).equals(zip)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  it('has pip download it where nothing answers', async () => {
    const server = await serveWheel(zip, wheel.file);
    await server[Symbol.asyncDispose]();
    makePip(`cp '${folder}/served.whl' "$dest/${wheel.file}"`, { address: server.address });
    expect(existsSync(await downloadWheel(wheel, cache, PIP, around()))).toBe(true);
  });
});

describe('cachedWheel', () => {
  it('deletes a damaged one', async () => {
    mkdirSync(cache);
    writeFileSync(join(cache, wheel.file), zip.subarray(0, 1_000));
    expect(await cachedWheel(wheel, cache, around())).toBeUndefined();
    expect(readdirSync(cache)).toEqual([]);
  });
});

describe('checkWheel', () => {
  it('says so where there is no file', async () => {
    await expect(checkWheel(join(folder, 'none.whl'), wheel)).rejects.toMatchObject({ code: 'E_ENGINE_INSTALL' });
  });
});

describe('findPip', () => {
  it('takes the one that answers', async () => {
    const only = quietSurroundings({ PATH: join(folder, 'bin') }).surroundings;
    expect(await findPip(only)).toBeUndefined();
    makePip('exit 0', { name: 'pip3' });
    writeFileSync(join(folder, 'bin', 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(await findPip(only)).toEqual(['pip3']);
  });
});
