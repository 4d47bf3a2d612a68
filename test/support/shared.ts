import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const root = resolve(process.env['MONITOR_SHARED'] ?? '../shared');

/** A path in the shared data folder: `MONITOR_SHARED`, or `../shared`. */
export function sharedPath(...parts: string[]): string {
  return join(root, ...parts);
}

/** A describe block that needs shared data: skipped with the reason where there is none, a failure in CI. */
export function describeShared(name: string, body: () => void): void {
  if (existsSync(root)) describe(name, body);
  else if (process.env['CI'] !== undefined)
    describe(name, () => {
      throw new Error(`CI needs the shared data folder: ${root} is not there`);
    });
  else describe.skip(`${name} (skipped: no shared data folder at ${root}; set MONITOR_SHARED)`, body);
}
