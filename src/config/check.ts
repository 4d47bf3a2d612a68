import { resolve } from 'node:path';
import { type ConfigMistake, examineConfig, readConfig } from './load.ts';
import type { Secrets } from './secrets.ts';

/** All that is wrong or doubtful about a config file, by line. */
export interface ConfigCheck {
  readonly file: string;
  readonly errors: readonly ConfigMistake[];
  readonly warnings: readonly ConfigMistake[];
}

/**
 * Looks at a config file as a run would, with what it expects of the environment, and tells everything at once instead of
 * throwing. Errors: E_CONFIG_MISSING, and E_CONFIG where the file can't be read.
 */
export function checkConfig(file: string, secrets: Secrets): ConfigCheck {
  const path = resolve(file);
  const { mistakes, warnings } = examineConfig(readConfig(path), path, secrets);
  return { file: path, errors: mistakes, warnings };
}
