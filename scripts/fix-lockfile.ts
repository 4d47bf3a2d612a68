// better-sqlite3 ships its binaries and says `gypfile: false`, but npm leaves that out of the lockfile, and older npm then
// compiles the package at `npm ci`, which fails where there is no Python. Run this after every `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';

const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8'));
lockfile.packages['node_modules/better-sqlite3'].gypfile = false;
for (const entry of Object.values<{ resolved?: string }>(lockfile.packages)) delete entry.resolved;
writeFileSync('package-lock.json', `${JSON.stringify(lockfile, null, 2)}\n`);
