import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Surroundings } from './download.ts';
import { runCommand } from './run-command.ts';

const CHECK_PROCESS = fileURLToPath(new URL(`./check-process${extname(import.meta.url)}`, import.meta.url));

/** Compiles the addon that joins Node.js to the library. Errors: E_ENGINE_INSTALL with the compiler's last lines. */
export async function compileAddon(packageFolder: string, { env, signal }: Surroundings): Promise<void> {
  const headers = nodeHeaders();
  // Through npm, because it brings node-gyp along and tells node-pre-gyp where; there need not be one on the PATH.
  await runCommand(
    'npm',
    ['run', 'build-addon-from-source', ...(headers === undefined ? [] : ['--', `--nodedir=${headers}`])],
    { cwd: packageFolder, env, signal },
    headers === undefined
      ? 'Node.js’s headers had to be downloaded. Where nodejs.org is out of reach, install them (in Debian: libnode-dev; Node’s own archive has them in include/node), then run the same command again.'
      : 'Check that g++ (8 or newer), make and python3 (3.8 or newer) work, then run the same command again.',
  );
  // Object files of 20 MB that nobody needs any more.
  await rm(join(packageFolder, 'build'), { recursive: true, force: true });
}

/**
 * A folder with `include/node`: this Node's own, otherwise a system's. The addon uses Node-API alone, which is the same in
 * all versions, so any Node's headers do. undefined: node-gyp has to download them.
 */
export function nodeHeaders(prefixes: readonly string[] = [dirname(dirname(process.execPath)), '/usr/local', '/usr']) {
  return prefixes.find((prefix) =>
    ['node_api.h', 'common.gypi', 'config.gypi'].every((file) => existsSync(join(prefix, 'include', 'node', file))),
  );
}

/**
 * Loads the library in a process of its own, because a bad one can end the process, and multiplies two matrices.
 * Returns where it computed. Errors: E_ENGINE_INSTALL.
 */
export async function checkNative({ env, signal }: Surroundings): Promise<'gpu' | 'cpu'> {
  const printed = await runCommand(
    process.execPath,
    [CHECK_PROCESS],
    { env, signal },
    'Run the same command again: it begins from a clean state. If it stays so, please report it with this output.',
  );
  return (JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as { device: 'gpu' | 'cpu' }).device;
}
