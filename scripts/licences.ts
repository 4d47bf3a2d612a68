// Prints every package that is installed with the program, by licence: npm run licences
import { type InstalledPackage, installedPackages } from './installed-packages.ts';

const byLicence = new Map<string, InstalledPackage[]>();
for (const entry of installedPackages()) byLicence.set(entry.licence, [...(byLicence.get(entry.licence) ?? []), entry]);
for (const [licence, entries] of [...byLicence].sort(([, a], [, b]) => b.length - a.length))
  console.log(
    `${licence} (${entries.length}): ${entries.map(({ name, version }) => `${name} ${version}`).join(', ')}\n`,
  );
