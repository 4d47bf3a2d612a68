import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Surroundings } from './download.ts';
import { WHEEL_NOTE } from './state.ts';
import { openZip, type ZipEntry } from './unzip.ts';
import type { Wheel } from './wheels.ts';

/** The wheel's libraries, and the names that the addon is linked with. */
const LIBRARIES = [
  { inWheel: 'tensorflow/libtensorflow_cc.so.2', file: 'libtensorflow_cc.so.2', link: 'libtensorflow.so' },
  {
    inWheel: 'tensorflow/libtensorflow_framework.so.2',
    file: 'libtensorflow_framework.so.2',
    link: 'libtensorflow_framework.so',
  },
];
const HEADERS = 'tensorflow/include/';

/**
 * Unpacks the library and its headers from the wheel into the package's `deps` folder. It appears there whole or not at all;
 * what was compiled for another library goes away. Errors: E_ENGINE_INSTALL where the wheel is damaged.
 */
export async function unpackLibrary(
  file: string,
  wheel: Wheel,
  packageFolder: string,
  { progress, signal }: Surroundings,
): Promise<void> {
  const unfinished = join(packageFolder, 'deps.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  const zip = await openZip(file);
  try {
    const wanted = zip.entries.flatMap((entry) => {
      const target = targetOf(entry);
      return target === undefined ? [] : [{ entry, target: join(unfinished, target) }];
    });
    for (const folder of new Set(wanted.map(({ target }) => dirname(target)))) await mkdir(folder, { recursive: true });
    progress.start(
      'unpack',
      wanted.reduce((bytes, { entry }) => bytes + entry.bytes, 0),
    );
    for (const { entry, target } of wanted) await zip.unpack(entry, target, (bytes) => progress.advance(bytes), signal);
  } finally {
    progress.finish();
    await zip.close();
  }
  for (const { file: name, link } of LIBRARIES) await symlink(name, join(unfinished, 'lib', link));
  await writeFile(join(unfinished, WHEEL_NOTE), `${wheel.sha256}\n`);
  for (const old of ['deps', 'lib', 'build']) await rm(join(packageFolder, old), { recursive: true, force: true });
  await rename(unfinished, join(packageFolder, 'deps'));
}

/** Where an entry of the wheel belongs in `deps`; undefined if nothing needs it. */
function targetOf({ name }: ZipEntry): string | undefined {
  if (name.endsWith('/') || name.split('/').includes('..')) return undefined;
  if (name.startsWith(HEADERS)) return join('include', name.slice(HEADERS.length));
  const library = LIBRARIES.find(({ inWheel }) => inWheel === name);
  return library && join('lib', library.file);
}
