import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { TENSORFLOW_JS, wheelOf } from './wheels.ts';

/** What there is of native TensorFlow, told from files alone. */
export interface TensorFlowState {
  /** Whether `loadTensorFlow` will find all of it. */
  readonly installed: boolean;
  /** The version of the TensorFlow.js package. */
  readonly version?: string;
  /** The folder of the TensorFlow.js package. */
  readonly folder?: string;
  /** Whether the native library is in place. */
  readonly library: boolean;
  /** Whether the addon that joins Node.js to the library has been compiled. */
  readonly addon: boolean;
  /** The wheel that the library comes from, such as `tensorflow-cpu==2.12.1`; absent if it came another way. */
  readonly wheel?: string;
}

/** Written beside the library: the checksum of the wheel that it comes from. */
export const WHEEL_NOTE = 'monitor-wheel.txt';

const requireHere = createRequire(import.meta.url);

/** Looks for native TensorFlow without loading it. Reads a few small files. */
export function tensorFlowState(): TensorFlowState {
  const folder = packageFolder(TENSORFLOW_JS.name);
  return folder === undefined ? { installed: false, library: false, addon: false } : stateIn(folder);
}

/** The same for a folder of the package that may not be the one which would be loaded. */
export function stateIn(folder: string): TensorFlowState {
  const version = versionIn(folder);
  if (version === undefined) return { installed: false, library: false, addon: false };
  const library = libraryFiles(folder).some((file) => /^libtensorflow\.(so|2\.dylib)|^tensorflow\.dll$/.test(file));
  const addon = addonIn(folder) !== undefined;
  const wheel = wheelOf(noteIn(folder) ?? '')?.requirement;
  return { installed: library && addon, version, folder, library, addon, ...(wheel === undefined ? {} : { wheel }) };
}

/** The compiled addon of the package. */
function addonIn(folder: string): string | undefined {
  const lib = join(folder, 'lib');
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .map((name) => join(lib, name, 'tfjs_binding.node'))
    .find((file) => existsSync(file));
}

/** The checksum of the wheel that the package's library comes from. */
export function noteIn(folder: string): string | undefined {
  const note = join(folder, 'deps', WHEEL_NOTE);
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
}

/** The folder of an installed package that this program would load. */
export function packageFolder(name: string): string | undefined {
  // Not `resolve(name)`: an entry file may be missing, or hidden behind `exports`.
  return requireHere.resolve
    .paths(name)
    ?.map((modules) => join(modules, name))
    .find((folder) => existsSync(join(folder, 'package.json')));
}

function versionIn(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
  return typeof version === 'string' ? version : undefined;
}

function libraryFiles(folder: string): string[] {
  const lib = join(folder, 'deps', 'lib');
  return existsSync(lib) ? readdirSync(lib) : [];
}
