import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { MonitorError } from '../../../errors.ts';

/** The folder in whose `node_modules` TensorFlow.js belongs, and how npm is told so. */
export interface Project {
  readonly folder: string;
  /** `npm install` with these arguments puts packages there. */
  readonly npmArguments: readonly string[];
}

/**
 * The project that a package's dependencies belong to: the package itself in a clone, otherwise the folder that it was
 * installed in, or npm's global folder. Errors: E_ENGINE_INSTALL where another package manager has laid it out.
 */
export function projectOf(packageRoot: string): Project {
  const modules = dirname(packageRoot);
  if (basename(modules) !== 'node_modules') return { folder: packageRoot, npmArguments: [] };
  const folder = dirname(modules);
  if (existsSync(join(folder, 'package.json'))) return { folder, npmArguments: [] };
  if (basename(folder) === 'lib') return { folder, npmArguments: ['--global', '--prefix', dirname(folder)] };
  throw new MonitorError('E_ENGINE_INSTALL', 'This package was not installed by npm, so npm can’t add to it.', {
    place: { file: packageRoot },
    remedy: 'Install sentiment-monitor with npm in a folder of its own, and run the command there.',
  });
}

/** Where downloads are kept, by the platform's own rule; `env` are the environment variables. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const name = 'sentiment-monitor';
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], name);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', name);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), name, 'Cache');
  return join(homedir(), '.cache', name);
}

/** What the native library is made for, as Node.js tells it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** The C library's version; undefined where it is not glibc (Alpine's is musl). */
  readonly glibc: string | undefined;
}

export function thisMachine(): Machine {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: header.glibcVersionRuntime };
}

/** Stops on machines that the wheels are not made for. Errors: E_ENGINE_INSTALL. */
export function requireMachine({ platform, arch, glibc }: Machine): void {
  if (platform === 'linux' && arch === 'x64' && glibc !== undefined) return;
  const name = `${platform} ${arch}${platform === 'linux' && glibc === undefined ? ' without glibc' : ''}`;
  throw new MonitorError(
    'E_ENGINE_INSTALL',
    `Native TensorFlow can be installed by this command on Linux x64 with glibc only; this is ${name}.`,
    {
      remedy:
        'Train on a Linux x64 machine or in a container such as node:24. Scoring needs no TensorFlow: the engine onnx does it everywhere. ' +
        'Or try `npm install @tensorflow/tfjs-node-gpu`, whose own installer knows other platforms.',
    },
  );
}
