import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MonitorError, messageOf, throwIfAborted } from '../../../errors.ts';
import { packageRoot } from '../../../package.ts';
import { checkNative, compileAddon } from './addon.ts';
import { cachedWheel, downloadWheel, findPip, type Surroundings } from './download.ts';
import { unpackLibrary } from './library.ts';
import { cacheFolder, type Machine, type Project, projectOf, requireMachine, thisMachine } from './place.ts';
import { answers, runCommand } from './run-command.ts';
import { noteIn, stateIn } from './state.ts';
import { TENSORFLOW_JS, WHEELS, type Wheel } from './wheels.ts';

export interface InstallOptions extends Surroundings {
  /** The library that uses a graphics card where it finds one, with CUDA 12.2 and cuDNN 8.9. */
  readonly gpu: boolean;
  readonly machine?: Machine;
}

export interface Installed {
  /** The folder of the TensorFlow.js package. */
  readonly folder: string;
  readonly version: string;
  /** The wheel that the library comes from. */
  readonly wheel: string;
  /** Where it computes. */
  readonly device: 'gpu' | 'cpu';
  /** The steps that were not done before. */
  readonly done: readonly ('package' | 'download' | 'unpack' | 'compile')[];
}

type Step = Installed['done'][number];

/**
 * Puts native TensorFlow where `loadTensorFlow` finds it: the npm package without its own installer (which needs a host that
 * many networks don't reach), the library out of TensorFlow's wheel, and the addon compiled here; then tries it.
 * Each step that is done already is skipped, so an interrupted installation goes on when it is started again.
 * Errors: E_ENGINE_INSTALL, E_INTERRUPTED.
 */
export async function installTensorFlow(options: InstallOptions): Promise<Installed> {
  requireMachine(options.machine ?? thisMachine());
  const wheel = options.gpu ? WHEELS.gpu : WHEELS.cpu;
  const project = projectOf(packageRoot);
  const folder = join(project.folder, 'node_modules', TENSORFLOW_JS.name);
  try {
    const { device, done } = await installAndCheck(project, folder, wheel, options);
    options.log.info({ device }, 'native TensorFlow works');
    if (options.gpu && device === 'cpu')
      options.log.warn(
        'it uses no graphics card: it found none, or not CUDA 12.2 and cuDNN 8.9 (their folders belong on LD_LIBRARY_PATH)',
      );
    return { folder, version: TENSORFLOW_JS.version, wheel: wheel.requirement, device, done };
  } catch (thrown) {
    if (thrown instanceof MonitorError) throw thrown;
    throwIfAborted(options.signal);
    throw new MonitorError('E_ENGINE_INSTALL', `TensorFlow can't be put in place: ${messageOf(thrown)}`, {
      place: { file: folder },
      remedy: `Check that this folder and ${cacheFolder(options.env)} are writable, and that the disk has room for ${gigabytes(wheel.bytes + wheel.unpackedBytes)} GB.`,
      cause: thrown,
    });
  }
}

/** What does not work is taken away; if it was there before, it is put in place anew, once. */
async function installAndCheck(
  project: Project,
  folder: string,
  wheel: Wheel,
  surroundings: Surroundings,
): Promise<Pick<Installed, 'device' | 'done'>> {
  const done = await doSteps(project, folder, wheel, surroundings);
  try {
    return { device: await checkNative(surroundings), done };
  } catch (thrown) {
    throwIfAborted(surroundings.signal);
    for (const part of ['deps', 'lib']) await rm(join(folder, part), { recursive: true, force: true });
    if (done.length > 0) throw thrown;
    surroundings.log.warn('what was installed does not work and is put in place anew');
    return installAndCheck(project, folder, wheel, surroundings);
  }
}

async function doSteps(project: Project, folder: string, wheel: Wheel, surroundings: Surroundings): Promise<Step[]> {
  const { env, log, signal } = surroundings;
  const cache = cacheFolder(env);
  const before = stateIn(folder);
  const needsPackage = before.version !== TENSORFLOW_JS.version;
  const needsLibrary = needsPackage || !before.library || noteIn(folder) !== wheel.sha256;
  const needsAddon = needsLibrary || !before.addon;
  if (!needsAddon) return [];
  let file = needsLibrary ? await cachedWheel(wheel, cache, surroundings) : undefined;
  const needsWheel = needsLibrary && file === undefined;
  const pip = needsWheel ? await findPip(surroundings) : undefined;
  await requireTools(surroundings, needsWheel && pip === undefined);

  const done: Step[] = [];
  if (needsPackage) {
    log.info(`installing ${TENSORFLOW_JS.name}@${TENSORFLOW_JS.version} in ${project.folder}`);
    await installPackage(project, folder, surroundings);
    done.push('package');
  }
  throwIfAborted(signal);
  if (pip !== undefined) {
    log.info(`downloading ${wheel.requirement}, ${Math.round(wheel.bytes / 1e6)} MB, to ${cache}`);
    file = await downloadWheel(wheel, cache, pip, surroundings);
    done.push('download');
  }
  throwIfAborted(signal);
  if (file !== undefined) {
    log.info(`unpacking ${gigabytes(wheel.unpackedBytes)} GB`);
    await unpackLibrary(file, wheel, folder, surroundings);
    done.push('unpack');
  }
  throwIfAborted(signal);
  log.info('compiling the addon');
  await compileAddon(folder, surroundings);
  done.push('compile');
  return done;
}

/** Errors: E_ENGINE_INSTALL that names everything that is missing. */
async function requireTools({ env, signal }: Surroundings, pipIsMissing: boolean): Promise<void> {
  const missing = pipIsMissing ? ['pip'] : [];
  for (const tool of ['npm', 'python3', env['CXX'] || 'g++', 'make'])
    if (!(await answers(tool, ['--version'], { env, signal }))) missing.push(tool);
  if (missing.length === 0) return;
  throw new MonitorError(
    'E_ENGINE_INSTALL',
    `Programs that the installation needs are missing: ${missing.join(', ')}.`,
    {
      remedy: 'Install them and run the same command again. In Debian and Ubuntu: apt-get install python3-pip g++ make',
    },
  );
}

async function installPackage(project: Project, folder: string, { env, signal }: Surroundings): Promise<void> {
  const { name, version } = TENSORFLOW_JS;
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const remedy = 'Check that npm reaches its registry and may write to that folder, then run the same command again.';
  // `--no-save` leaves package.json alone. `--save-optional` all the same: asked for a package that package.json lists as an
  // optional peer, npm 11 otherwise ends well and installs nothing.
  await runCommand(
    'npm',
    ['install', '--no-save', '--save-optional', ...quiet, ...project.npmArguments, `${name}@${version}`],
    { cwd: project.folder, env, signal },
    remedy,
  );
  if (stateIn(folder).version === version) return;
  throw new MonitorError('E_ENGINE_INSTALL', `npm ended well, but did not install ${name}.`, {
    place: { file: folder },
    remedy,
  });
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
