import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installedPackages } from '../scripts/installed-packages.ts';
import { packageRoot } from '../src/package.ts';

const source = (file: string) => readFileSync(join(packageRoot, file), 'utf8');
const readJson = (file: string) => JSON.parse(readFileSync(join(packageRoot, file), 'utf8'));

describe('the repository', () => {
  it('has a lockfile that npm of any version installs without a compiler, from any registry', () => {
    const { packages } = readJson('package-lock.json') as {
      packages: Record<string, { gypfile?: boolean; resolved?: string }>;
    };
    expect(packages['node_modules/better-sqlite3']?.gypfile, 'run: node scripts/fix-lockfile.ts').toBe(false);
    expect(Object.values(packages).filter((entry) => entry.resolved !== undefined)).toEqual([]);
  });

  it('opens the database by the settings alone: a file opened by its path is the wrong one on a server', () => {
    const files = ['src', 'jobs', 'reports', 'dashboard'].flatMap((folder) =>
      readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join(folder, file)),
    );
    // Methods of a database that the settings name are what should be used.
    const wrong = files.filter((file) => /(?<!\.)\b(openSqlite|openReadOnly|takeLock)\(/.test(source(file)));
    expect(wrong, 'use databaseOf(config) or databaseAt(config)').toEqual([]);
  });

  it('is installed with packages under licences that ask for nothing but to be named', () => {
    const known = [
      'MIT',
      'MIT-0',
      'ISC',
      'BSD-2-Clause',
      'BSD-3-Clause',
      'Apache-2.0',
      'MPL-2.0',
      'OFL-1.1',
      'CC0-1.0',
      'Unlicense',
      '0BSD',
    ];
    const installed = installedPackages();
    expect(installed.length).toBeGreaterThan(50);
    const others = installed.filter(({ licence }) =>
      licence.split(/[() ]+|\b(?:AND|OR)\b/).some((part) => part !== '' && !known.includes(part)),
    );
    expect(others).toEqual([]);
  });

  it('pins exact versions', () => {
    const { dependencies, devDependencies } = readJson('package.json') as Record<string, Record<string, string>>;
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.skipIf(!existsSync(join(packageRoot, '.git')))('keeps what a run makes out of version control', () => {
    const files = execFileSync('git', ['ls-files'], { cwd: packageRoot, encoding: 'utf8' }).split('\n');
    expect(files.filter((file) => /\.(db|sqlite3?|eml|log)$|^(data|monitor-demo|dist)\//.test(file))).toEqual([]);
  });
});
