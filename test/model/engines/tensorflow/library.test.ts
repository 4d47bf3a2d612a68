import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpackLibrary } from '../../../../src/model/engines/tensorflow/library.ts';
import { noteIn, stateIn } from '../../../../src/model/engines/tensorflow/state.ts';
import { quietSurroundings } from './surroundings.ts';
import { WHEEL_FILES, wheelFor, zipOf } from './wheel.ts';

let folder: string;
let packageFolder: string;
const zip = zipOf(WHEEL_FILES);
const wheel = wheelFor(zip);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-library-'));
  packageFolder = join(folder, 'tfjs-node-gpu');
  mkdirSync(join(packageFolder, 'lib', 'napi-v8'), { recursive: true });
  writeFileSync(join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node'), 'compiled for another library');
  writeFileSync(join(packageFolder, 'package.json'), '{"version": "4.22.0"}');
  writeFileSync(join(folder, wheel.file), zip);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('unpackLibrary', () => {
  it('puts headers, libraries and the names that the addon is linked with in place, and nothing else', async () => {
    const { surroundings, seen } = quietSurroundings();
    await unpackLibrary(join(folder, wheel.file), wheel, packageFolder, surroundings);
    const deps = join(packageFolder, 'deps');
    expect(readFileSync(join(deps, 'include', 'tensorflow', 'c', 'c_api.h'), 'utf8')).toBe('// the C API\n');
    expect(existsSync(join(deps, 'include', 'tsl', 'empty.h'))).toBe(true);
    expect(readFileSync(join(deps, 'lib', 'libtensorflow.so')).equals(Buffer.alloc(3_000_000, 'native code '))).toBe(
      true,
    );
    expect(readlinkSync(join(deps, 'lib', 'libtensorflow_framework.so'))).toBe('libtensorflow_framework.so.2');
    expect(existsSync(join(folder, 'outside.h'))).toBe(false);
    expect(existsSync(join(packageFolder, 'deps.unfinished'))).toBe(false);
    expect(seen.advanced).toBe(3_000_000 + 1_500_000 + 13);
  });

  it('notes the wheel, and takes away what was compiled for another one', async () => {
    expect(stateIn(packageFolder)).toMatchObject({ installed: false, library: false, addon: true });
    await unpackLibrary(join(folder, wheel.file), wheel, packageFolder, quietSurroundings().surroundings);
    expect(noteIn(packageFolder)).toBe(wheel.sha256);
    expect(stateIn(packageFolder)).toMatchObject({ installed: false, library: true, addon: false });
  });

  it('leaves what is there alone when it is stopped, and does it all the next time', async () => {
    const file = join(folder, wheel.file);
    const { surroundings } = quietSurroundings({}, AbortSignal.abort());
    await expect(unpackLibrary(file, wheel, packageFolder, surroundings)).rejects.toThrow();
    expect(stateIn(packageFolder)).toMatchObject({ library: false, addon: true });
    await unpackLibrary(file, wheel, packageFolder, quietSurroundings().surroundings);
    expect(stateIn(packageFolder)).toMatchObject({ library: true });
  });
});
