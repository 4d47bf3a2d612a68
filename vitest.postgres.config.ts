import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import ordinary from './vitest.config.ts';

/** What gives a test a database of its own, on a server where this configuration says so: see test/support/own-database.ts. */
const OWN_DATABASE =
  /support\/(job|nights|own-database)\.ts|\.\/(outbox-|trouble-)?world\.ts|alerts\/world\.ts|openIntake/;

/**
 * The tests of jobs, alerts, commands and all else that works with a database, once more with every database on a PostgreSQL
 * server, and those that are about the server: `npm run test:postgres`. Tests in test/db run on both in the ordinary suite.
 */
export default defineConfig({
  test: {
    ...ordinary.test,
    include: [
      'test/postgres/*.test.ts',
      ...globSync('test/{aggregate,alerts,cli,dashboard,ingest,jobs,model}/*.test.ts').filter((file) =>
        OWN_DATABASE.test(readFileSync(file, 'utf8')),
      ),
    ],
    // On a server in the ordinary suite, too; about pages in a browser; about the plans that SQLite makes.
    exclude: ['test/jobs/worker.test.ts', 'test/dashboard/browser.test.ts', 'test/dashboard/statements.test.ts'],
    env: { MONITOR_TEST_DATABASE: 'postgres' },
    testTimeout: 180_000,
  },
});
