import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNative } from '../../../../src/model/engines/tensorflow/addon.ts';
import { loadTensorFlow, tensorFlowKindOf } from '../../../../src/model/engines/tensorflow/load.ts';
import { tensorFlowState } from '../../../../src/model/engines/tensorflow/state.ts';
import { packageRoot } from '../../../../src/package.ts';
import { quietSurroundings } from './surroundings.ts';

const ENGINE = join('src', 'model', 'engines', 'tensorflow');

describe('loadTensorFlow', () => {
  it('loads the one in plain JavaScript, without a word', () => {
    const script = `
      const { loadTensorFlow } = await import(${JSON.stringify(pathToFileURL(join(packageRoot, ENGINE, 'load.ts')).href)});
      const { tf, kind, device } = await loadTensorFlow({ kind: 'javascript' });
      const slope = tf.grad((x) => tf.square(x))(tf.scalar(3)).arraySync();
      console.log(JSON.stringify({ kind, device, slope, backend: tf.getBackend() }));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ kind: 'javascript', device: 'cpu', slope: 6, backend: 'cpu' });
  });

  it('loads once, however often it is asked', async () => {
    const [one, two] = [await loadTensorFlow({ kind: 'javascript' }), await loadTensorFlow({ kind: 'javascript' })];
    expect(one.tf).toBe(two.tf);
  });
});

describe('loadTensorFlow where packages are missing', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'monitor-load-'));
    for (const path of [ENGINE, join('src', 'errors.ts')])
      cpSync(join(packageRoot, path), join(folder, path), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (options: object): string =>
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { loadTensorFlow } = await import('./${ENGINE}/load.ts');
         await loadTensorFlow(${JSON.stringify(options)}).catch((error) => console.log(error.exitCode, error.toText()));`,
      ],
      { cwd: folder, encoding: 'utf8' },
    );

  it('names the command that installs it', () => {
    expect(load({})).toBe(
      '2 E_ENGINE_MISSING: TensorFlow is not installed.\n  what to do: Install it with: monitor engines install tensorflow\n',
    );
    expect(load({ kind: 'native' })).toMatch(/^2 E_ENGINE_MISSING: TensorFlow is not installed/);
  });

  it('names the packages where plain JavaScript is asked for', () => {
    expect(load({ kind: 'javascript' })).toMatch(/^2 E_ENGINE_MISSING: .*npm install @tensorflow\/tfjs-core@4/s);
  });

  it('tells a package without its native library from none at all', () => {
    const native = join(folder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
    mkdirSync(native, { recursive: true });
    writeFileSync(join(native, 'package.json'), '{"version": "4.22.0", "main": "index.js"}');
    expect(load({})).toMatch(/is installed, but the native library is missing/);
    mkdirSync(join(native, 'deps', 'lib'), { recursive: true });
    writeFileSync(join(native, 'deps', 'lib', 'libtensorflow.so'), '');
    expect(load({})).toMatch(/is installed, but its addon is not compiled/);
    mkdirSync(join(native, 'lib', 'napi-v8'), { recursive: true });
    writeFileSync(join(native, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
    writeFileSync(join(native, 'index.js'), 'throw new Error("libcuda.so: cannot open")');
    expect(load({})).toMatch(
      /^2 E_ENGINE_MISSING: Native TensorFlow is installed but can't be loaded: libcuda.so.*monitor engines install tensorflow/s,
    );
  });
});

describe('tensorFlowKindOf', () => {
  it('takes two words, or none', () => {
    expect([undefined, '', 'native', 'javascript'].map(tensorFlowKindOf)).toEqual([
      undefined,
      undefined,
      'native',
      'javascript',
    ]);
    expect(() => tensorFlowKindOf('wasm')).toThrow(/MONITOR_TENSORFLOW is "wasm"/);
  });
});

const state = tensorFlowState();
const absent = !state.installed && process.env['CI'] === undefined;
describe.skipIf(absent)(
  `native TensorFlow${absent ? ' (skipped: it is not installed; monitor engines install tensorflow)' : ''}`,
  () => {
    it('is found, loads and multiplies', async () => {
      expect(state).toMatchObject({ installed: true, version: '4.22.0', library: true, addon: true });
      expect(await checkNative(quietSurroundings().surroundings)).toMatch(/^[cg]pu$/);
    });
  },
);
