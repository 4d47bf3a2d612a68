import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { Progress } from '../../../context.ts';
import { MonitorError, throwIfAborted } from '../../../errors.ts';
import { fetchWheel } from './fetch-wheel.ts';
import { answers, runCommand } from './run-command.ts';
import type { Wheel } from './wheels.ts';

/** What the steps of the installation share. */
export interface Surroundings {
  /** Environment variables that npm, pip and the compiler are started with. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 500;

/** pip's names for "the wheel for this platform, whatever Python runs here". */
const FOR_ANY_PYTHON = ['--only-binary=:all:', '--python-version=3.11', '--implementation=cp', '--abi=cp311'];
const PLATFORM = '--platform=manylinux_2_17_x86_64';

type Pip = readonly [string, ...string[]];

/** Commands that are pip on one machine or another. */
const PIPS: readonly Pip[] = [['python3', '-m', 'pip'], ['pip3'], ['pip']];

/** The first pip that answers. */
export async function findPip({ env, signal }: Surroundings): Promise<Pip | undefined> {
  for (const pip of PIPS) {
    const [command, ...args] = pip;
    if (await answers(command, [...args, '--version'], { env, signal })) return pip;
  }
  return undefined;
}

/** Whether the cache holds the whole wheel. A file of that name with another content is deleted. */
export async function cachedWheel(wheel: Wheel, cache: string, { log }: Surroundings): Promise<string | undefined> {
  const file = join(cache, wheel.file);
  if (!existsSync(file)) return undefined;
  if ((await sha256Of(file)) === wheel.sha256) return file;
  log.warn({ file }, 'the cached wheel is damaged and is downloaded anew');
  await rm(file);
  return undefined;
}

/**
 * Puts the wheel into the cache folder, and checks it. pip is asked only for the address, because it knows the machine's
 * index; the file is fetched here, so that a download that was stopped goes on where it stopped. Where that can't be done
 * (a proxy, a password, a pip older than 21.2), pip downloads it. Errors: E_ENGINE_INSTALL, E_INTERRUPTED.
 */
export async function downloadWheel(
  wheel: Wheel,
  cache: string,
  pip: Pip,
  surroundings: Surroundings,
): Promise<string> {
  await mkdir(cache, { recursive: true });
  const address = await wheelAddress(wheel, pip, surroundings);
  const part = join(cache, `${wheel.file}.part`);
  if (address === undefined || !(await fetchWheel(address, part, wheel, surroundings))) {
    surroundings.log.info('pip downloads the wheel');
    return downloadWithPip(wheel, cache, pip, surroundings);
  }
  const file = join(cache, wheel.file);
  // A second installation, running at the same time, has put the part in its place.
  if (!existsSync(part) && (await cachedWheel(wheel, cache, surroundings)) !== undefined) return file;
  try {
    await checkWheel(part, wheel);
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  }
  await rename(part, file);
  return file;
}

/**
 * Where the index that pip is set to has the wheel; undefined if pip doesn't tell. `pip install --dry-run --report` would
 * tell it as JSON, but (tried with pip 23.2 and 26.3) downloads the whole CPU wheel to do so.
 */
async function wheelAddress(wheel: Wheel, pip: Pip, { env, log, signal }: Surroundings): Promise<string | undefined> {
  const [command, ...args] = pip;
  const [name = ''] = wheel.requirement.split('==');
  try {
    const said = await runCommand(
      command,
      [...args, 'index', 'versions', '-vv', ...FOR_ANY_PYTHON, PLATFORM, name],
      { env, signal },
      '',
    );
    return said.match(/https?:\/\/\S+/g)?.find((found) => URL.parse(found)?.pathname.endsWith(`/${wheel.file}`));
  } catch (thrown) {
    throwIfAborted(signal);
    log.debug({ err: thrown }, 'pip does not tell where the wheel is');
    return undefined;
  }
}

/**
 * Has pip fetch the wheel, with the machine's proxies, passwords and certificates. It takes up a broken connection itself
 * (from version 25.1 where the download stopped, before that anew), but begins anew when it was stopped.
 */
async function downloadWithPip(wheel: Wheel, cache: string, pip: Pip, surroundings: Surroundings): Promise<string> {
  const { env, progress, signal } = surroundings;
  // pip's unfinished file lies in TMPDIR: beside the cache there is room for it, and its length tells how far it is.
  const unfinished = join(cache, 'unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  let seen = 0;
  const look = setInterval(() => {
    bytesIn(unfinished).then(
      (bytes) => {
        const now = Math.min(bytes, wheel.bytes);
        if (now > seen) progress.advance(now - seen);
        seen = Math.max(seen, now);
      },
      () => undefined, // A file that has just gone: the next look tells.
    );
  }, LOOK_EVERY_MS);
  progress.start('download', wheel.bytes);
  try {
    const [command, ...args] = pip;
    await runCommand(
      command,
      [
        ...args,
        'download',
        '--no-deps',
        '--no-cache-dir',
        ...FOR_ANY_PYTHON,
        PLATFORM,
        '--dest',
        unfinished,
        wheel.requirement,
      ],
      { env: { PIP_RETRIES: '10', PIP_RESUME_RETRIES: '10', ...env, TMPDIR: unfinished }, signal },
      'Check that this machine reaches PyPI or the mirror that `pip config list` names, and that the disk has room; then run the same command again.',
    );
    const file = join(unfinished, wheel.file);
    await checkWheel(file, wheel);
    await rename(file, join(cache, wheel.file));
    await rm(join(cache, `${wheel.file}.part`), { force: true });
    return join(cache, wheel.file);
  } finally {
    clearInterval(look);
    progress.finish();
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Refuses a wheel that is not the one which was tried. Errors: E_ENGINE_INSTALL. */
export async function checkWheel(file: string, wheel: Wheel): Promise<void> {
  const found = existsSync(file) ? await sha256Of(file) : 'no file';
  if (found === wheel.sha256) return;
  throw new MonitorError(
    'E_ENGINE_INSTALL',
    `The wheel is not the one that is expected: its SHA-256 is ${found}, not ${wheel.sha256}.`,
    {
      place: { file },
      remedy:
        'Run the same command again. If it stays so, the package index in use (`pip config list`) serves another file.',
    },
  );
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return Math.max(0, ...sizes);
}
