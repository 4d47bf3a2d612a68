import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package.ts';

/** A package that is installed with the program, on at least one platform. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** By SPDX, as the package itself says. */
  readonly licence: string;
}

/** What the lockfile says is installed with the program, by name; without what only its development needs. */
export function installedPackages(): InstalledPackage[] {
  const { packages } = JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; license?: string; dev?: true; peer?: true; devOptional?: true }>;
  };
  return Object.entries(packages)
    .filter(([path, { dev, peer, devOptional }]) => path !== '' && !dev && !peer && !devOptional)
    .map(([path, { version = '', license = 'none stated' }]) => ({
      ...{ name: path.replace(/^.*node_modules\//, ''), version, licence: license },
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
