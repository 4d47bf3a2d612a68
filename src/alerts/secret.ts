import { readFileSync } from 'node:fs';
import { MonitorError } from '../errors.ts';
import { reasonOf } from '../system-errors.ts';

/** Looks up an environment variable. */
export type Secrets = (name: string) => string | undefined;

/** Where a secret is: the name of an environment variable, or the absolute path of a file that holds nothing else. */
export interface SecretPlace {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
}

/**
 * A secret; undefined when neither place is set. `key` is the setting that it belongs to, for messages.
 * Errors: E_CONFIG when the variable is not set, or the file can't be read or is empty.
 */
export function secretAt({ env, file }: SecretPlace, secrets: Secrets, key: string): string | undefined {
  if (env !== undefined) {
    const value = secrets(env);
    if (value !== undefined && value !== '') return value;
    throw new MonitorError('E_CONFIG', `The environment variable ${env}, which ${key}_env names, is not set.`, {
      remedy: `Set ${env}, or take ${key}_env out of the settings.`,
    });
  }
  if (file === undefined) return undefined;
  let value: string;
  try {
    value = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new MonitorError('E_CONFIG', `The file that ${key}_file names can't be read: ${reasonOf(cause)}`, {
      place: { file },
      remedy: 'Check that it is there and that the user who runs monitor may read it.',
      cause,
    });
  }
  if (value !== '') return value;
  throw new MonitorError('E_CONFIG', `The file that ${key}_file names is empty.`, {
    place: { file },
    remedy: 'Write the secret into it, and nothing else.',
  });
}

/** A message from outside without the secrets that it may repeat, written plainly or in base64. */
export function withoutSecrets(message: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .flatMap((secret) => (secret ? [Buffer.from(secret).toString('base64'), secret] : []))
    .reduce((text, secret) => text.replaceAll(secret, '***'), message);
}
