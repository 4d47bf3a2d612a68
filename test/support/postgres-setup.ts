import { enableCompileCache } from 'node:module';
import type { TestProject } from 'vitest/node';
import { databaseOf } from '../../db/database.ts';
import { installedPostgres, runSql, startPostgres, type TestServer } from './postgres.ts';

/** The database that tests make theirs of, with the newest schema. */
export const TEMPLATE = 'monitor_template';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that tests use, by the URL of a database called DATABASE; null where PostgreSQL is not installed. */
    postgres: string | null;
  }
}

/** Processes that tests start keep their compiled code, as those of the command do: loading is most of what they cost. */
function keepCompiledCode(): void {
  const { directory } = enableCompileCache();
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= directory;
}

/** One server for all tests of a run: that of MONITOR_TEST_POSTGRES, or one started here where PostgreSQL is installed. */
// biome-ignore lint/style/noDefaultExport: vitest calls the default export.
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  keepCompiledCode();
  const given = process.env['MONITOR_TEST_POSTGRES'];
  const bin = installedPostgres();
  if (given === undefined && bin === undefined) {
    if (process.env['CI']) throw new Error('These tests need PostgreSQL: apt-get install postgresql');
    project.provide('postgres', null);
    return undefined;
  }
  let server: TestServer | undefined;
  if (given === undefined && bin !== undefined) server = await startPostgres(bin);
  const url = (database: string) => server?.url(database) ?? String(given).replace(/\/[^/]*$/, `/${database}`);
  await runSql(url('postgres'), `drop database if exists ${TEMPLATE}`);
  await runSql(url('postgres'), `create database ${TEMPLATE}`);
  await (await databaseOf({ data_dir: '', database: { url: url(TEMPLATE) } }).open()).close();
  project.provide('postgres', url('DATABASE'));
  return async () => {
    await server?.stop();
  };
}
