import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeHeaders } from '../../../../src/model/engines/tensorflow/addon.ts';
import { installTensorFlow } from '../../../../src/model/engines/tensorflow/install.ts';
import { cacheFolder, projectOf, requireMachine } from '../../../../src/model/engines/tensorflow/place.ts';
import { quietSurroundings } from './surroundings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-place-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('projectOf', () => {
  it('is the package itself in a clone', () => {
    expect(projectOf('/home/me/sentiment-monitor')).toEqual({ folder: '/home/me/sentiment-monitor', npmArguments: [] });
  });

  it('is the project that the package was installed in', () => {
    writeFileSync(join(folder, 'package.json'), '{}');
    expect(projectOf(join(folder, 'node_modules', 'sentiment-monitor'))).toEqual({ folder, npmArguments: [] });
  });

  it('is npm’s global folder', () => {
    expect(projectOf('/opt/node/lib/node_modules/sentiment-monitor')).toEqual({
      folder: '/opt/node/lib',
      npmArguments: ['--global', '--prefix', '/opt/node'],
    });
  });

  it('refuses layouts that npm does not make', () => {
    expect(() => projectOf('/home/me/x/node_modules/.pnpm/s@1/node_modules/sentiment-monitor')).toThrow(/by npm/);
  });
});

describe('cacheFolder', () => {
  it('follows each platform’s rule', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/cache' }, 'linux')).toBe('/cache/sentiment-monitor');
    expect(cacheFolder({}, 'linux')).toBe(join(homedir(), '.cache', 'sentiment-monitor'));
    expect(cacheFolder({}, 'darwin')).toBe(join(homedir(), 'Library', 'Caches', 'sentiment-monitor'));
    expect(cacheFolder({ LOCALAPPDATA: 'L' }, 'win32')).toBe(join('L', 'sentiment-monitor', 'Cache'));
  });
});

describe('requireMachine', () => {
  it('takes Linux x64 with glibc', () => {
    expect(() => requireMachine({ platform: 'linux', arch: 'x64', glibc: '2.36' })).not.toThrow();
  });

  it.each([
    ['darwin arm64', { platform: 'darwin', arch: 'arm64', glibc: undefined }],
    ['win32 x64', { platform: 'win32', arch: 'x64', glibc: undefined }],
    ['linux arm64', { platform: 'linux', arch: 'arm64', glibc: '2.36' }],
    ['linux x64 without glibc', { platform: 'linux', arch: 'x64', glibc: undefined }],
  ])('stops on %s before anything is done', async (name, machine) => {
    const { surroundings } = quietSurroundings({ PATH: '' });
    await expect(installTensorFlow({ ...surroundings, gpu: false, machine })).rejects.toMatchObject({
      code: 'E_ENGINE_INSTALL',
      message: expect.stringContaining(`this is ${name}.`) as string,
    });
  });
});

describe('nodeHeaders', () => {
  it('takes the first folder that has them all', () => {
    const [half, whole] = [join(folder, 'half'), join(folder, 'whole')];
    for (const prefix of [half, whole]) mkdirSync(join(prefix, 'include', 'node'), { recursive: true });
    writeFileSync(join(half, 'include', 'node', 'node_api.h'), '');
    for (const file of ['node_api.h', 'common.gypi', 'config.gypi'])
      writeFileSync(join(whole, 'include', 'node', file), '');
    expect(nodeHeaders([half, whole])).toBe(whole);
    expect(nodeHeaders([half])).toBeUndefined();
  });
});
