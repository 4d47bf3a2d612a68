// The package as strangers get it: built twice to the same bytes, checked by publint, installed from a registry by the README's own
// lines on each supported Node, as a user with nothing but Node and npm, up to a report on an export of their own.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packageRoot } from '../../src/package.ts';
import { ownExport } from './own-export.ts';
import { serveRegistry } from './registry.ts';

/** Major versions that must work; the first is that of this repository. */
const NODES = ['24', '26'];
const MOST_MINUTES = 5;
const MOST_MEGABYTES = 120;
/** Libraries of native code, whose size is not ours. */
const NATIVE = ['onnxruntime-node', 'better-sqlite3'];

const NETWORK = /^(https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_.*)$/i;

const scratch = mkdtempSync(join(tmpdir(), 'monitor-package-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
const tarball = packTwice();
await checkExports();
const { url, server } = await serveRegistry({ ...manifest, manifest, tarball }, npmSetting('registry'));
for (const major of process.env['PACKAGE_NODES']?.split(',') ?? NODES) await onNode(major, url);
server.close();
console.log('the package: 1 passed, 0 failed');

/** Builds and packs twice; both must be the same to the byte. */
function packTwice(): string {
  const packed = ['first', 'second'].map((name) => {
    execFileSync(process.execPath, ['scripts/build.ts'], { cwd: packageRoot, stdio: 'inherit' });
    const folder = join(scratch, name);
    mkdirSync(folder);
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: packageRoot });
    const [file = ''] = readdirSync(folder);
    return join(folder, file);
  });
  const [first = '', second = ''] = packed.map((file) => createHash('sha256').update(readFileSync(file)).digest('hex'));
  if (first !== second) throw new Error(`two builds differ: ${first} and ${second}`);
  const file = packed[0] ?? '';
  console.log(`reproducible: ${(statSync(file).size / 1e6).toFixed(1)} MB, sha256 ${first}`);
  return file;
}

async function checkExports(): Promise<void> {
  const { messages, pkg } = await publint({ pkgDir: packageRoot, pack: 'npm', strict: true });
  const told = messages.filter(({ type }) => type !== 'suggestion').map((message) => formatMessage(message, pkg));
  if (told.length > 0) throw new Error(`publint: ${told.join('; ')}`);
  console.log('publint: clean');
}

function npmSetting(name: string): string {
  const value = execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  return value === 'null' ? '' : value;
}

/** Follows the README in an empty folder, then looks at what came of it. */
async function onNode(major: string, registry: string): Promise<void> {
  const root = join(scratch, `node${major}`);
  const user = freshUser(root, nodeBinary(major), registry);
  const home = join(root, 'monitor');
  mkdirSync(home);
  writeFileSync(join(home, 'posts.csv'), ownExport(new Date()));
  const startedMs = performance.now();
  for (const line of readmeLines()) await typed(line, home, user);
  const seconds = (performance.now() - startedMs) / 1000;
  const reports = readdirSync(join(home, 'data', 'reports'), { recursive: true, encoding: 'utf8' });
  if (!reports.some((file) => file.endsWith('sentiment_daily_report.html'))) throw new Error('there is no report');
  if (seconds > MOST_MINUTES * 60) throw new Error(`the first report took ${Math.round(seconds)} s`);

  const demo = JSON.parse(await typed('npx --no-install monitor demo --json', home, user));
  const firing = demo.brands.filter(({ state }: { state: string }) => state === 'firing');
  if (firing.map(({ brand }: { brand: string }) => brand).join() !== 'larkovia-air')
    throw new Error('demo: another brand fires');
  const megabytes = sizeOf(join(home, 'node_modules')) / 1e6;
  const native = NATIVE.reduce((sum, name) => sum + sizeOf(join(home, 'node_modules', name)) / 1e6, 0);
  if (megabytes - native > MOST_MEGABYTES) throw new Error(`${Math.round(megabytes - native)} MB are installed`);
  if (major === NODES[0]) {
    await checkLibrary(home, user);
    await checkAccurateModel(home, user);
  }
  const version = (await typed('node --version', home, user)).trim();
  console.log(
    `Node ${version}: README to first report ${seconds.toFixed(0)} s, demo fires, ${Math.round(megabytes - native)} MB and ${Math.round(native)} MB of ${NATIVE.join(' and ')}`,
  );
}

/** The lines under "Your own data", as they stand. */
function readmeLines(): string[] {
  const [, section = ''] = readFileSync(join(packageRoot, 'README.md'), 'utf8').split('## Your own data\n');
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  const lines = block.trim().split('\n');
  if (!lines[1]?.startsWith('npm install') || lines.length < 4) throw new Error('the README has no lines to follow');
  return lines;
}

/** An environment without anything of this one but the system's own programs. */
function freshUser(root: string, node: string, registry: string): NodeJS.ProcessEnv {
  const bin = join(root, 'bin');
  for (const folder of [bin, join(root, 'home')]) mkdirSync(folder, { recursive: true });
  symlinkSync(node, join(bin, 'node'));
  const npm = dirname(execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' }).trim());
  for (const name of ['npm', 'npx']) symlinkSync(join(npm, `${name}-cli.js`), join(bin, name));
  return {
    ...{ HOME: join(root, 'home'), PATH: `${bin}:/usr/bin:/bin`, TZ: 'Europe/Berlin', LANG: 'C.UTF-8' },
    ...{ npm_config_registry: registry, npm_config_update_notifier: 'false', npm_config_fund: 'false' },
    // How this machine reaches a registry is no matter of the user's, and packages may come out of its cache.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => NETWORK.test(name))),
    ...{ npm_config_cache: npmSetting('cache'), npm_config_cafile: npmSetting('cafile') },
  };
}

/** The newest Node of a major version, as npm has it. */
function nodeBinary(major: string): string {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const folder = join(scratch, `install-node${major}`);
  mkdirSync(folder);
  execFileSync('npm', ['install', '--silent', '--no-save', '--prefix', folder, `node@${major}`], { stdio: 'inherit' });
  return join(folder, 'node_modules', 'node', 'bin', 'node');
}

async function typed(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${line}\nended with ${code}\n${stdout}${stderr}`);
  return stdout;
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    return stat?.isFile() ? sum + stat.size : sum;
  }, 0);
}

/** The example of docs/reference/library.md compiles against the package's types and runs. */
async function checkLibrary(home: string, user: NodeJS.ProcessEnv): Promise<void> {
  const page = readFileSync(join(packageRoot, 'docs', 'reference', 'library.md'), 'utf8');
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  writeFileSync(join(home, 'example.mts'), example);
  cpSync(join(packageRoot, 'node_modules', '@types', 'node'), join(home, 'node_modules', '@types', 'node'), {
    recursive: true,
  });
  cpSync(join(packageRoot, 'node_modules', 'undici-types'), join(home, 'node_modules', 'undici-types'), {
    recursive: true,
  });
  const tsc = join(packageRoot, 'node_modules', '.bin', 'tsc');
  await typed(`${tsc} --noEmit --strict --skipLibCheck --module nodenext --types node example.mts`, home, {
    ...process.env,
  });
  const printed = await typed('node example.mts', home, user);
  if (!printed.startsWith('positive ')) throw new Error(`the library's example printed ${printed.slice(0, 200)}`);
  console.log('library: its example compiles and runs');
}

/** The accurate model's package: not there before it is installed, found by its name afterwards. */
async function checkAccurateModel(home: string, user: NodeJS.ProcessEnv): Promise<void> {
  const predict =
    'npx --no-install monitor model predict --model social-accurate "not a single problem with my flight"';
  const before = await typed(predict, home, user).then(
    () => 'there',
    () => 'missing',
  );
  if (before !== 'missing') throw new Error('the accurate model is there before it is installed');
  const cwd = join(packageRoot, 'packages', 'social-accurate');
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', home], { cwd, encoding: 'utf8' });
  await typed(`npm install --ignore-scripts --no-audit ./${packed.trim().split('\n').at(-1)}`, home, user);
  const answer = await typed(predict, home, user);
  if (!/^positive/m.test(answer)) throw new Error(`the accurate model said ${answer.slice(0, 200)}`);
  console.log("the accurate model's package is found");
}
