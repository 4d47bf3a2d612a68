import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { runSql } from './postgres.ts';
import { TEMPLATE } from './postgres-setup.ts';

/** Why tests on a real PostgreSQL are skipped; undefined where there is one. */
export const noPostgres = inject('postgres') === null ? 'PostgreSQL is not installed' : undefined;

/** The URL of a database on the tests' server. */
export function serverUrl(database: string): string {
  return String(inject('postgres')).replace(/DATABASE$/, database);
}

/** Makes a database: with the newest schema, or empty. */
export async function makeDatabase({ empty = false } = {}): Promise<{ url: string; drop(): Promise<unknown> }> {
  const name = `monitor_${randomBytes(6).toString('hex')}`;
  // Two at once can't copy a template while somebody is connected to it, but nobody ever is.
  await runSql(serverUrl('postgres'), `create database ${name}${empty ? '' : ` template ${TEMPLATE}`}`);
  return {
    url: serverUrl(name),
    drop: () => runSql(serverUrl('postgres'), `drop database if exists ${name} with (force)`),
  };
}
