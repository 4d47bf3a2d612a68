import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Problem } from './cross-checks.ts';

/** Looks up an environment variable. */
export type Secrets = (name: string) => string | undefined;

/**
 * What settings expect outside of them and isn't there: the environment variable that a key ending in `_env` names, and the file
 * that one ending in `_file` names. Any such key of the settings, so that a new one needs no line here.
 */
export function missingSecrets(settings: unknown, folder: string, secrets: Secrets): Problem[] {
  const problems: Problem[] = [];
  const look = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, [...path, index]);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) look(item, [...path, key]);
    else if (typeof value === 'string' && value !== '') {
      const key = String(path.at(-1));
      if (key.endsWith('_env') && (secrets(value) ?? '') === '')
        problems.push({ path, message: 'names an environment variable that is not set' });
      if (key.endsWith('_file') && !existsSync(resolve(folder, value)))
        problems.push({ path, message: 'names a file that is not there' });
    }
  };
  look(settings, []);
  return problems;
}
